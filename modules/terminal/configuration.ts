import { createHash } from 'node:crypto'

import { loadSql, type Tx } from '../database/database.ts'
import type { Json } from '../trail/trail.ts'
import type { TerminalPermission } from './permission.ts'
import { plainTerms } from './plain-terms.ts'

const sql = loadSql(new URL('./terminal.sql', import.meta.url))

/** What a terminal is to follow, apart from the version. */
export type TerminalConfiguration = {
  permission: { effective: Json }
  /** Values of the terminal's settings, by name. */
  settings: Readonly<Record<string, Json>>
  store: { name: string; position: Json }
  merchant: { name: string }
  is_locked: boolean
  lock_reason: string | null
}

/** A terminal's heartbeats and whether it is online hang on this, in ms. */
export const ONLINE_MS = 90_000

/**
 * What a terminal is to follow, and a version: a text that is another one whenever any of it is. Pure.
 *
 * Source: P22 (remote configuration, acknowledged).
 */
export function configurationOf(
  permission: TerminalPermission,
  settings: Readonly<Record<string, Json>>,
): TerminalConfiguration & { version: string } {
  const { storeName, storePosition, merchantName, isLocked, lockReason } = permission
  const configuration: TerminalConfiguration = {
    permission: { effective: plainTerms(permission) },
    settings,
    store: { name: storeName, position: storePosition && { ...storePosition } },
    merchant: { name: merchantName },
    ...{ is_locked: isLocked, lock_reason: lockReason },
  }
  const hash = createHash('sha256').update(JSON.stringify(configuration)).digest('base64url')
  return { version: hash.slice(0, 16), ...configuration }
}

/** Writes down which configuration a terminal says that it follows. */
export function acknowledgeConfiguration(
  tx: Tx,
  { institutionId, id }: { institutionId: string; id: string },
  version: string,
): void {
  tx.send(sql('acknowledge'), [institutionId, id, version])
}
