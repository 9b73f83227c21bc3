import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startEmbedded } from '../../modules/database/embedded.ts'
import { migrate } from '../../modules/database/migrate.ts'
import { describeSchema } from '../../modules/database/schema.ts'

/** Runs all migrations on a new database and writes what came of it to db/schema.sql. */
export async function schema(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onetill-schema-'))
  try {
    const server = await startEmbedded({ folder })
    try {
      await migrate(server.url)
      const text = await describeSchema(server.url)
      writeFileSync(new URL('../../db/schema.sql', import.meta.url), text)
    } finally {
      await server.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
