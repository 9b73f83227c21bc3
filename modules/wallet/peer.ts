import { openKeys, sealKeys } from '../channel/channel.ts'
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
  { masterKey, actor, trailId, now }: Act & { masterKey: Uint8Array },
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
  masterKey: Uint8Array,
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
  state: Peer['state']
  created_at: Date
  updated_at: Date
}

const readRow = (row: PeerRow): Peer => ({
  id: row.id,
  name: row.name,
  publicKey: row.public_key,
  state: row.state,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
