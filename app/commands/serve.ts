import { readInstitutions } from '../../modules/party/party.ts'
import { refuseUnnamedPlace, type Config } from '../config.ts'
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
  refuseUnnamedPlace(config)
  const log = openLog(config, 'info')
  await runUntilStopped(log, async (stops) => {
    const platform = await openPlatform(config, { log, stops, role, mayMigrate: false })
    await startRole(platform, { config, role, demo: null, stops })
    if ((await readInstitutions(platform.io.db)).length === 0)
      log.warn('nobody can sign in yet; open an institution with "onetill institution add"')
    log.info({ role, url: role === 'worker' ? null : config.publicUrl }, 'started')
  })
}
