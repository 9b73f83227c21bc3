import fc from 'fast-check'
import { expect, test } from 'vitest'

import { institutionFees, merchantPayable, walletBalance } from '../../modules/ledger/ledger.ts'
import { manualClock } from '../../modules/lib/clock.ts'
import { newId } from '../../modules/lib/ids.ts'
import { parse } from '../../modules/paycode/paycode.ts'
import { onus, type Order } from '../../modules/payment/onus.ts'
import { confirm, type Payment } from '../../modules/payment/payment.ts'
import { changeMandate, hashOf, issueCode, periodsAt } from '../../modules/wallet/wallet.ts'
import { institutionId, openShop, type Shop } from '../flow/shop.ts'

// No sequence of payments at once exceeds any limit by one fen, whatever the batches are. A run is a
// day, so that it begins with fresh counters; the month goes on over the runs.

const PER_PAYMENT = 45_000n
const PER_DAY = 130_000n
const PER_MONTH = 700_000n
const PER_DAY_COUNT = 6
const OFFLINE_PER_DAY = 25_000n
// What may go without a PIN in a day, and in one payment. Source: PBC 2017 No. 296, level C.
const NO_PIN_PER_DAY = 100_000n
const NO_PIN = 40_000n
const DAY_MS = 24 * 3_600_000

const attempt = fc.record({
  amountMinor: fc.oneof(
    fc.bigInt({ min: 1n, max: 46_000n }),
    // The edges, where an error of one fen shows.
    fc.constantFrom(1n, 2n, NO_PIN, NO_PIN + 1n, PER_PAYMENT, PER_PAYMENT + 1n, 20_000n),
    fc.bigInt({ min: 1n, max: 9_000n }),
  ),
  isOffline: fc.boolean(),
  /** The payer enters the PIN when it is asked for. */
  isConfirmed: fc.boolean(),
})

const times = (count: number, amountMinor: bigint, isOffline = false) =>
  Array.from({ length: count }, () => ({ amountMinor, isOffline, isConfirmed: true }))

// So that each limit is met whatever is drawn after.
const atTheLimits: [ReturnType<typeof times>][] = [
  [times(PER_DAY_COUNT + 1, 1n)],
  [times(3, PER_PAYMENT)],
  [times(2, OFFLINE_PER_DAY - 1n, true)],
  [times(1, PER_PAYMENT + 1n)],
  [[{ amountMinor: PER_PAYMENT, isOffline: false, isConfirmed: false }]],
]

test('no sequence of payments at once exceeds any limit of a mandate by one fen', async () => {
  const clock = manualClock(new Date('2026-11-01T02:00:00Z'))
  const shop = await openShop({ now: clock, balanceMinor: 1_000_000_000n })
  await limit(shop)
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 1, maxLength: 14 }), async (attempts) => {
      clock.advance(DAY_MS)
      const orders: Order[] = []
      for (const one of attempts) orders.push(await orderOf(shop, one))
      const answers = await Promise.all(
        orders.map((order) => shop.io.batched(onus, institutionId, order)),
      )
      const payments = answers.map((answer) => {
        if (answer.kind !== 'paid') throw new Error(answer.kind)
        return answer.payment
      })
      // The payer says yes to all that wait at once.
      const ended = await Promise.all(
        payments.map(async (payment, at) => {
          const isAsked = payment.nextAction === 'payer_confirms' && attempts[at]!.isConfirmed
          const word = { institutionId, paymentId: payment.id, payerId: shop.payer.id }
          return isAsked ? confirm(shop.io, word) : payment
        }),
      )
      for (const one of ended) seen.add(one.declineReason ?? one.nextAction ?? one.state)
      await expectWithin(shop, ended)
    }),
    { numRuns: 45, examples: atTheLimits },
  )
  // Each limit was truly at work.
  expect([...seen].toSorted()).toEqual([
    ...['over_count_limit', 'over_day_limit', 'over_month_limit', 'over_offline_limit'],
    ...['over_payment_limit', 'payer_confirms', 'succeeded'],
  ])
  await shop.deliver()
  await shop.audit()
})

const sumOf = (payments: readonly Payment[]): bigint =>
  payments.reduce((minor, { amountMinor }) => minor + amountMinor, 0n)

async function expectWithin({ io, payer }: Shop, ended: readonly Payment[]): Promise<void> {
  const paid = ended.filter(({ state }) => state === 'succeeded')
  const within = (minor: bigint, limitMinor: bigint) => expect(minor <= limitMinor).toBe(true)
  for (const { amountMinor } of paid) within(amountMinor, PER_PAYMENT)
  within(sumOf(paid), PER_DAY)
  within(sumOf(paid.filter(({ needsPin }) => !needsPin)), NO_PIN_PER_DAY)
  within(sumOf(paid.filter(({ isOffline }) => isOffline)), OFFLINE_PER_DAY)
  expect(paid.length).toBeLessThanOrEqual(PER_DAY_COUNT)
  for (const { amountMinor, needsPin } of paid) expect(needsPin || amountMinor <= NO_PIN).toBe(true)
  const text = `select to_char(limit_day, 'YYYY-MM') as month, sum(amount_minor)::bigint as paid_minor
    from payment where payer_id = $1 and state = 'succeeded' group by 1`
  type Month = { month: string; paid_minor: bigint }
  const months = await io.db.read<Month>({ name: 'test.months', text }, [payer.id])
  for (const { paid_minor: paidMinor } of months) within(paidMinor, PER_MONTH)
}

async function limit({ io, payer }: Shop): Promise<void> {
  const act = { actor: `payer:${payer.id}`, trailId: newId('trl'), now: io.now() }
  const terms = {
    ...{ perPaymentMinor: PER_PAYMENT, perDayMinor: PER_DAY, perMonthMinor: PER_MONTH },
    ...{ perDayCount: PER_DAY_COUNT, offlinePerDayMinor: OFFLINE_PER_DAY, noPinMinor: NO_PIN },
  }
  const key = { institutionId, payerId: payer.id }
  await io.db.transaction((tx) => changeMandate(tx, { ...key, ...terms }, act))
}

/** What `pay` hands to the batch, of a code made on or off line. */
async function orderOf(
  { io, payer, terminal, merchantId, storeId, agentId }: Shop,
  { amountMinor, isOffline }: { amountMinor: bigint; isOffline: boolean },
): Promise<Order> {
  const issued = await issueCode(io, { institutionId, payerId: payer.id })
  const codeHash = hashOf(io, parse(issued.code.reveal(), io.issuers()).ok!)
  const now = io.now()
  const id = newId('pay', now.getTime())
  const [row] = await io.db.read<{ mandate_id: string }>(
    { name: 'test.mandate', text: 'select mandate_id from payer where id = $1' },
    [payer.id],
  )
  return {
    draft: {
      ...{ institutionId, id, kind: 'purchase', state: 'processing', nextAction: null },
      ...{ merchantId, storeId, terminalId: terminal.id, initiatorPartyId: null },
      ...{ merchantName: '', storeName: '', terminalName: '', orderNo: id, saleNo: id },
      ...{ amountMinor, discountMinor: 0n, merchantDiscountMinor: 0n, promotionId: null },
      ...{ currency: 'CNY', scheme: 'onetill', road: 'book', maskedCode: issued.code.masked },
      ...{ payerId: payer.id, payerName: payer.name, mandateId: row?.mandate_id ?? null },
      ...{ sourceId: issued.sourceId, sourceLabel: issued.sourceLabel, needsPin: false, isOffline },
      ...{ allocationVersion: null, declineReason: null, routeReasons: [{ code: 'on_us' }] },
      ...{
        position: null,
        positionFlags: [],
        createdAt: now,
        confirmExpiresAt: null,
        completedAt: null,
      },
    },
    ...{ idempotencyKey: id, fingerprint: codeHash, codeHash, isOurCode: true, charge: null },
    sourceAccountId: walletBalance(payer.id),
    ruleAccountIds: [institutionFees, `agent:${agentId}:payable`, merchantPayable(merchantId)],
    ...{ quotas: [], candidates: [], goods: [], isPartOfSale: false },
    ...{ periods: periodsAt(now, 'Asia/Shanghai'), confirmSeconds: 120, actor: 'terminal', now },
  }
}
