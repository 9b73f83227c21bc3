import { fingerprintOf, openKeys, sealKeys, type MasterKey } from '../channel/channel.ts'
import { loadSql, type Db, type Step, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { clearing, openAccounts } from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import { institutionIn, type Page } from '../party/party.ts'
import { record } from '../trail/trail.ts'
import type { Act } from './payer.ts'

const sql = loadSql(new URL('./peer.sql', import.meta.url))

/** An institution whose merchants may charge our payers. It is known by its key. Source: P14. */
export type Peer = {
  /** ins_… of the acquirer. */
  id: string
  name: string
  /** Ed25519, PEM: what it signs its requests with. */
  publicKey: string
  /** The one before, and until when it is believed too; null: there was none, or never. */
  old: { publicKey: string; until: Date } | null
  /** Ed25519, PEM: the key by which it will believe our answers, once we use it. */
  nextAnswerKey: string | null
  state: 'active' | 'closed'
  createdAt: Date
  updatedAt: Date
}

type PeerKey = { institutionId: string; id: string }

export type NewPeer = PeerKey & {
  name: string
  publicKey: string
  /** Ed25519, PEM: what we sign our answers to it with. */
  privateKey: string
}

/**
 * Lets the merchants of another institution charge our payers, or changes the keys with it. What the
 * two owe each other is kept in one account, of any depth: clearing brings it down.
 *
 * @throws AppError INVALID_REQUEST for an institution that would be its own peer
 *
 * Source: DESIGN §4 (two local transactions and a clearing position).
 */
export async function putPeer(
  tx: Tx,
  { institutionId, id, name, publicKey, privateKey }: NewPeer,
  { masterKey, actor, trailId, now }: Act & { masterKey: MasterKey },
): Promise<void> {
  if (id === institutionId) throw new AppError('INVALID_REQUEST', { param: 'institution' })
  const { currency } = await institutionIn(tx, institutionId)
  const sealed = sealKeys({ privateKey }, { institutionId, id }, masterKey)
  tx.send(sql('put_peer'), [institutionId, id, name, publicKey, sealed, now])
  const account = { id: clearing(id), currency, normalSide: 'credit', floorMinor: null } as const
  await openAccounts(tx, institutionId, [account], now)
  const entry = { id: trailId, at: now, actor, action: 'peer.put', subject: id }
  await record(tx, institutionId, [{ ...entry, detail: { name } }])
}

/**
 * Takes another key of theirs into account: from now on it is believed, and the one before as well,
 * until a time. The same key again changes nothing.
 *
 * @throws AppError NOT_FOUND
 *
 * Source: P14; NIST SP 800-57 part 1 §5.3.4 (overlap of a key and its successor).
 */
export async function changePeerKey(
  tx: Tx,
  { institutionId, id, publicKey, oldUntil }: PeerKey & { publicKey: string; oldUntil: Date },
  { actor, trailId, now }: Act,
): Promise<Peer> {
  tx.send(sql('change_key'), [institutionId, id, publicKey, oldUntil, now])
  const entry = { id: trailId, at: now, actor, action: 'peer.add_key', subject: id }
  const detail = { key: fingerprintOf(publicKey), old_until: oldUntil.toISOString() }
  return changed(tx, { institutionId, id }, { ...entry, detail })
}

/**
 * Makes the next key that our answers to an institution will be signed with. It is told the public
 * half and believes both, and then we use it: in between nothing is unbelieved. The next key that
 * there is already stays.
 *
 * @throws AppError NOT_FOUND
 */
export async function offerAnswerKey(
  tx: Tx,
  { institutionId, id, publicKey, privateKey }: PeerKey & { publicKey: string; privateKey: string },
  { masterKey, actor, trailId, now }: Act & { masterKey: MasterKey },
): Promise<Peer> {
  const sealed = sealKeys({ privateKey }, { institutionId, id }, masterKey)
  tx.send(sql('offer_next'), [institutionId, id, publicKey, sealed, now])
  const entry = { id: trailId, at: now, actor, action: 'peer.make_answer_key', subject: id }
  return changed(tx, { institutionId, id }, { ...entry, detail: {} })
}

/**
 * Signs our answers with the next key from now on, in every process within 2 s.
 *
 * @throws AppError NOT_FOUND also when there is no next key
 */
export async function useAnswerKey(
  tx: Tx,
  { institutionId, id }: PeerKey,
  { actor, trailId, now }: Act,
): Promise<Peer> {
  const [used] = await tx.many(sql('use_next'), [institutionId, id, now])
  if (!used) throw new AppError('NOT_FOUND')
  const entry = { id: trailId, at: now, actor, action: 'peer.use_answer_key', subject: id }
  return changed(tx, { institutionId, id }, { ...entry, detail: {} })
}

/** The peer as it is now, with what was done in the trail. @throws AppError NOT_FOUND */
async function changed(
  tx: Tx,
  { institutionId, id }: PeerKey,
  entry: Parameters<typeof record>[2][number],
): Promise<Peer> {
  const [row] = await tx.many<PeerRow>(sql('read_peer'), [institutionId, id])
  if (row?.state !== 'active') throw new AppError('NOT_FOUND')
  await record(tx, institutionId, [entry])
  return readRow(row)
}

/** Lets the merchants of another institution charge our payers no more. @throws AppError NOT_FOUND */
export async function closePeer(
  tx: Tx,
  { institutionId, id }: PeerKey,
  { actor, trailId, now }: Act,
): Promise<void> {
  const [closed] = await tx.many(sql('close_peer'), [institutionId, id, now])
  if (!closed) throw new AppError('NOT_FOUND')
  const entry = { id: trailId, at: now, actor, action: 'peer.close', subject: id }
  await record(tx, institutionId, [{ ...entry, detail: {} }])
}

/** The other institutions, in the order of their ids. */
export async function listPeers(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { startingAfter, limit }: Page,
): Promise<Peer[]> {
  const values = [institutionId, startingAfter ?? '', limit]
  return (await db.read<PeerRow>(sql('read_peers'), values)).map(readRow)
}

/** One peer with the private key that our answers to it are signed with; null: there is none. */
export async function readPeer(
  db: Pick<Db, 'read'>,
  { institutionId, id }: PeerKey,
  masterKey: MasterKey,
): Promise<(Peer & { privateKey: string }) | null> {
  const [row] = await db.read<PeerRow>(sql('read_peer'), [institutionId, id])
  if (!row) return null
  const { privateKey } = openKeys(row.sealed_private_key, { institutionId, id }, masterKey)
  assert(typeof privateKey === 'string', 'a private key is a text')
  return { ...readRow(row), privateKey }
}

/** A signed request that wants to be taken in; `requestId` is made anew for each arrival. */
export type Arrival = { peerId: string; nonce: string; requestId: string; now: Date }

/** Takes signed requests in, each once. Answers whether it is the first with its number. */
export const admit: Step<Arrival, boolean> = {
  name: 'wallet.admit',
  mode: 'write',
  async run(tx, institutionId, arrivals) {
    const peerIds = arrivals.map(({ peerId }) => peerId)
    const nonces = arrivals.map(({ nonce }) => nonce)
    const requestIds = arrivals.map(({ requestId }) => requestId)
    tx.send(sql('put_nonces'), [institutionId, peerIds, nonces, requestIds, arrivals[0]?.now])
    const values = [institutionId, [...new Set(peerIds)], [...new Set(nonces)]]
    const rows = await tx.many<{ request_id: string }>(sql('read_nonces'), values)
    const admitted = new Set(rows.map((row) => row.request_id))
    return requestIds.map((id) => admitted.has(id))
  },
}

/** Forgets the numbers of requests that are too old to be taken in anyway. */
export function purgeNonces(tx: Tx, institutionId: string, before: Date): void {
  tx.send(sql('purge_nonces'), [institutionId, before])
}

type PeerRow = {
  id: string
  name: string
  public_key: string
  sealed_private_key: Buffer
  old_public_key: string | null
  old_key_until: Date | null
  next_answer_key: string | null
  state: Peer['state']
  created_at: Date
  updated_at: Date
}

const readRow = (row: PeerRow): Peer => ({
  id: row.id,
  name: row.name,
  publicKey: row.public_key,
  old:
    row.old_public_key && row.old_key_until
      ? { publicKey: row.old_public_key, until: row.old_key_until }
      : null,
  nextAnswerKey: row.next_answer_key,
  state: row.state,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
