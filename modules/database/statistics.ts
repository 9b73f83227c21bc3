import type { Db } from './database.ts'
import { loadSql } from './sql.ts'

const sql = loadSql(new URL('./statistics.sql', import.meta.url))

/**
 * Has the server look at what is in the tables that have doubled since it last did, and answers how
 * many these were. A prepared statement keeps the plan that it got while its tables were empty, when
 * every index was as good as any other; this makes the server plan anew in every session. Its own
 * autovacuum comes once a minute, which is too late for the first payments of a new database.
 *
 * @param db works as the login, since only the owner of a table may ask for this; other people's
 *   tables are left alone
 *
 * Source: PostgreSQL manual, PREPARE (notes on re-planning), ANALYZE; docs/performance.md.
 */
export async function refreshStatistics(db: Pick<Db, 'read'>): Promise<number> {
  const grown = await db.read<{ name: string }>(sql('grown_tables'))
  for (const { name } of grown)
    await db.read({ name: `statistics.${name}`, text: `analyze (skip_locked) ${name}` })
  return grown.length
}
