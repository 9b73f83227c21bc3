import { createHash } from 'node:crypto'

/** What an entry's hash covers; all of it, so that nothing of an entry can be changed unseen. */
export type HashedFields = {
  number: bigint
  id: string
  at: Date
  actor: string
  action: string
  subject: string
  /** Canonical JSON, see `canonical.ts`. */
  detailJson: string
  previousHash: Buffer
}

/** What the first entry of a chain follows. */
export const emptyHash: Buffer = Buffer.alloc(32)

/** SHA-256 over the entry, which names the hash of the one before it. */
export function hashEntry(entry: HashedFields): Buffer {
  const { number, id, at, actor, action, subject, detailJson, previousHash } = entry
  // One array of texts: JSON's quotes keep the fields apart, whatever stands in them.
  const covered = [
    previousHash.toString('hex'),
    number.toString(),
    ...[id, at.toISOString(), actor, action, subject, detailJson],
  ]
  return createHash('sha256').update(JSON.stringify(covered)).digest()
}
