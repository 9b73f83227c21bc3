import { openDb, refreshStatistics } from '../../modules/database/database.ts'
import type { Log } from '../../modules/io/io.ts'
import { startPaced } from './pace.ts'

/**
 * Keeps the database's knowledge of its tables as young as their growth asks for, so that plans fit
 * on the first day, too. It works as the login, which owns the tables.
 */
export function startStatistics(databaseUrl: string, log: Log): { stop(): Promise<void> } {
  const db = openDb({
    ...{ url: databaseUrl, poolSize: 1, role: null },
    onIdleError: (err) => log.warn({ err }, 'an idle connection to the database broke'),
  })
  const looking = startPaced(() => refreshStatistics(db), {
    ...{ log, trouble: 'the tables cannot be looked at', about: {} },
  })
  return {
    async stop() {
      await looking.stop()
      await db.close()
    },
  }
}
