import { expect, test } from 'vitest'

import { refundRound } from '../../app/loops/refunds.ts'
import type { Road } from '../../modules/channel/channel.ts'
import { listExceptions } from '../../modules/exception/exception.ts'
import { readPayment, reverse, type Payment } from '../../modules/payment/payment.ts'
import {
  checkRefund,
  readRefund,
  readRefundsOf,
  recordRefundOutcome,
  refund,
  type Refund,
} from '../../modules/refund/refund.ts'
import { createRouteRule } from '../../modules/route/route.ts'
import { promotion } from '../route-rules.ts'
import { accountIds, openRoads, type RoadName, type Roads } from './roads.ts'
import { institutionId } from './shop.ts'

// Money that goes back by the channel it came by, against counterparts that speak its wire format.

const SECOND_MS = 1_000
const roads: readonly RoadName[] = ['wechat', 'alipay', 'unionpay']

// A road that nobody comes back from.
const never: Road = {
  get channel(): never {
    throw new Error('the process is gone')
  },
} as unknown as Road

let keys = 0

const giveBack = async (
  shop: Roads,
  payment: Payment,
  amountMinor: bigint | null = null,
  key = `refund-${++keys}`,
): Promise<Refund> => {
  const { refund: made } = await refund(shop.io, {
    ...{ institutionId, paymentId: payment.id, merchantId: payment.merchantId, amountMinor },
    ...{ reason: null, idempotencyKey: key, trail: null },
    asker: {
      actor: `terminal:${shop.terminal.id}`,
      merchantId: shop.merchantId,
      terminalId: shop.terminal.id,
    },
  })
  return made
}

async function paid(shop: Roads, road: RoadName, amountMinor: bigint): Promise<Payment> {
  const { payment } = await shop.pay({ code: shop.scan(road), amountMinor })
  if (payment.state === 'processing') await shop.pass(10 * SECOND_MS)
  const after = await readPayment(shop.io.db, institutionId, payment.id)
  expect(after?.state).toBe('succeeded')
  return after as Payment
}

/** Lets time pass and looks after the refunds on the way, as the loops would. */
async function pass(shop: Roads, ms: number, stepMs = 5 * SECOND_MS): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    await shop.pass(stepMs, stepMs)
    while ((await refundRound(shop.io, institutionId)) > 0);
  }
}

const stands = async (shop: Roads, { id }: Refund) => readRefund(shop.io.db, institutionId, id)

/** What the counterpart's own books say it has given back, in minor units. */
function givenBack(shop: Roads, road: RoadName): bigint {
  const { wrong, totals } = shop[road].control.books()
  expect(wrong).toEqual([])
  return totals.refundedMinor
}

const owedBy = (road: RoadName) =>
  road === 'unionpay'
    ? `channel:${accountIds[road]}:receivable`
    : `memo:channel:${accountIds[road]}`

test.each(roads)('%s gives part and then the rest back, and both books agree', async (road) => {
  const shop = await openRoads()
  const payment = await paid(shop, road, 3_000n)
  const first = await giveBack(shop, payment, 1_000n)
  await pass(shop, 20 * SECOND_MS)
  expect(await stands(shop, first)).toMatchObject({ state: 'succeeded', payerMinor: 1_000n })
  expect((await shop.balances())[owedBy(road)]).toBe(2_000n)
  expect(givenBack(shop, road)).toBe(1_000n)
  await shop.audit()

  const rest = await giveBack(shop, payment)
  await pass(shop, 20 * SECOND_MS)
  expect(await stands(shop, rest)).toMatchObject({ state: 'succeeded', amountMinor: 2_000n })
  expect(await shop.balances()).not.toHaveProperty(owedBy(road))
  expect(givenBack(shop, road)).toBe(3_000n)
  await shop.deliver()
  await shop.audit()
})

test('of a discounted charge the channel gives back what it took, in proportion', async () => {
  const shop = await openRoads()
  const { io } = shop
  await io.db.transaction((tx) =>
    createRouteRule(tx, institutionId, promotion({}, { validFrom: io.now() })),
  )
  await io.refreshRouteRules()
  const { id } = await paid(shop, 'unionpay', 6_000n)
  const payment = (await readPayment(io.db, institutionId, id)) as Payment
  expect(payment.discountMinor).toBe(300n)
  const made = await giveBack(shop, payment, 2_000n)
  await pass(shop, 30 * SECOND_MS)
  expect(await stands(shop, made)).toMatchObject({ state: 'succeeded', payerMinor: 1_900n })
  expect(givenBack(shop, 'unionpay')).toBe(1_900n)
  expect((await shop.balances())['institution:promotions']).toBe(200n)
  await giveBack(shop, payment)
  await pass(shop, 30 * SECOND_MS)
  expect(givenBack(shop, 'unionpay')).toBe(5_700n)
  expect(await shop.balances()).not.toHaveProperty('institution:promotions')
  await shop.audit()
})

test('an answer that was lost is asked about until it is known, and given back once', async () => {
  const shop = await openRoads()
  const payment = await paid(shop, 'wechat', 3_000n)
  shop.wechat.control.faults.add({ kind: 'answer_lost', operation: 'refund' })
  const made = await giveBack(shop, payment, 1_000n)
  expect(made).toMatchObject({ state: 'processing', nextAction: 'query' })
  await shop.audit()
  await pass(shop, 60 * SECOND_MS)
  expect(await stands(shop, made)).toMatchObject({ state: 'succeeded' })
  expect(givenBack(shop, 'wechat')).toBe(1_000n)
  await shop.audit()
})

test('a person who asks again hears at once what became of a refund', async () => {
  const shop = await openRoads()
  const payment = await paid(shop, 'alipay', 3_000n)
  shop.alipay.control.faults.add({ kind: 'answer_lost', operation: 'refund' })
  const made = await giveBack(shop, payment, 1_000n)
  expect(made.nextAction).toBe('query')
  const asked = await checkRefund(shop.io, institutionId, made.id)
  expect(asked?.state).toBe('succeeded')
  expect(await checkRefund(shop.io, institutionId, made.id)).toEqual(asked)
  expect(givenBack(shop, 'alipay')).toBe(1_000n)
  await shop.audit()
})

test('a request that never came there is sent again under the same number', async () => {
  const shop = await openRoads()
  const payment = await paid(shop, 'alipay', 3_000n)
  shop.alipay.control.faults.add({ kind: 'request_lost', operation: 'refund' })
  const made = await giveBack(shop, payment, 1_000n)
  expect(made).toMatchObject({ state: 'processing', nextAction: 'query' })
  await pass(shop, 60 * SECOND_MS)
  expect(await stands(shop, made)).toMatchObject({ state: 'succeeded' })
  expect(givenBack(shop, 'alipay')).toBe(1_000n)
  await shop.audit()
})

test('what is under way is reserved, so that no more is promised than there is', async () => {
  const shop = await openRoads()
  const payment = await paid(shop, 'unionpay', 3_000n)
  for (let times = 0; times < 3; times++)
    shop.unionpay.control.faults.add({ kind: 'request_lost', operation: 'refund' })
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      giveBack(shop, payment, 900n).then(
        ({ state }) => state,
        ({ code }: { code: string }) => code,
      ),
    ),
  )
  expect(answers.filter((one) => one === 'processing')).toHaveLength(3)
  expect(answers.filter((one) => one === 'REFUND_TOO_LARGE')).toHaveLength(7)
  await shop.audit()
  await pass(shop, 120 * SECOND_MS)
  expect(givenBack(shop, 'unionpay')).toBe(2_700n)
  await shop.audit()
})

test('a refund that the channel refuses after all gives free what it held, and a person is told', async () => {
  const shop = await openRoads()
  const payment = await paid(shop, 'unionpay', 3_000n)
  const before = await shop.balances()
  shop.unionpay.control.faults.add({ kind: 'request_lost', operation: 'refund' })
  const made = await giveBack(shop, payment)
  const outcome = { kind: 'declined', channelCode: 'REFUSED' } as const
  await recordRefundOutcome(shop.io, institutionId, { refundId: made.id, outcome })
  expect(await stands(shop, made)).toMatchObject({
    ...{ state: 'failed', declineReason: 'channel_refused', channelCode: 'REFUSED' },
  })
  expect(await shop.balances()).toEqual(before)
  const page = { limit: 10, state: 'open', startingAfter: null } as const
  const [exception] = await listExceptions(shop.io.db, institutionId, page)
  expect(exception).toMatchObject({ kind: 'refund_failed', subjectId: made.id })
  await shop.audit()
})

test('money that came after its reversal goes back by itself, out of suspense', async () => {
  const shop = await openRoads()
  shop.wechat.control.faults.add({ kind: 'late_success', operation: 'reverse', value: 30_000 })
  const { payment } = await shop.pay({ code: shop.scan('wechat', 'li'), amountMinor: 1_202n })
  await reverse(shop.io, { institutionId, paymentId: payment.id, actor: 'terminal' })
  await shop.pass(18 * SECOND_MS)
  await shop.pass(120 * SECOND_MS, 5 * SECOND_MS)
  expect((await shop.balances()).suspense).toBe(1_202n)
  await shop.audit()

  await pass(shop, 20 * SECOND_MS)
  const [made] = await readRefundsOf(shop.io.db, institutionId, [payment.id])
  expect(made).toMatchObject({ isLate: true, state: 'succeeded', requestedBy: 'clock' })
  expect(await shop.balances()).not.toHaveProperty('suspense')
  const page = { limit: 10, state: null, startingAfter: null } as const
  const [exception] = await listExceptions(shop.io.db, institutionId, page)
  expect(exception).toMatchObject({ kind: 'late_success', state: 'resolved', action: 'refunded' })
  await shop.audit()
})

test('a restart in the middle of a refund loses nothing: its reminder asks', async () => {
  const shop = await openRoads()
  const payment = await paid(shop, 'wechat', 3_000n)
  // The process dies between its books and the channel: the channel was never asked.
  const channels = { ...shop.io.channels, road: () => never }
  const dying = giveBack({ ...shop, io: { ...shop.io, channels } }, payment, 500n)
  await expect(dying).rejects.toThrow('the process is gone')
  const [made] = await readRefundsOf(shop.io.db, institutionId, [payment.id])
  expect(made).toMatchObject({ state: 'processing', nextAction: 'query', promisedAt: null })
  await shop.audit()
  // Young as it is, that there is no such refund is not believed at once.
  await pass(shop, 60 * SECOND_MS)
  expect(await stands(shop, made as Refund)).toMatchObject({ state: 'succeeded' })
  expect(givenBack(shop, 'wechat')).toBe(500n)
  await shop.audit()
})

test('the same word twice, and one after the end, have no second effect', async () => {
  const shop = await openRoads()
  const payment = await paid(shop, 'unionpay', 3_000n)
  const made = await giveBack(shop, payment, 1_000n)
  await pass(shop, 20 * SECOND_MS)
  const before = await shop.balances()
  const word = { refundId: made.id, outcome: { kind: 'succeeded', refundRef: 'x' } } as const
  await Promise.all([1, 2, 3].map(() => recordRefundOutcome(shop.io, institutionId, word)))
  const no = { kind: 'declined', channelCode: 'NO' } as const
  await recordRefundOutcome(shop.io, institutionId, { refundId: made.id, outcome: no })
  expect(await shop.balances()).toEqual(before)
  expect((await stands(shop, made))?.state).toBe('succeeded')
  const unknown = { refundId: 'rfd_0000000000000000000000000a', outcome: no }
  expect(await recordRefundOutcome(shop.io, institutionId, unknown)).toBeNull()
  await shop.audit()
})

test('no second charge of a payment can have paid for it', async () => {
  const shop = await openRoads()
  const payment = await paid(shop, 'wechat', 1_000n)
  const text = `insert into charge (institution_id, id, payment_id, number, channel_account_id, channel, state,
      debit_account_id, settlement, means, amount_minor, currency, started_at, completed_at, is_late)
    select institution_id, $2 || number, payment_id, 2, channel_account_id, channel, state,
      debit_account_id, settlement, means, amount_minor, currency, started_at, completed_at, false
    from charge where payment_id = $1`
  const again = shop.io.db.read({ name: 'test.pay_twice', text }, [payment.id, 'chg_other'])
  await expect(again).rejects.toThrow('charge_pays_once')
  await shop.audit()
})
