import { rmSync } from 'node:fs'
import { resolve } from 'node:path'

import { backup } from '../../modules/database/copy.ts'
import { OperatorError } from '../../modules/database/operator-error.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import type { Config } from '../config.ts'
import { findKeys } from '../keys.ts'
import { ensureSchema, shareDatabase } from '../start/database.ts'
import { print } from '../start/print.ts'

/** Copies everything into one file, beside a running program too. */
export async function backupCommand(config: Config, file: string): Promise<void> {
  const database = await shareDatabase(config)
  try {
    await ensureSchema(database, { mayMigrate: false })
    const key = database.keys.text
    const options = { file: resolve(file), key, madeAt: systemClock() }
    const { tables, schemaVersion } = await backup(database.url, options)
    if (findKeys(config).text !== key) {
      rmSync(resolve(file))
      throw new OperatorError('The keys were changed during the backup; make it again.')
    }
    const rows = tables.reduce((sum, table) => sum + table.rows, 0)
    print(`${file}: ${rows} rows of ${tables.length} tables, schema ${schemaVersion}.`)
    print('It holds the keys and everybody’s books: whoever has it has everything. Lock it away.')
  } finally {
    await database.close()
  }
}
