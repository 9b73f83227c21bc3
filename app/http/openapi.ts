import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { OpenIo } from '../io.ts'
import { buildServer } from '../server.ts'

const file = fileURLToPath(new URL('../../openapi.yaml', import.meta.url))

/** The description of the API as YAML. Nothing is listened to and no database is asked. */
export async function writeOpenApi(): Promise<string> {
  const app = await buildServer(noOutside, {
    publicUrl: 'http://localhost:8080',
    webRoot: '/nowhere',
    demo: null,
  })
  await app.ready()
  const text = app.swagger({ yaml: true })
  await app.close()
  return text.endsWith('\n') ? text : `${text}\n`
}

// Building the server opens nothing, so nothing of this is ever asked.
const noOutside = {
  onPoke: () => () => undefined,
  lanes: { waiting: () => ({}), onBatch: () => undefined, waitingForConnection: () => 0 },
  db: { transaction: () => Promise.resolve() },
  channels: { onCalled: () => undefined, onHealth: () => undefined, health: () => [] },
} as unknown as OpenIo

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await writeOpenApi()
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text)
  } else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write('openapi.yaml is not what the routes say; run "npm run openapi".\n')
    process.exitCode = 1
  }
}
