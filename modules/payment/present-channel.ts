import type { Channel, ChannelAccount, PresentOrder, PresentOutcome } from '../channel/channel.ts'
import { loadSql, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { assert } from '../lib/assert.ts'
import { putMessages } from '../outbox/outbox.ts'
import { insertCharges, readCharges, type Charge } from './charge.ts'
import { recordOutcome } from './check.ts'
import { isOrder } from './present-order.ts'
import { channelUntil, FIRST_CHECK_MS } from './present-schedule.ts'
import { lockPayments } from './read.ts'
import { newCharge } from './roads.ts'
import { chargedMinor, type Payment } from './state.ts'
import { checkReminder } from './write.ts'

const sql = loadSql(new URL('./present.sql', import.meta.url))

export type Way = PresentOrder['way']

/** How an order shall be shown to the payers of one scheme. */
export type Showing = {
  institutionId: string
  paymentId: string
  scheme: string
  way: Way
  /** The payer as the scheme knows them; `jsapi` needs it. */
  payerRef: string | null
  ip: string
  /** Where the scheme's page sends the payer's browser afterwards. */
  returnUrl: string | null
}

/** What the payer's phone is given: a code to draw, a page to go to, or words for the scheme's SDK. */
export type Ready = Omit<Extract<PresentOutcome, { kind: 'ready' }>, 'kind'>

type Presenting = Channel & Required<Pick<Channel, 'present'>>
type Road = { account: ChannelAccount; channel: Presenting }

/** The schemes at which a merchant's orders can be shown now, each once, in alphabetical order. */
export const shownSchemes = (
  io: Pick<Io, 'channels'>,
  { institutionId, merchantId }: Pick<Payment, 'institutionId' | 'merchantId'>,
): string[] => {
  const schemes = roadsOf(io, { institutionId, merchantId }).map(({ account }) => account.scheme)
  return [...new Set(schemes)].sort()
}

/** Through which account an order is shown at a scheme; null: through none now. */
export const roadToShow = (
  io: Pick<Io, 'channels'>,
  whose: Pick<Payment, 'institutionId' | 'merchantId'>,
  scheme: string,
): Road | null => roadsOf(io, whose).find(({ account }) => account.scheme === scheme) ?? null

// The healthy ones, the cheapest first; the id decides between equals.
function roadsOf(
  io: Pick<Io, 'channels'>,
  { institutionId, merchantId }: Pick<Payment, 'institutionId' | 'merchantId'>,
): Road[] {
  return io.channels
    .roads(institutionId)
    .flatMap(({ account, channel, health }): Road[] => {
      const isTheirs = account.merchantId === null || account.merchantId === merchantId
      const isOpen = isTheirs && health.state === 'healthy' && channel.present !== undefined
      return isOpen ? [{ account, channel: channel as Presenting }] : []
    })
    .toSorted(({ account: a }, { account: b }) => a.costBps - b.costBps || (a.id < b.id ? -1 : 1))
}

/**
 * Shows an order at a scheme: makes a charge that waits for whoever takes it up, and asks the channel
 * what to show. Asked again in the same way it shows the same. The order stays open for other payers;
 * who pays first has paid, and money that comes second goes back by itself.
 *
 * @throws AppError NOT_FOUND, ORDER_EXPIRED, SCHEME_NOT_OPEN (no account at this scheme that shows
 *   orders), CHANNEL_UNAVAILABLE (it said nothing that can be shown)
 *
 * Source: protocols.md §1.4, §2.2, §3.3, §4.1; DESIGN §10.
 */
export async function showAt(io: Io, showing: Showing): Promise<Ready> {
  const { institutionId, paymentId, scheme, way } = showing
  const opened = await io.db.transaction((tx) => openShowing(io, tx, showing))
  if ('refused' in opened) throw new AppError(opened.refused)
  const { payment, charge, shown, road } = opened
  if (shown) return shown
  io.poke(institutionId)
  const { id: chargeId, amountMinor, currency, startedAt } = charge
  const { merchantName, terminalId, storeId, confirmExpiresAt } = payment
  assert(confirmExpiresAt, 'an order has a time by which it ends')
  const outcome = await road.channel.present({
    ...{ chargeId, way, payerRef: showing.payerRef, amountMinor, currency, startedAt },
    ...{ description: merchantName, ip: showing.ip, storeId: storeId ?? '' },
    ...{
      terminalId: terminalId ?? '',
      expiresAt: channelUntil(confirmExpiresAt, io.now()),
      returnUrl: showing.returnUrl,
    },
  })
  if (outcome.kind === 'ready') {
    const { kind: _, ...ready } = outcome
    await io.db.transaction(async (tx) => {
      tx.send(sql('keep_shown'), [institutionId, chargeId, JSON.stringify(ready), paymentId])
      await Promise.resolve()
    })
    return ready
  }
  const { channelCode } = outcome
  io.log.warn({ institutionId, chargeId, scheme, way, channelCode }, 'an order was not shown')
  if (outcome.kind === 'refused') {
    const declined = { kind: 'declined', reason: outcome.reason, channelCode } as const
    const word = { chargeId, outcome: declined, by: 'answer', actor: 'channel' } as const
    await recordOutcome(io, institutionId, word)
  }
  throw new AppError('CHANNEL_UNAVAILABLE')
}

type Opened =
  | { payment: Payment; charge: Charge; shown: Ready | null; road: Road }
  | { refused: 'NOT_FOUND' | 'ORDER_EXPIRED' | 'SCHEME_NOT_OPEN' }

/** Finds how the order is shown in this way already, or makes the charge for it. Locks the payment. */
async function openShowing(io: Io, tx: Tx, showing: Showing): Promise<Opened> {
  const { institutionId, paymentId, scheme, way, payerRef } = showing
  const payment = (await lockPayments(tx, institutionId, [paymentId])).get(paymentId)
  if (!payment || !isOrder(payment)) return { refused: 'NOT_FOUND' }
  const now = io.now()
  const { state, nextAction, confirmExpiresAt } = payment
  const isOpen = state === 'processing' && nextAction === 'payer_scans'
  if (!isOpen || !confirmExpiresAt || confirmExpiresAt <= now) return { refused: 'ORDER_EXPIRED' }
  const road = roadToShow(io, payment, scheme)
  if (!road) return { refused: 'SCHEME_NOT_OPEN' }

  const key = [institutionId, paymentId, road.account.id, way, payerRef ?? '']
  type Row = {
    charge_id: string
    shown: Ready | null
    state: string
    reverse_asked_at: Date | null
  }
  const [earlier] = await tx.many<Row>(sql('read_showing'), key)
  const charges = await readCharges({ read: tx.many }, institutionId, [paymentId])
  const standing = charges.find(({ id }) => id === earlier?.charge_id)
  if (earlier && standing?.state === 'processing' && standing.reverseAskedAt === null)
    return { payment, charge: standing, shown: earlier.shown, road }

  const what = { codeHash: null, amountMinor: chargedMinor(payment), now }
  const made = newCharge(io, payment, { account: road.account, means: 'order', ...what })
  const charge: Charge = { ...made.charge, number: charges.length + 1 }
  insertCharges(tx, institutionId, [charge])
  const dueAt = new Date(now.getTime() + FIRST_CHECK_MS)
  putMessages(tx, institutionId, [checkReminder(charge, dueAt, now)])
  tx.send(sql('put_showing'), [...key, charge.id, now])
  return { payment, charge, shown: null, road }
}
