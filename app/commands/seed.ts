import type { Config } from '../config.ts'
import { ensureSchema, shareDatabase } from '../start/database.ts'
import { seedDemo } from '../demo/demo.ts'
import { openIo } from '../io.ts'
import { openLog } from '../start/log.ts'
import { print } from '../start/print.ts'
import { refuseOtherRoot } from '../start/root.ts'

/** Puts the demo shop into the database; when it is there already, nothing changes. */
export async function seed(config: Config): Promise<void> {
  const database = await shareDatabase(config)
  try {
    const role = await ensureSchema(database, { mayMigrate: true })
    const log = openLog(config, 'warn')
    const io = await openIo({ databaseUrl: database.url, keys: database.keys, log, role })
    try {
      await refuseOtherRoot(io)
      const { merchant } = await seedDemo(io, { url: config.publicUrl, dataDir: config.dataFolder })
      print(
        `The demo shop is there: ${merchant.name}. Its keys are in demo.json in the data folder.`,
      )
    } finally {
      await io.close()
    }
  } finally {
    await database.close()
  }
}
