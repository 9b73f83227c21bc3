import { resolve } from 'node:path'

import { checkBackup } from '../../modules/database/backup-file.ts'
import { restore } from '../../modules/database/copy.ts'
import { OperatorError } from '../../modules/database/operator-error.ts'
import type { Config } from '../config.ts'
import { openDatabase } from '../start/database.ts'
import { prepareFolder } from '../start/folder.ts'
import { hasOtherKey, placeKey } from '../keys.ts'
import { print } from '../start/print.ts'

/**
 * Brings a backup into an empty data folder or database, with the keys that it was written with.
 *
 * @throws OperatorError when there is data already, other keys, or a file that cannot be used.
 */
export async function restoreCommand(config: Config, file: string): Promise<void> {
  const { key } = await checkBackup(resolve(file))
  prepareFolder(config.dataFolder)
  if (hasOtherKey(key, config)) {
    throw new OperatorError(
      'The backup was written with another key than the one in ONETILL_KEY or the data folder; ' +
        'unset ONETILL_KEY and name an empty data folder.',
    )
  }
  if (config.key === null) placeKey(config.dataFolder, key)
  const database = await openDatabase(config)
  try {
    const { tables, madeAt } = await restore(database.url, resolve(file))
    const rows = tables.reduce((sum, table) => sum + table.rows, 0)
    print(`${rows} rows of ${tables.length} tables are back, as they were at ${madeAt}.`)
  } finally {
    await database.close()
  }
}
