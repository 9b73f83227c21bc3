import { createHash } from 'node:crypto'

import webPush from 'web-push'

import { openKeys, sealKeys, type MasterKey } from '../channel/channel.ts'
import { loadSql, type Tx } from '../database/database.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import type { NewMessage } from '../outbox/outbox.ts'

const sql = loadSql(new URL('./web-push.sql', import.meta.url))

// Of one payer: phones and computers, and browsers that were thrown away and never said so.
const MOST_BROWSERS = 10
// A push service takes 4,096 bytes, and a screen shows a line or two.
const MOST_TEXT = 160

/** Where a browser may be woken, as its `PushSubscription` says. All of it is a secret. */
export type PushAddress = { endpoint: string; p256dh: string; auth: string }

/** By what push services know an institution. Source: RFC 8292 (VAPID). */
export type PushKey = { publicKey: string; privateKey: string; contact: string }

/**
 * The institution's key for push services, made when it is first asked for. The contact is for the
 * people of a push service: our address when it is one of the web, else none that anybody reads.
 */
export async function ownPushKey(
  io: Pick<Io, 'db' | 'masterKey' | 'now'>,
  institutionId: string,
  publicUrl: string,
): Promise<PushKey> {
  const known = await readPushKey(io, institutionId)
  if (known) return known
  const { publicKey, privateKey } = webPush.generateVAPIDKeys()
  const sealed = sealKeys({ privateKey }, keyOwner(institutionId), io.masterKey)
  const contact = publicUrl.startsWith('https:') ? publicUrl : 'mailto:nobody@onetill.invalid'
  await io.db.transaction(async (tx) => {
    tx.send(sql('put_key'), [institutionId, publicKey, sealed, contact, io.now()])
    await Promise.resolve()
  })
  // Another process may have been first.
  return (await readPushKey(io, institutionId)) ?? { publicKey, privateKey, contact }
}

/** The institution's key for push services; null before anybody has asked for it. */
export async function readPushKey(
  { db, masterKey }: Pick<Io, 'db' | 'masterKey'>,
  institutionId: string,
): Promise<PushKey | null> {
  type Row = { public_key: string; sealed_private_key: Buffer; contact: string }
  const [row] = await db.read<Row>(sql('read_key'), [institutionId])
  if (!row) return null
  const opened = openKeys(row.sealed_private_key, keyOwner(institutionId), masterKey)
  const privateKey = String(opened['privateKey'])
  return { publicKey: row.public_key, privateKey, contact: row.contact }
}

const keyOwner = (institutionId: string) => ({ institutionId, id: 'web_push_key' })

type Browser = { institutionId: string; payerId: string }

/**
 * Notes where a payer's browser may be woken. One that is known goes to whoever is signed in there
 * now; of one payer the newest ten stay. Answers its id.
 */
export async function putPushSubscription(
  tx: Tx,
  { institutionId, payerId }: Browser,
  { id, address }: { id: string; address: PushAddress },
  { masterKey, now }: { masterKey: MasterKey; now: Date },
): Promise<string> {
  const hash = hashOf(address.endpoint)
  const sealed = sealKeys({ ...address }, addressOwner(institutionId, hash), masterKey)
  const values = [institutionId, id, payerId, hash, sealed, now]
  const [row] = await tx.many<{ id: string }>(sql('put'), values)
  tx.send(sql('keep_newest'), [institutionId, payerId, MOST_BROWSERS])
  return row?.id ?? id
}

/** A payer's browser is woken no more. Answers false when it is not there. */
export async function removePushSubscription(
  tx: Tx,
  { institutionId, payerId, id }: Browser & { id: string },
): Promise<boolean> {
  return (await tx.many(sql('remove_own'), [institutionId, payerId, id])).length > 0
}

/** Forgets browsers of which their push services know nothing any more. */
export function forgetPushSubscriptions(
  tx: Tx,
  institutionId: string,
  ids: readonly string[],
): void {
  if (ids.length > 0) tx.send(sql('remove'), [institutionId, ids])
}

/** Where browsers are woken, by id; those that are gone are not among them. */
export async function readPushAddresses(
  { db, masterKey }: Pick<Io, 'db' | 'masterKey'>,
  institutionId: string,
  ids: readonly string[],
): Promise<Map<string, PushAddress>> {
  type Row = { id: string; address_hash: Buffer; sealed_address: Buffer }
  const rows = await db.read<Row>(sql('read_addresses'), [institutionId, ids])
  return new Map(
    rows.map((row) => {
      const owner = addressOwner(institutionId, row.address_hash)
      return [row.id, openKeys(row.sealed_address, owner, masterKey) as PushAddress]
    }),
  )
}

const hashOf = (endpoint: string): Buffer => createHash('sha256').update(endpoint).digest()

// Bound to the address itself: its row may come to another payer.
const addressOwner = (institutionId: string, hash: Uint8Array) => ({
  institutionId,
  id: Buffer.from(hash).toString('hex'),
})

/** What a browser shows, and where in the wallet it leads. */
export type Push = {
  title: string
  body: string
  path: string
  /** After this it is worth nothing; null: after a day. */
  until: Date | null
  now: Date
}

/** Messages of the outbox that wake the browsers of payers; none for who has none. */
export async function pushMessages(
  tx: Tx,
  institutionId: string,
  payerIds: readonly string[],
  { title, body, path, until, now }: Push,
): Promise<NewMessage[]> {
  type Row = { id: string; payer_id: string }
  const browsers = await tx.many<Row>(sql('list_of_payers'), [institutionId, payerIds])
  const payload = { title, body: [...body].slice(0, MOST_TEXT).join(''), path, until }
  return browsers.map((browser) => ({
    ...{ id: newId('msg', now.getTime()), consumer: 'web_push', isReminder: true, dueAt: now },
    ...{ subjectId: browser.id, payload },
  }))
}
