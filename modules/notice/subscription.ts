import { loadSql, type Db, type Tx } from '../database/database.ts'
import type { Message } from '../outbox/outbox.ts'
import type { Page } from '../party/party.ts'
import { giveCurrent, type Giving } from './news-delivery.ts'

const sql = loadSql(new URL('./subscription.sql', import.meta.url))

/** `muted`: nothing new comes, what came stays. `left`: nothing at all, and paying does not change it. */
export const subscriptionStates = ['on', 'muted', 'left'] as const

export type SubscriptionState = (typeof subscriptionStates)[number]

/** How it began: by a payment, by scanning a shop's code, or because the payer said so. */
export const subscriptionWays = ['paid', 'scanned', 'chosen'] as const

export type SubscriptionWay = (typeof subscriptionWays)[number]

export type Subscription = {
  merchantId: string
  merchantName: string
  state: SubscriptionState
  reachedBy: SubscriptionWay
  since: Date
}

/**
 * Makes subscribers of those whom messages of the outbox tell of a debit by a merchant here, and
 * gives them what it tells now. Who knows the merchant already, and above all who has left it, stays
 * as he is. Debits for merchants of other institutions name none and make no subscription.
 */
export async function subscribeByPaying(
  tx: Tx,
  institutionId: string,
  messages: readonly Message[],
  giving: () => Promise<Giving>,
): Promise<void> {
  const pairs = messages.flatMap(({ payload: { kind, recipientId, merchantId } }) =>
    kind === 'debit_instruction' && typeof merchantId === 'string'
      ? [{ payerId: String(recipientId), merchantId }]
      : [],
  )
  if (pairs.length === 0) return
  const { now, ...rest } = await giving()
  const payers = pairs.map(({ payerId }) => payerId)
  const merchants = pairs.map(({ merchantId }) => merchantId)
  type Row = { payer_id: string; merchant_id: string }
  const values = [institutionId, payers, merchants, now]
  const added = await tx.many<Row>(sql('subscribe_payers'), values)
  const subscribers = added.map((row) => ({ payerId: row.payer_id, merchantId: row.merchant_id }))
  giveCurrent(tx, institutionId, subscribers, { now, ...rest })
}

export type Choice = {
  payerId: string
  merchantId: string
  state: SubscriptionState
  reachedBy: SubscriptionWay
}

/**
 * What a payer wants to hear of a merchant from now on. Who begins to listen is given what the
 * merchant tells now, within what a day allows.
 */
export function chooseSubscription(
  tx: Tx,
  institutionId: string,
  { payerId, merchantId, state, reachedBy }: Choice,
  giving: Giving,
): void {
  const values = [institutionId, payerId, merchantId, state, reachedBy, giving.now]
  tx.send(sql('choose'), values)
  if (state === 'on') giveCurrent(tx, institutionId, [{ payerId, merchantId }], giving)
}

/** A payer's subscriptions, those that he left too, the latest first; to one merchant when it is named. */
export async function listSubscriptions(
  db: Pick<Db, 'read'>,
  whose: { institutionId: string; payerId: string; merchantId: string | null },
  { startingAfter, limit }: Page,
): Promise<Subscription[]> {
  const { institutionId, payerId, merchantId } = whose
  type Row = {
    merchant_id: string
    merchant_name: string
    state: SubscriptionState
    reached_by: SubscriptionWay
    since: Date
  }
  const values = [institutionId, payerId, startingAfter, merchantId, limit]
  return (await db.read<Row>(sql('list'), values)).map((row) => ({
    ...{ merchantId: row.merchant_id, merchantName: row.merchant_name, state: row.state },
    ...{ reachedBy: row.reached_by, since: row.since },
  }))
}
