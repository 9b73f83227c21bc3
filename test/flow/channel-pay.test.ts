import { expect, test } from 'vitest'

import type { ChargeOutcome } from '../../modules/channel/channel.ts'
import { listExceptions } from '../../modules/exception/exception.ts'
import { readPayment, readCharges, recordOutcome, reverse } from '../../modules/payment/payment.ts'
import { accountIds, openRoads, type RoadName, type Roads } from './roads.ts'
import { institutionId } from './shop.ts'

// Payments whose money a scheme is asked for, against counterparts that speak its wire format.

const SECOND_MS = 1_000
const roads: readonly RoadName[] = ['wechat', 'alipay', 'unionpay']

const stands = async (shop: Roads, paymentId: string) => {
  const payment = await readPayment(shop.io.db, institutionId, paymentId)
  return { state: payment?.state, next: payment?.nextAction, why: payment?.declineReason }
}

const paidOf = (shop: Roads, payerPaidMinor: bigint, channelRef: string): ChargeOutcome => ({
  ...{ kind: 'succeeded', channelRef, paidAt: shop.io.now(), payerPaidMinor, payer: null },
})

const chargeOf = async (shop: Roads, paymentId: string) =>
  (await readCharges(shop.io.db, institutionId, [paymentId]))[0]!

test.each(roads)('a code of %s is charged there, and the books say so', async (road) => {
  const shop = await openRoads()
  const { payment } = await shop.pay({ code: shop.scan(road), amountMinor: 1_201n })
  if (payment.state === 'processing') await shop.pass(5 * SECOND_MS)
  expect(await stands(shop, payment.id)).toEqual({ state: 'succeeded', next: null, why: null })
  const charge = await chargeOf(shop, payment.id)
  expect(charge).toMatchObject({ state: 'succeeded', step: null, amountMinor: 1_201n })
  expect(charge.channelRef).toBeTruthy()
  const balances = await shop.balances()
  const isPooled = road === 'unionpay'
  const account = isPooled
    ? `channel:${accountIds[road]}:receivable`
    : `memo:channel:${accountIds[road]}`
  expect(balances[account]).toBe(1_201n)
  await shop.audit()
})

test('a payer who types a password is waited for, and then it is paid', async () => {
  const shop = await openRoads()
  const { payment } = await shop.pay({ code: shop.scan('wechat'), amountMinor: 1_202n })
  expect(payment).toMatchObject({ state: 'processing', nextAction: 'payer_confirms' })
  expect(await shop.balances()).not.toHaveProperty(`memo:channel:${accountIds.wechat}`)
  await shop.pass(20 * SECOND_MS)
  expect(await stands(shop, payment.id)).toMatchObject({ state: 'succeeded' })
})

test('an answer that says nothing is asked about until it is known: it was paid', async () => {
  const shop = await openRoads()
  const { payment } = await shop.pay({ code: shop.scan('wechat'), amountMinor: 1_203n })
  expect(payment).toMatchObject({ state: 'processing', nextAction: 'query' })
  await shop.pass(6 * SECOND_MS)
  expect(await stands(shop, payment.id)).toMatchObject({ state: 'succeeded' })
  expect((await shop.balances())[`memo:channel:${accountIds.wechat}`]).toBe(1_203n)
})

test.each([
  [1_204n, 'insufficient_funds'],
  [1_205n, 'code_expired'],
] as const)(
  'an amount of %s fen is declined for %s, and nothing moves',
  async (amountMinor, why) => {
    const shop = await openRoads()
    const before = await shop.balances()
    const { payment } = await shop.pay({ code: shop.scan('wechat'), amountMinor })
    expect(payment).toMatchObject({ state: 'failed', declineReason: why, nextAction: null })
    expect(await shop.balances()).toEqual(before)
  },
)

test('the same order again answers the same payment, and the code pays once', async () => {
  const shop = await openRoads()
  const code = shop.scan('wechat')
  const order = { code, amountMinor: 900n, orderNo: 'A-1' }
  const first = await shop.pay(order)
  const again = await shop.pay(order)
  expect(again).toMatchObject({ isReplay: true, payment: { id: first.payment.id } })
  await expect(shop.pay({ code, amountMinor: 900n, orderNo: 'A-2' })).rejects.toMatchObject({
    code: 'CODE_USED',
  })
  expect((await shop.balances())[`memo:channel:${accountIds.wechat}`]).toBe(900n)
})

test('one foreign code scanned at fifty tills at once is charged once', async () => {
  const shop = await openRoads({ terminals: 1 })
  const code = shop.scan('wechat')
  const tries = Array.from({ length: 50 }, (_, at) =>
    shop.pay({ code, amountMinor: 700n, orderNo: `many-${at}` }).then(
      ({ payment }) => payment.state,
      (error: { code: string }) => error.code,
    ),
  )
  const answers = await Promise.all(tries)
  expect(answers.filter((one) => one === 'succeeded')).toHaveLength(1)
  expect(answers.filter((one) => one === 'CODE_USED')).toHaveLength(49)
  expect((await shop.balances())[`memo:channel:${accountIds.wechat}`]).toBe(700n)
})

test('an answer that was lost on a charge that never came is reversed, and nothing was taken', async () => {
  const shop = await openRoads()
  shop.wechat.control.faults.add({ kind: 'request_lost', operation: 'charge' })
  const { payment } = await shop.pay({ code: shop.scan('wechat'), amountMinor: 800n })
  expect(payment).toMatchObject({ state: 'processing', nextAction: 'query' })
  await shop.pass(120 * SECOND_MS, 2 * SECOND_MS)
  expect(await stands(shop, payment.id)).toMatchObject({ state: 'reversed' })
  expect(await shop.balances()).not.toHaveProperty(`memo:channel:${accountIds.wechat}`)
})

test('a cashier who gives up gets the money back for the payer, not before the channel allows', async () => {
  const shop = await openRoads()
  const { payment } = await shop.pay({ code: shop.scan('wechat'), amountMinor: 1_203n })
  const reversing = await reverse(shop.io, {
    ...{ institutionId, paymentId: payment.id, actor: 'terminal' },
  })
  expect(reversing).toMatchObject({ state: 'processing', nextAction: 'reverse' })
  await shop.pass(10 * SECOND_MS)
  expect(await stands(shop, payment.id)).toMatchObject({ state: 'processing', next: 'reverse' })
  await shop.pass(10 * SECOND_MS)
  expect(await stands(shop, payment.id)).toMatchObject({ state: 'reversed', next: null })
  expect(await shop.balances()).not.toHaveProperty(`memo:channel:${accountIds.wechat}`)
})

test('money that comes after its reversal stands in suspense, and a person sees it', async () => {
  const shop = await openRoads()
  shop.wechat.control.faults.add({ kind: 'late_success', operation: 'reverse', value: 30_000 })
  const { payment } = await shop.pay({ code: shop.scan('wechat', 'li'), amountMinor: 1_202n })
  await reverse(shop.io, { institutionId, paymentId: payment.id, actor: 'terminal' })
  await shop.pass(18 * SECOND_MS)
  expect(await stands(shop, payment.id)).toMatchObject({ state: 'reversed' })
  await shop.pass(120 * SECOND_MS, 5 * SECOND_MS)
  expect(await chargeOf(shop, payment.id)).toMatchObject({ isLate: true })
  expect((await shop.balances())['suspense']).toBe(1_202n)
  const page = { limit: 10, state: null, startingAfter: null } as never
  const [exception] = await listExceptions(shop.io.db, institutionId, page)
  expect(exception).toMatchObject({ kind: 'late_success', amountMinor: 1_202n })
})

test('a word that is heard twice, out of order or too late has no second effect', async () => {
  const shop = await openRoads()
  const { payment } = await shop.pay({ code: shop.scan('wechat'), amountMinor: 600n })
  const { id: chargeId, channelRef } = await chargeOf(shop, payment.id)
  const before = await shop.balances()
  const paid = paidOf(shop, 600n, channelRef!)
  const silent = { kind: 'unknown', waitsFor: 'channel', channelCode: 'X' } as const
  const declined = { kind: 'declined', reason: 'channel_refused', channelCode: 'X' } as const
  for (const outcome of [paid, silent, declined, paid])
    await recordOutcome(shop.io, institutionId, {
      chargeId,
      outcome,
      by: 'notice',
      actor: 'channel',
    })
  expect(await stands(shop, payment.id)).toMatchObject({ state: 'succeeded' })
  expect(await shop.balances()).toEqual(before)
})

test('a refusal and, in the same moment, the money: the charge is late as if they came apart', async () => {
  const shop = await openRoads()
  const { payment } = await shop.pay({ code: shop.scan('wechat'), amountMinor: 1_203n })
  const charge = await chargeOf(shop, payment.id)
  const declined = { kind: 'declined', reason: 'channel_refused', channelCode: 'X' } as const
  const word = { chargeId: charge.id, by: 'notice', actor: 'channel', known: { charge } } as const
  await Promise.all(
    [declined, paidOf(shop, 1_203n, 'ref')].map((outcome) =>
      recordOutcome(shop.io, institutionId, { ...word, outcome }),
    ),
  )
  expect(await stands(shop, payment.id)).toMatchObject({ state: 'failed' })
  expect(await chargeOf(shop, payment.id)).toMatchObject({ isLate: true })
  expect((await shop.balances())['suspense']).toBe(1_203n)
  await shop.audit()
})

test('a word that is no news, in the same moment as the end, leaves the watch for late money', async () => {
  const shop = await openRoads()
  const { payment } = await shop.pay({ code: shop.scan('wechat'), amountMinor: 1_203n })
  const charge = await chargeOf(shop, payment.id)
  const reversed = { kind: 'reversed', channelCode: 'X' } as const
  const declined = { kind: 'declined', reason: 'channel_refused', channelCode: 'X' } as const
  const word = { chargeId: charge.id, by: 'notice', actor: 'channel', known: { charge } } as const
  await Promise.all(
    [reversed, declined].map((outcome) =>
      recordOutcome(shop.io, institutionId, { ...word, outcome }),
    ),
  )
  expect(await stands(shop, payment.id)).toMatchObject({ state: 'reversed' })
  // WeChat has taken the money all the same: the first look finds it.
  await shop.pass(600 * SECOND_MS, 30 * SECOND_MS)
  expect(await chargeOf(shop, payment.id)).toMatchObject({ isLate: true })
  expect((await shop.balances())['suspense']).toBe(1_203n)
})

test('twenty words at once about one charge book it once', async () => {
  const shop = await openRoads()
  const { payment } = await shop.pay({ code: shop.scan('wechat'), amountMinor: 1_203n })
  const { id: chargeId } = await chargeOf(shop, payment.id)
  const outcome = paidOf(shop, 1_203n, 'ref')
  const word = { chargeId, outcome, by: 'notice', actor: 'channel' } as const
  await Promise.all(Array.from({ length: 20 }, () => recordOutcome(shop.io, institutionId, word)))
  expect((await shop.balances())[`memo:channel:${accountIds.wechat}`]).toBe(1_203n)
})

test('a scheme without a road is refused, and the order number stays free', async () => {
  const shop = await openRoads({ accounts: { state: 'paused' } })
  const code = shop.scan('wechat')
  await expect(shop.pay({ code, orderNo: 'free' })).rejects.toMatchObject({
    code: 'SCHEME_NOT_OPEN',
  })
  const own = await shop.code()
  expect((await shop.pay({ code: own, orderNo: 'free' })).payment.state).toBe('succeeded')
})
