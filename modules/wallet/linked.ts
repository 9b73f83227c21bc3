import { openKeys, sealKeys, type Linked, type MasterKey } from '../channel/channel.ts'
import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { assert } from '../lib/assert.ts'
import { newId } from '../lib/ids.ts'
import { putMessages } from '../outbox/outbox.ts'
import type { Page } from '../party/party.ts'
import { record } from '../trail/trail.ts'
import type { Act, PayerKey } from './payer.ts'
import type { LinkedSource } from './source.ts'

const sql = loadSql(new URL('./linked.sql', import.meta.url))
const sources = loadSql(new URL('./source.sql', import.meta.url))

// Accounts that a payer has elsewhere: a WeChat or Alipay agreement, a card on file at UnionPay. The
// payer agrees on a page of the scheme, which gives a token to charge with; it lies here sealed.

/** One attempt to link an account. The source that comes of it has the same id. */
export type SourceLink = {
  id: string
  payerId: string
  channelAccountId: string
  state: 'pending' | 'linked' | 'refused' | 'unlinked'
  /** The scheme's word for why not. */
  problem: string | null
  returnUrl: string | null
  /** What the source is called; null as long as there is none. */
  source: Pick<LinkedSource, 'kind' | 'label' | 'last4'> | null
  startedAt: Date
  finishedAt: Date | null
}

export type LinkKey = PayerKey & { linkId: string }

export type NewLink = LinkKey & { channelAccountId: string; returnUrl: string | null; now: Date }

/** Writes down that a payer sets out to link an account, before the scheme hears of it. */
export function startLink(tx: Tx, link: NewLink): void {
  const { institutionId, linkId, payerId, channelAccountId, returnUrl, now } = link
  tx.send(sql('start_link'), [institutionId, linkId, payerId, channelAccountId, returnUrl, now])
}

/** One attempt of this payer, or null. */
export async function readLink(
  db: Pick<Db, 'read'>,
  { institutionId, linkId, payerId }: LinkKey,
): Promise<SourceLink | null> {
  const [row] = await db.read<LinkRow>(sql('read_link'), [institutionId, linkId, payerId])
  return row ? readRow(row) : null
}

/** A payer's attempts, the newest first. */
export async function listLinks(
  db: Pick<Db, 'read'>,
  { institutionId, payerId }: PayerKey,
  { startingAfter, limit }: Page,
): Promise<SourceLink[]> {
  const values = [institutionId, payerId, startingAfter ?? 'src_z', limit]
  return (await db.read<LinkRow>(sql('read_links'), values)).map(readRow)
}

export type LinkEnd = {
  /** What the scheme says of it; `pending` changes nothing. */
  linked: Linked
  kind: LinkedSource['kind']
  channelAccountId: string
  masterKey: MasterKey
}

/**
 * Ends an attempt as the scheme says: a source with its token, sealed; or a refusal. What has ended
 * before stays as it is, so that a page and a poll may both tell.
 *
 * @throws AppError NOT_FOUND
 *
 * Source: P9, P10; DESIGN §6 (master key).
 */
export async function finishLink(
  tx: Tx,
  { institutionId, linkId, payerId }: LinkKey,
  { linked, kind, channelAccountId, masterKey }: LinkEnd,
  { actor, trailId, now }: Act,
): Promise<void> {
  const [link] = await tx.many<LockedLink>(sql('lock_link'), [institutionId, linkId, payerId])
  if (!link) throw new AppError('NOT_FOUND')
  if (link.state !== 'pending' || linked.kind === 'pending') return
  const key = [institutionId, linkId]
  if (linked.kind === 'refused') {
    tx.send(sql('finish_link'), [...key, 'refused', linked.channelCode, now])
    return
  }
  const { token, label, last4 } = linked
  const sealed = sealKeys({ token }, { institutionId, id: linkId }, masterKey)
  const place = [kind, label, last4, channelAccountId]
  tx.send(sources('create_linked_source'), [...key, payerId, ...place, sealed, now])
  tx.send(sql('finish_link'), [...key, 'linked', null, now])
  const entry = { id: trailId, at: now, actor, action: 'source.link', subject: linkId }
  const detail = { payer: payerId, kind, label, channel_account: channelAccountId }
  await record(tx, institutionId, [{ ...entry, detail }])
}

/**
 * Unlinks an account: it is charged no more from now on, and the scheme is told when it can be. What
 * the scheme gave is kept until then, and forgotten. When it was the chosen one, the first of the others
 * is chosen. Unlinked again it is simply unlinked.
 *
 * @param by `scheme`: the payer has ended it there, so nobody need be told
 *
 * @throws AppError NOT_FOUND
 *
 * Source: P9; DESIGN §5 (outbox): a scheme that does not answer never holds up the payer.
 */
export async function unlink(
  tx: Tx,
  { institutionId, linkId, payerId }: LinkKey,
  { actor, trailId, now }: Act,
  by: 'payer' | 'scheme' = 'payer',
): Promise<void> {
  const [link] = await tx.many<LockedLink>(sql('lock_link'), [institutionId, linkId, payerId])
  if (!link) throw new AppError('NOT_FOUND')
  const { state, channel_account_id: channelAccountId } = link
  if (state === 'unlinked') return
  tx.send(sql('finish_link'), [institutionId, linkId, 'unlinked', null, now])
  const mayBeThere = state === 'linked' || state === 'pending'
  if (by === 'payer' && mayBeThere)
    tellUnlinked(tx, { institutionId, linkId, channelAccountId, now })
  const closing = [institutionId, linkId, payerId]
  const [closed] = await tx.many(sources('close_linked_source'), closing)
  if (by === 'scheme') tx.send(sources('forget_token'), [institutionId, linkId])
  if (!closed) return
  tx.send(sources('choose_another'), [institutionId, payerId, linkId])
  const entry = { id: trailId, at: now, actor, action: 'source.unlink', subject: linkId }
  await record(tx, institutionId, [{ ...entry, detail: { payer: payerId, by } }])
}

type LockedLink = { state: SourceLink['state']; channel_account_id: string }

type Untold = Pick<LinkKey, 'institutionId' | 'linkId'> & { channelAccountId: string; now: Date }

function tellUnlinked(tx: Tx, { institutionId, linkId, channelAccountId, now }: Untold): void {
  const id = newId('msg', now.getTime())
  const what = { consumer: 'unlink', id, subjectId: linkId, isReminder: false } as const
  putMessages(tx, institutionId, [{ ...what, payload: {}, dueAt: now, channelAccountId }])
}

/** What a scheme tells of a link by itself, and through which channel account. */
export type LinkWord = Pick<LinkKey, 'institutionId' | 'linkId'> &
  Pick<LinkEnd, 'kind' | 'channelAccountId' | 'masterKey'> & {
    linked: Linked | { kind: 'ended' }
  }

/**
 * Takes in what a scheme tells of a link: the payer has agreed there, or has ended it. Told twice it has
 * no second effect. Who agrees after having given up here is not linked, and the scheme is told so.
 *
 * @throws AppError NOT_FOUND when that account has no such link
 *
 * Source: P9, P10.
 */
export async function recordLink(tx: Tx, word: LinkWord, act: Act): Promise<void> {
  const { institutionId, linkId, channelAccountId, linked } = word
  const found = [institutionId, linkId, channelAccountId]
  const [link] = await tx.many<{ payer_id: string }>(sql('find_link'), found)
  if (!link) throw new AppError('NOT_FOUND')
  const key = { institutionId, linkId, payerId: link.payer_id }
  if (linked.kind === 'ended') return unlink(tx, key, act, 'scheme')
  const locking = [institutionId, linkId, link.payer_id]
  const [locked] = await tx.many<LockedLink>(sql('lock_link'), locking)
  assert(locked, 'a link that was found is there')
  if (locked.state === 'pending') return finishLink(tx, key, { ...word, linked }, act)
  const isUnwanted = locked.state === 'unlinked' || locked.state === 'refused'
  if (isUnwanted && linked.kind === 'linked')
    tellUnlinked(tx, { institutionId, linkId, channelAccountId, now: act.now })
}

/** A payer's sign-in name as a scheme's page may show it: known to its owner, and to no other. */
export function maskedLogin(login: string): string {
  if (/^\d{11}$/.test(login)) return `${login.slice(0, 3)}****${login.slice(-4)}`
  return `${login.slice(0, 2)}***`
}

/**
 * What the scheme gave us to charge a linked account with: for the channel, and only just before the
 * charge. Null when the account was unlinked meanwhile, or is one here.
 *
 * @throws Error when the bytes were sealed under another master key
 */
export async function openSourceToken(
  db: Pick<Db, 'read'>,
  source: OfSource,
  masterKey: MasterKey,
): Promise<string | null> {
  return openToken(db, 'read_token', source, masterKey)
}

/**
 * The same of an account that was unlinked without the scheme knowing yet: to tell it.
 *
 * @throws Error as `openSourceToken`
 */
export async function openKeptToken(
  db: Pick<Db, 'read'>,
  source: OfSource,
  masterKey: MasterKey,
): Promise<string | null> {
  return openToken(db, 'read_kept_token', source, masterKey)
}

/** Forgets what the scheme gave for an account that is closed. */
export const forgetToken = (tx: Tx, { institutionId, sourceId }: OfSource): void =>
  tx.send(sources('forget_token'), [institutionId, sourceId])

type OfSource = { institutionId: string; sourceId: string }

async function openToken(
  db: Pick<Db, 'read'>,
  query: 'read_token' | 'read_kept_token',
  { institutionId, sourceId }: OfSource,
  masterKey: MasterKey,
): Promise<string | null> {
  type Row = { sealed_token: Buffer | null }
  const [row] = await db.read<Row>(sources(query), [institutionId, sourceId])
  if (!row?.sealed_token) return null
  const { token } = openKeys(row.sealed_token, { institutionId, id: sourceId }, masterKey)
  assert(typeof token === 'string', 'a token is a text')
  return token
}

type LinkRow = {
  id: string
  payer_id: string
  channel_account_id: string
  state: SourceLink['state']
  problem: string | null
  return_url: string | null
  started_at: Date
  finished_at: Date | null
  kind: LinkedSource['kind'] | null
  label: string | null
  last4: string | null
}

const readRow = (row: LinkRow): SourceLink => ({
  id: row.id,
  payerId: row.payer_id,
  channelAccountId: row.channel_account_id,
  state: row.state,
  problem: row.problem,
  returnUrl: row.return_url,
  source: row.kind === null ? null : { kind: row.kind, label: row.label ?? '', last4: row.last4 },
  startedAt: row.started_at,
  finishedAt: row.finished_at,
})
