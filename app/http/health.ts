import { loadSql } from '../../modules/database/database.ts'
import { readMigrations } from '../../modules/database/migrate.ts'
import { AppError } from '../../modules/errors/errors.ts'
import type { App } from './http.ts'
import type { OpenIo } from '../io.ts'
import type { Metrics } from './metrics.ts'

const sql = loadSql(new URL('./health.sql', import.meta.url))

/**
 * The three addresses for those who run the server: `/healthz` (the process answers), `/readyz`
 * (the database does too, and its schema is at least the one that this program knows) and
 * `/metrics`. They tell nothing of anybody's money.
 */
export function health(app: App, { io, metrics }: { io: OpenIo; metrics: Metrics }): void {
  const known = readMigrations().at(-1)?.version ?? 0
  const schema = { hide: true }

  app.get('/healthz', { schema }, () => ({ status: 'ok' }))

  app.get('/readyz', { schema }, async () => {
    const [row] = await io.db.read<{ version: number }>(sql('schema_version'))
    const version = row?.version ?? 0
    if (version < known) throw new AppError('BUSY', { reason: 'the schema is not migrated yet' })
    return { status: 'ok', schema_version: version }
  })

  app.get('/metrics', { schema }, async (_request, reply) => {
    const text = await metrics.registry.metrics()
    return reply.type(metrics.registry.contentType).send(text)
  })
}
