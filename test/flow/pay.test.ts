import { expect, test } from 'vitest'

import { AppError } from '../../modules/errors/errors.ts'
import { readEvents } from '../../modules/outbox/outbox.ts'
import { manualClock } from '../../modules/lib/clock.ts'
import { earliestId, newId } from '../../modules/lib/ids.ts'
import { confirm, decline, reverse, topUp } from '../../modules/payment/payment.ts'
import { openCard, listSources } from '../../modules/wallet/wallet.ts'
import { institutionId, openShop } from './shop.ts'

// Real PostgreSQL, real SQL. No mocks of our own code.

/** The code of the refusal, or what came instead of one. */
async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

test('a scanned code moves the money at once, and the parts make the whole', async () => {
  const shop = await openShop({ balanceMinor: 100_000n })
  const { payment, isReplay } = await shop.pay({ code: await shop.code(), amountMinor: 25_000n })

  expect(isReplay).toBe(false)
  expect(payment).toMatchObject({ state: 'succeeded', road: 'book', scheme: 'onetill' })
  expect(payment.maskedCode).toMatch(/^80…\d\d$/)
  // 250.00 yuan at 0.38 % is a fee of 95 fen; a tenth of a percent is 25 fen to the agent.
  expect(await shop.balances()).toEqual({
    [`wallet:${shop.payer.id}:balance`]: 75_000n,
    [`merchant:${shop.merchantId}:payable`]: 24_880n,
    [`agent:${shop.agentId}:payable`]: 25n,
    'institution:fees': 95n,
    'bank:cash': 100_000n,
  })
  await shop.deliver()
  await shop.audit()
})

test('a request sent twice charges once and answers the same payment', async () => {
  const shop = await openShop()
  const request = { code: await shop.code(), orderNo: 'till-3/0001', amountMinor: 5_000n }
  const [first, meanwhile] = await Promise.all([shop.pay(request), shop.pay(request)])
  const later = await shop.pay(request)

  expect([first.isReplay, meanwhile.isReplay].sort()).toEqual([false, true])
  expect(later.isReplay).toBe(true)
  expect(later.payment).toEqual(first.payment)
  expect(meanwhile.payment).toEqual(first.payment)
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(95_000n)
  await shop.audit()
})

test('the same order number or key with another body is refused, and nothing moves', async () => {
  const shop = await openShop()
  await shop.pay({ code: await shop.code(), orderNo: 'a', amountMinor: 100n })
  const before = await shop.balances()
  const code = await shop.code()
  expect(await refusalOf(shop.pay({ code, orderNo: 'a', idempotencyKey: 'other' }))).toBe(
    'ORDER_NO_REUSED',
  )
  expect(await refusalOf(shop.pay({ code, orderNo: 'b', idempotencyKey: 'key-a' }))).toBe(
    'IDEMPOTENCY_KEY_REUSED',
  )
  expect(await shop.balances()).toEqual(before)
  // The code was not taken by the refusals.
  expect((await shop.pay({ code })).payment.state).toBe('succeeded')
})

test('one code scanned a thousand times at once over fifty terminals pays exactly once', async () => {
  const shop = await openShop({ terminals: 50 })
  const code = await shop.code()
  const scans = Array.from({ length: 1_000 }, (_, at) =>
    refusalOf(
      shop.pay({ code, orderNo: `scan-${at}`, terminalId: shop.terminals[at % 50]?.id ?? '' }),
    ),
  )
  const answers = await Promise.all(scans)
  expect(answers.filter((answer) => answer === 'CODE_USED')).toHaveLength(999)
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(99_000n)
  // None of them was a guess: a fresh code is taken at each terminal.
  const last = shop.terminals[49]?.id ?? ''
  expect((await shop.pay({ code: await shop.code(), terminalId: last })).payment.state).toBe(
    'succeeded',
  )
  await shop.audit()
})

test('a bad scan gets its own refusal, and no payment exists', async () => {
  const shop = await openShop()
  const before = await shop.balances()
  const scans: [string, string][] = [
    ['', 'CODE_EMPTY'],
    ['not a code', 'INVALID_PAYMENT_CODE'],
    ['８０１２３４５６７８９０１２３４５６', 'CODE_FULL_WIDTH'],
    ['8'.repeat(65), 'CODE_TOO_LONG'],
    ['8012 3456 7890 1234 56', 'CODE_HAS_SPACES'],
    ['6901234567892', 'CODE_IS_GOODS_BARCODE'],
    ['4111111111111111', 'CODE_IS_CARD_NUMBER'],
    ['991234567890123456', 'CODE_UNKNOWN_ISSUER'],
    ['130061098828009406', 'SCHEME_NOT_OPEN'],
    ['801234567890123456', 'CODE_UNKNOWN'],
  ]
  for (const [scannedText, refusal] of scans)
    expect(await refusalOf(shop.pay({ code: scannedText })), scannedText).toBe(refusal)
  expect(await shop.balances()).toEqual(before)
  await shop.audit()
})

test('a code dies after its life, and a used one stays used', async () => {
  const clock = manualClock(new Date('2026-11-23T02:00:00Z'))
  const shop = await openShop({ now: clock })
  const code = await shop.code()
  clock.advance(60_000)
  expect(await refusalOf(shop.pay({ code }))).toBe('CODE_EXPIRED')
  const next = await shop.code()
  await shop.pay({ code: next })
  expect(await refusalOf(shop.pay({ code: next }))).toBe('CODE_USED')
})

test('a newer code lets the older one live for the grace and no longer', async () => {
  const clock = manualClock(new Date('2026-11-23T02:00:00Z'))
  const shop = await openShop({ now: clock })
  const [first, second] = [await shop.code(), await shop.code()]
  clock.advance(9_000)
  expect((await shop.pay({ code: first })).payment.state).toBe('succeeded')
  const third = await shop.code()
  clock.advance(10_000)
  expect(await refusalOf(shop.pay({ code: second }))).toBe('CODE_EXPIRED')
  expect((await shop.pay({ code: third })).payment.state).toBe('succeeded')
})

test('a terminal that scans too many codes nobody issued is blocked for the day', async () => {
  const clock = manualClock(new Date('2026-11-23T02:00:00Z'))
  const shop = await openShop({ terminals: 2, now: clock })
  const guess = (at: number) => shop.pay({ code: `80${String(at).padStart(16, '0')}` })
  for (let at = 0; at < 20; at++) expect(await refusalOf(guess(at))).toBe('CODE_UNKNOWN')
  expect(await refusalOf(shop.pay({ code: await shop.code() }))).toBe('CODE_BLOCKED_TERMINAL')
  const other = shop.terminals[1]?.id ?? ''
  expect((await shop.pay({ code: await shop.code(), terminalId: other })).payment.state).toBe(
    'succeeded',
  )
  clock.advance(24 * 60 * 60 * 1000)
  expect((await shop.pay({ code: await shop.code() })).payment.state).toBe('succeeded')
})

test('a locked terminal, a limit of the terminal, and a closed merchant refuse the payment', async () => {
  const shop = await openShop()
  const before = await shop.balances()
  const change = (text: string) => shop.io.db.read({ name: text.slice(0, 60), text })
  const attempt = async () => refusalOf(shop.pay({ code: await shop.code() }))
  await shop.permit({ isLocked: true })
  expect(await attempt()).toBe('TERMINAL_LOCKED')
  await shop.permit({ isLocked: false, mayTakePayment: false })
  expect(await attempt()).toBe('TERMINAL_MAY_NOT')
  await shop.permit({ mayTakePayment: true, limitPerPaymentMinor: 999n })
  expect(await attempt()).toBe('TERMINAL_OVER_LIMIT')
  await change(
    "update merchant set state = 'closed' where institution_id = 'ins_test' and not is_house",
  )
  expect(await attempt()).toBe('MERCHANT_CLOSED')
  expect(await shop.balances()).toEqual(before)
  await shop.audit()
})

test('without enough money the payment fails, its code is used up, and nothing moves', async () => {
  const shop = await openShop({ balanceMinor: 999n })
  const before = await shop.balances()
  const code = await shop.code()
  const { payment } = await shop.pay({ code, amountMinor: 1_000n })
  expect(payment).toMatchObject({ state: 'failed', declineReason: 'insufficient_funds' })
  expect(await refusalOf(shop.pay({ code, amountMinor: 999n }))).toBe('CODE_USED')
  expect(await shop.balances()).toEqual(before)
  await shop.audit()
})

test('limits per payment, day and month hold to the fen, and a day begins at local midnight', async () => {
  // 23:59:50 in Shanghai on the last day of November.
  const clock = manualClock(new Date('2026-11-30T15:59:50Z'))
  const mandate = { perPaymentMinor: 500n, perDayMinor: 800n, perMonthMinor: 1_200n }
  const shop = await openShop({ now: clock, mandate: { ...mandate, noPinMinor: 10_000n } })
  const attempt = async (amountMinor: bigint) =>
    (await shop.pay({ code: await shop.code(), amountMinor })).payment.declineReason ?? 'paid'

  expect(await attempt(501n)).toBe('over_payment_limit')
  expect(await attempt(500n)).toBe('paid')
  expect(await attempt(301n)).toBe('over_day_limit')
  expect(await attempt(300n)).toBe('paid')
  expect(await attempt(1n)).toBe('over_day_limit')
  clock.advance(10_000) // December, and another month with it.
  expect(await attempt(500n)).toBe('paid')
  expect(await attempt(300n)).toBe('paid')
  clock.advance(24 * 60 * 60 * 1000)
  expect(await attempt(401n)).toBe('over_month_limit')
  expect(await attempt(400n)).toBe('paid')
  await shop.audit()
})

const withPin = { noPinMinor: 100n, perPaymentMinor: 50_000n, perDayMinor: 50_000n }

test('above the no-PIN amount the payment waits for its payer and then is booked', async () => {
  const shop = await openShop({ mandate: withPin })
  const before = await shop.balances()
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 20_000n })
  expect(payment).toMatchObject({ state: 'processing', nextAction: 'payer_confirms' })
  expect(await shop.balances()).toEqual(before)

  const wanted = { institutionId, paymentId: payment.id, payerId: shop.payer.id }
  const confirmed = await confirm(shop.io, wanted)
  expect(confirmed).toMatchObject({ state: 'succeeded', nextAction: null })
  expect(await confirm(shop.io, wanted)).toMatchObject({ state: 'succeeded' })
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(80_000n)
  await shop.deliver()
  await shop.audit()
})

test('another payer cannot confirm, and a final payment is neither declined nor reversed', async () => {
  const shop = await openShop({ mandate: withPin, payers: 2 })
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 20_000n })
  const stranger = { institutionId, paymentId: payment.id, payerId: shop.payers[1]?.id ?? '' }
  expect(await refusalOf(confirm(shop.io, stranger))).toBe('NOT_FOUND')
  const own = { ...stranger, payerId: shop.payer.id }
  await confirm(shop.io, own)
  expect(await refusalOf(decline(shop.io, own))).toBe('PAYMENT_FINAL')
  expect(await refusalOf(reverse(shop.io, { ...own, actor: 'terminal' }))).toBe('PAYMENT_FINAL')
})

test('a payer may decline, a till may reverse, and time may run out; nothing is taken', async () => {
  const clock = manualClock(new Date('2026-11-23T02:00:00Z'))
  const shop = await openShop({ mandate: withPin, now: clock })
  const before = await shop.balances()
  const waiting = async () =>
    (await shop.pay({ code: await shop.code(), amountMinor: 20_000n })).payment.id
  const act = (paymentId: string) => ({ institutionId, paymentId, payerId: shop.payer.id })

  const declined = await decline(shop.io, act(await waiting()))
  expect(declined).toMatchObject({ state: 'failed', declineReason: 'payer_declined' })
  const reversed = await reverse(shop.io, { ...act(await waiting()), actor: 'terminal' })
  expect(reversed.state).toBe('reversed')

  const [inTime, late] = [await waiting(), await waiting()]
  clock.advance(119_000)
  await shop.deliver()
  expect((await confirm(shop.io, act(inTime))).state).toBe('succeeded')
  clock.advance(1_000)
  await shop.deliver()
  const expired = await confirm(shop.io, act(late))
  expect(expired).toMatchObject({ state: 'failed', declineReason: 'confirmation_expired' })
  const wallet = `wallet:${shop.payer.id}:balance`
  expect((before[wallet] ?? 0n) - ((await shop.balances())[wallet] ?? 0n)).toBe(20_000n)
  await shop.deliver()
  await shop.audit()
})

test('ten waiting payments that are approved at once never pass a limit together', async () => {
  const mandate = { ...withPin, perDayMinor: 50_000n, perPaymentMinor: 20_000n }
  const shop = await openShop({ mandate, balanceMinor: 1_000_000n })
  const waiting: string[] = []
  for (let at = 0; at < 10; at++)
    waiting.push((await shop.pay({ code: await shop.code(), amountMinor: 20_000n })).payment.id)
  const approved = await Promise.all(
    waiting.map((paymentId) =>
      confirm(shop.io, { institutionId, paymentId, payerId: shop.payer.id }),
    ),
  )
  expect(approved.filter(({ state }) => state === 'succeeded')).toHaveLength(2)
  const failed = approved.filter(({ declineReason }) => declineReason === 'over_day_limit')
  expect(failed).toHaveLength(8)
  await shop.deliver()
  await shop.audit()
})

test('tenders pay for one sale, never too much, and the stock moves once', async () => {
  const shop = await openShop({ payers: 2 })
  const goods = [{ sku: 'tea', name: '乌龙茶', quantity: 2n, unitPriceMinor: 450n }]
  const first = { saleNo: 'sale-1', goods, amountMinor: 400n }
  await shop.pay({ ...first, code: await shop.code() })
  const code = await shop.code()
  const tooMuch = { saleNo: 'sale-1', amountMinor: 501n }
  expect(await refusalOf(shop.pay({ ...tooMuch, code }))).toBe('SALE_OVERPAID')
  const other = [{ ...goods[0], quantity: 3n }] as typeof goods
  expect(await refusalOf(shop.pay({ ...tooMuch, goods: other, code }))).toBe('SALE_DIFFERS')
  await shop.pay({ code, saleNo: 'sale-1', amountMinor: 500n })
  await shop.deliver()
  await shop.audit()
})

test('fifty tenders at once for one sale never overpay it', async () => {
  const shop = await openShop({ payers: 1, balanceMinor: 1_000_000n })
  const goods = [{ sku: 'tea', name: '乌龙茶', quantity: 10n, unitPriceMinor: 100n }]
  const codes: string[] = []
  for (let at = 0; at < 50; at++) codes.push(await shop.code())
  const answers = await Promise.all(
    codes.map((code) => refusalOf(shop.pay({ code, saleNo: 'busy', goods, amountMinor: 100n }))),
  )
  expect(answers.filter((one) => one === 'SALE_OVERPAID')).toHaveLength(40)
  await shop.deliver()
  await shop.audit()
})

test('a top-up moves money from the card to the balance and uses no limit', async () => {
  const shop = await openShop({ balanceMinor: 0n, mandate: { perPaymentMinor: 1n } })
  const { id: payerId } = shop.payer
  const cardId = newId('src')
  const card = { institutionId, payerId, id: cardId, currency: 'CNY', label: '储蓄卡' } as const
  await shop.io.db.transaction((tx) =>
    openCard(
      tx,
      { ...card, last4: '1234', openingMinor: 50_000n },
      { actor: 'operator:test', trailId: newId('trl'), now: shop.io.now() },
    ),
  )
  const request = { institutionId, payerId, sourceId: cardId, currency: 'CNY' } as const
  const wanted = { ...request, amountMinor: 30_000n, idempotencyKey: 'k1' }
  const { payment } = await topUp(shop.io, wanted)
  expect(payment).toMatchObject({ kind: 'top_up', state: 'succeeded' })
  expect((await topUp(shop.io, wanted)).isReplay).toBe(true)
  const more = await topUp(shop.io, { ...wanted, amountMinor: 20_001n, idempotencyKey: 'k2' })
  expect(more.payment.declineReason).toBe('insufficient_funds')

  const sources = await listSources(shop.io.db, { institutionId, payerId })
  expect(sources.map(({ kind, availableMinor }) => [kind, availableMinor])).toEqual([
    ['balance', 30_000n],
    ['card', 20_000n],
  ])
  await shop.deliver()
  await shop.audit()
})

test('payer, terminal and back office are told in the transaction that moved the money', async () => {
  const shop = await openShop()
  const { payment } = await shop.pay({ code: await shop.code(), initiatorPartyId: shop.platformId })
  const afterId = earliestId('evt', new Date(0))
  const told = await readEvents(shop.io.db, institutionId, { afterId, limit: 10 })
  const events = told.filter(({ type }) => type.startsWith('payment.'))
  expect(events).toHaveLength(1)
  expect(events[0]).toMatchObject({
    type: 'payment.succeeded',
    subjectId: payment.id,
    merchantId: shop.merchantId,
    terminalId: shop.terminal.id,
    payerId: shop.payer.id,
    partyId: shop.platformId,
  })
  await shop.deliver()
  const all = await readEvents(shop.io.db, institutionId, { afterId, limit: 10 })
  const created = all.filter(({ type }) => type === 'notice.created')
  expect(created.map(({ payerId, partyId }) => payerId ?? partyId).sort()).toEqual(
    [shop.payer.id, shop.platformId].sort(),
  )
  await shop.audit()
})
