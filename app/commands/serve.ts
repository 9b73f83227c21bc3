import { OperatorError } from '../../modules/database/operator-error.ts'
import type { Config } from '../config.ts'
import { openLog } from '../start/log.ts'
import { openPlatform, startRole, type Role } from '../start/run.ts'
import { runUntilStopped } from '../start/stop.ts'

/**
 * Runs the program for production until it is told to stop: no demo shop, no sandbox. Any number of
 * `api` and `worker` processes may share one database.
 *
 * Source: DESIGN §4, §7.
 *
 * @throws OperatorError when it cannot start.
 */
export async function serve(config: Config, role: Role): Promise<void> {
  if (config.databaseUrl === null && !config.isFolderNamed) {
    throw new OperatorError(
      'Set DATABASE_URL to a PostgreSQL 15 or newer, or name a data folder for the embedded one ' +
        'with --data.',
    )
  }
  const log = openLog(config, 'info')
  await runUntilStopped(log, async (stops) => {
    const platform = await openPlatform(config, { log, stops, role, mayMigrate: false })
    await startRole(platform, { config, role, demo: null, stops })
    log.info({ role, url: role === 'worker' ? null : config.publicUrl }, 'started')
  })
}
