import { migrate } from '../../modules/database/migrate.ts'
import type { Config } from '../config.ts'
import { shareDatabase } from '../start/database.ts'
import { print } from '../start/print.ts'

/** Brings the database to the schema of this program and says what was done. */
export async function migrateCommand(config: Config): Promise<void> {
  const database = await shareDatabase(config)
  try {
    const { applied, version, hasRole } = await migrate(database.url)
    for (const name of applied) print(`ran ${name}`)
    print(`The database is at schema ${version}.`)
    if (!hasRole) {
      print('The role onetill_app is not usable by this login; see "onetill doctor".')
    }
  } finally {
    await database.close()
  }
}
