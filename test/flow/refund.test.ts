import { expect, test } from 'vitest'

import { AppError } from '../../modules/errors/errors.ts'
import { readAccounts } from '../../modules/ledger/ledger.ts'
import { listNotices } from '../../modules/notice/notice.ts'
import { readEvents } from '../../modules/outbox/outbox.ts'
import { confirm, type Payment } from '../../modules/payment/payment.ts'
import { approveRefund, readRefundsOf, refund, rejectRefund } from '../../modules/refund/refund.ts'
import { createRouteRule } from '../../modules/route/route.ts'
import { newId } from '../../modules/lib/ids.ts'
import { promotion, quota } from '../route-rules.ts'
import { newDevice, remember } from './device.ts'
import { serve, type Desk } from './serve.ts'
import { institutionId, openShop, type Shop } from './shop.ts'

// Money given back for what was booked here. What goes back by a channel has channel-refund.test.ts.

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

type Wanted = {
  amountMinor?: bigint | null
  key?: string
  actor?: string
  merchantId?: string | null
  terminalId?: string | null
  reason?: string | null
}

let keys = 0

const rich = { balanceMinor: 500_000n }

/** A payment that its payer confirms with the PIN. */
async function payLarge(shop: Shop, amountMinor: bigint): Promise<Payment> {
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor })
  return confirm(shop.io, { institutionId, paymentId: payment.id, payerId: shop.payer.id })
}

/** Refunds a payment as the first terminal would. */
const giveBack = (shop: Shop, payment: Payment, wanted: Wanted = {}) =>
  refund(shop.io, {
    ...{ institutionId, paymentId: payment.id, merchantId: payment.merchantId },
    amountMinor: wanted.amountMinor ?? null,
    reason: wanted.reason ?? null,
    asker: {
      actor: wanted.actor ?? `terminal:${shop.terminal.id}`,
      merchantId: wanted.merchantId === undefined ? shop.merchantId : wanted.merchantId,
      terminalId: wanted.terminalId === undefined ? shop.terminal.id : wanted.terminalId,
    },
    idempotencyKey: wanted.key ?? `refund-${++keys}`,
    trail: null,
  })

const run = (shop: Shop, text: string, values: unknown[] = []) =>
  shop.io.db.read({ name: text.slice(0, 60), text }, values)

test('a refund gives each share back in proportion, and the whole leaves nothing', async () => {
  const shop = await openShop({ balanceMinor: 100_000n })
  const before = await shop.balances()
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 25_000n })
  const { refund: part } = await giveBack(shop, payment, { amountMinor: 10_000n })
  expect(part).toMatchObject({ state: 'succeeded', amountMinor: 10_000n, payerMinor: 10_000n })
  // 40 % of 248.80 to the merchant, of a fee of 0.95 and of 0.25 to the agent.
  expect(await shop.balances()).toEqual({
    [`wallet:${shop.payer.id}:balance`]: 85_000n,
    [`merchant:${shop.merchantId}:payable`]: 14_928n,
    [`agent:${shop.agentId}:payable`]: 15n,
    'institution:fees': 57n,
    'bank:cash': 100_000n,
  })
  const { refund: rest } = await giveBack(shop, payment)
  expect(rest).toMatchObject({ state: 'succeeded', amountMinor: 15_000n })
  expect(await shop.balances()).toEqual(before)
  expect(await refusalOf(giveBack(shop, payment))).toBe('REFUND_TOO_LARGE')
  await shop.deliver()
  await shop.audit()
})

test('fifty partial refunds at once never give back more than was paid', async () => {
  const shop = await openShop({ balanceMinor: 100_000n })
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 1_000n })
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => refusalOf(giveBack(shop, payment, { amountMinor: 70n }))),
  )
  // Fourteen times 70 fen fit into 1 000.
  expect(answers.filter((answer) => answer === 'REFUND_TOO_LARGE')).toHaveLength(36)
  const refunds = await readRefundsOf(shop.io.db, institutionId, [payment.id])
  expect(refunds).toHaveLength(14)
  expect(refunds.every(({ state }) => state === 'succeeded')).toBe(true)
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(99_980n)
  await giveBack(shop, payment)
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(100_000n)
  await shop.audit()
})

test('the same key again answers the same refund, and another body is refused', async () => {
  const shop = await openShop()
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 1_000n })
  const wanted = { amountMinor: 300n, key: 'twice' }
  const [first, meanwhile] = await Promise.all([
    giveBack(shop, payment, wanted),
    giveBack(shop, payment, wanted),
  ])
  const later = await giveBack(shop, payment, wanted)
  expect([first.isReplay, meanwhile.isReplay].sort()).toEqual([false, true])
  expect(later).toEqual({ refund: first.refund, isReplay: true })
  expect(meanwhile.refund).toEqual(first.refund)
  expect(await refusalOf(giveBack(shop, payment, { amountMinor: 400n, key: 'twice' }))).toBe(
    'IDEMPOTENCY_KEY_REUSED',
  )
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(99_300n)
  await shop.audit()
})

test('a promotion’s funder gets its part back, and the payer what the payer paid', async () => {
  const shop = await openShop(rich)
  const { io } = shop
  const fundedBy = [
    { by: 'institution', bps: 5_000 },
    { by: 'merchant', bps: 5_000 },
  ] as const
  await io.db.transaction((tx) =>
    createRouteRule(tx, institutionId, promotion({ fundedBy }, { validFrom: io.now() })),
  )
  await io.refreshRouteRules()
  const before = await shop.balances()
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 6_000n })
  expect(payment).toMatchObject({ state: 'succeeded', discountMinor: 300n })
  expect((await shop.balances())['institution:promotions']).toBe(150n)

  const { refund: third } = await giveBack(shop, payment, { amountMinor: 2_000n })
  expect(third).toMatchObject({ state: 'succeeded', amountMinor: 2_000n, payerMinor: 1_900n })
  expect(await shop.balances()).toMatchObject({
    [`wallet:${shop.payer.id}:balance`]: 500_000n - 5_700n + 1_900n,
    'institution:promotions': 100n,
  })
  await giveBack(shop, payment)
  expect(await shop.balances()).toEqual(before)
  await shop.audit()
})

test('many refunds at once give back what was reserved in proportion, and in the end all of it', async () => {
  const shop = await openShop({ ...rich, terminals: 2 })
  const { io } = shop
  await shop.permit({ limitPerDayMinor: 400_000n })
  const offer = { kind: 'percent', bps: 777, capMinor: null } as const
  const rules = [
    promotion({ offer, budgetMinor: 90_000n }, { validFrom: io.now() }),
    quota(
      {
        of: { kind: 'source', sourceKind: 'balance' },
        perDayMinor: 400_000n,
        perMonthMinor: 500_000n,
      },
      { id: newId('rte'), validFrom: io.now() },
    ),
  ]
  for (const rule of rules)
    await io.db.transaction((tx) => createRouteRule(tx, institutionId, rule))
  await io.refreshRouteRules()
  const used = async () => {
    const text = `select used_minor from quota_counter union all select used_minor from limit_counter`
    return (await run(shop, text)).map((row) => (row as { used_minor: bigint }).used_minor)
  }
  const payments: Payment[] = []
  for (const amountMinor of [20_001n, 33_333n, 9_999n])
    payments.push((await shop.pay({ code: await shop.code(), amountMinor })).payment)
  const before = await used()
  expect(before).toHaveLength(6)
  expect(before.every((minor) => minor > 4_000n)).toBe(true)
  await shop.audit()

  // Of three payments twelve uneven parts each, all at once; the audit adds up what came back.
  const parts = [1n, 7n, 13n, 101n, 333n, 500n, 777n, 1n, 2n, 3n, 999n, 1_234n]
  const wanted = payments.flatMap((payment) =>
    parts.map((amountMinor) => ({ payment, amountMinor })),
  )
  await Promise.all(
    wanted.map(({ payment, amountMinor }) => giveBack(shop, payment, { amountMinor })),
  )
  const after = await used()
  expect(after.every((minor, at) => minor > 0n && minor < before[at]!)).toBe(true)
  await shop.audit()
  // A refund that fails gives nothing back, and one that is asked for again gives back once.
  const [first] = payments
  await Promise.all(
    Array.from({ length: 5 }, () => giveBack(shop, first!, { amountMinor: 100n, key: 'once' })),
  )
  expect(await refusalOf(giveBack(shop, first!, { amountMinor: 99_999n }))).toBe('REFUND_TOO_LARGE')
  await shop.audit()
  await Promise.all(payments.map((payment) => giveBack(shop, payment)))
  expect(await used()).toEqual([0n, 0n, 0n, 0n, 0n, 0n])
  await shop.deliver()
  await shop.audit()
})

test('limits come back to the day that the payment names, and the sale is paid less', async () => {
  const shop = await openShop({ mandate: { perDayMinor: 1_500n, perPaymentMinor: 1_500n } })
  const goods = [{ sku: 'tea', name: '乌龙茶', quantity: 2n, unitPriceMinor: 600n }]
  const sale = { goods, saleNo: 'S-1', amountMinor: 1_200n }
  const { payment } = await shop.pay({ code: await shop.code(), ...sale })
  const declined = await shop.pay({ code: await shop.code(), amountMinor: 400n })
  expect(declined.payment.declineReason).toBe('over_day_limit')
  await giveBack(shop, payment, { amountMinor: 600n })
  const [stored] = await run(shop, 'select paid_minor, state from sale')
  expect(stored).toEqual({ paid_minor: 600n, state: 'paid' })
  const again = await shop.pay({ code: await shop.code(), amountMinor: 400n })
  expect(again.payment.state).toBe('succeeded')
  await shop.deliver()
  await shop.audit()
})

test('what took no money, a top-up among it, cannot be refunded', async () => {
  const shop = await openShop({ mandate: { noPinMinor: 100n } })
  const waiting = await shop.pay({ code: await shop.code(), amountMinor: 1_000n })
  expect(await refusalOf(giveBack(shop, waiting.payment))).toBe('PAYMENT_NOT_REFUNDABLE')
  expect(await refusalOf(giveBack(shop, { ...waiting.payment, id: newId('pay') }))).toBe(
    'NOT_FOUND',
  )
})

test('a terminal refunds what its store took, if it may; another merchant’s it does not know', async () => {
  const shop = await openShop({ terminals: 2 })
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 1_000n })
  const second = shop.terminals[1]?.id ?? ''
  const atSecond = { terminalId: second, actor: `terminal:${second}`, amountMinor: 10n }
  expect((await giveBack(shop, payment, atSecond)).refund.state).toBe('succeeded')

  const change = (mayRefund: boolean) => shop.permit({ mayRefund }, { id: second })
  await change(false)
  expect(await refusalOf(giveBack(shop, payment, atSecond))).toBe('REFUND_NOT_ALLOWED')
  await change(true)
  expect((await giveBack(shop, payment, atSecond)).refund.state).toBe('succeeded')

  await shop.permit({ isLocked: true }, { id: second })
  expect(await refusalOf(giveBack(shop, payment, atSecond))).toBe('TERMINAL_LOCKED')
  const stranger = { merchantId: newId('mch'), terminalId: null }
  expect(await refusalOf(giveBack(shop, payment, stranger))).toBe('NOT_FOUND')
  await shop.audit()
})

test('a refund that the merchant has no money for fails and takes nothing', async () => {
  const shop = await openShop()
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 1_000n })
  // As if most of it had been paid out.
  const out = `update ledger_account set debits_posted_minor = debits_posted_minor + 900
    where id = 'merchant:' || $1 || ':payable'`
  await run(shop, out, [shop.merchantId])
  const { refund: failed } = await giveBack(shop, payment)
  expect(failed).toMatchObject({ state: 'failed', declineReason: 'insufficient_funds' })
  const accounts = await readAccounts(shop.io.db, institutionId, { limit: 100 })
  expect(accounts.find(({ id }) => id.startsWith('wallet:'))?.creditsPostedMinor).toBe(100_000n)
  // What is there can still be given back, and the failed one takes no room.
  const { refund: part } = await giveBack(shop, payment, { amountMinor: 90n })
  expect(part.state).toBe('succeeded')
})

test('above the merchant’s limit a second person approves, and it is another person', async () => {
  const shop = await openShop(rich)
  const payment = await payLarge(shop, 200_000n)
  const asked = { amountMinor: 150_000n, terminalId: null, actor: 'person:per_one' }
  const { refund: waiting } = await giveBack(shop, payment, asked)
  expect(waiting).toMatchObject({ state: 'processing', nextAction: 'second_approval' })
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(300_000n)
  // It waits, and its amount is taken all the same.
  const more = { amountMinor: 60_000n }
  expect(await refusalOf(giveBack(shop, payment, more))).toBe('REFUND_TOO_LARGE')

  const word = (actor: string, merchantId: string | null = shop.merchantId) => {
    const at = shop.io.now()
    const act = { action: 'refund.approve', subject: waiting.id, detail: {} }
    const trail = { id: newId('trl'), at, actor, ...act }
    return { institutionId, refundId: waiting.id, actor, merchantId, trail }
  }
  expect(await refusalOf(approveRefund(shop.io, word('person:per_one')))).toBe(
    'SECOND_PERSON_NEEDED',
  )
  expect(await refusalOf(approveRefund(shop.io, word('person:per_two', newId('mch'))))).toBe(
    'NOT_FOUND',
  )
  const [approved, again] = await Promise.all([
    approveRefund(shop.io, word('person:per_two')),
    approveRefund(shop.io, word('person:per_two')),
  ])
  expect(approved).toMatchObject({ state: 'succeeded', approvedBy: 'person:per_two' })
  expect(again.state).toBe('succeeded')
  expect((await shop.balances())[`wallet:${shop.payer.id}:balance`]).toBe(450_000n)
  expect(await refusalOf(rejectRefund(shop.io, word('person:per_three')))).toBe('REFUND_FINAL')
  await shop.audit()
})

test('a rejected refund fails and gives its amount free', async () => {
  const shop = await openShop(rich)
  const payment = await payLarge(shop, 200_000n)
  const { refund: waiting } = await giveBack(shop, payment)
  const actor = 'person:per_two'
  const act = { action: 'refund.reject', subject: waiting.id, detail: {} }
  const trail = { id: newId('trl'), at: shop.io.now(), actor, ...act }
  const word = { institutionId, refundId: waiting.id, actor, merchantId: null, trail }
  const rejected = await rejectRefund(shop.io, word)
  expect(rejected).toMatchObject({ state: 'failed', declineReason: 'rejected' })
  expect((await giveBack(shop, payment, { amountMinor: 100_000n })).refund.state).toBe('succeeded')
  await shop.audit()
})

test('merchant, till and payer hear of a refund', async () => {
  const shop = await openShop()
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 1_000n })
  const { refund: made } = await giveBack(shop, payment)
  const events = await readEvents(shop.io.db, institutionId, { afterId: 'evt_', limit: 100 })
  const told = events.filter(({ type }) => type.startsWith('refund.'))
  expect(told).toHaveLength(1)
  expect(told[0]).toMatchObject({
    ...{ type: 'refund.succeeded', subjectId: made.id, merchantId: shop.merchantId },
    ...{ terminalId: shop.terminal.id, payerId: shop.payer.id },
  })
  await shop.deliver()
  const inbox = { institutionId, recipientId: shop.payer.id }
  const notices = await listNotices(shop.io.db, inbox, { startingAfter: null, limit: 9 })
  expect(notices).toMatchObject([
    { kind: 'refund_notice', paymentId: payment.id, amountMinor: 1_000n },
    { kind: 'debit_instruction', paymentId: payment.id },
  ])
  const news = await readEvents(shop.io.db, institutionId, { afterId: 'evt_', limit: 100 })
  const noticed = news.filter(({ payload }) => payload.kind === 'refund_notice')
  expect(noticed).toMatchObject([{ type: 'notice.created', payerId: shop.payer.id }])
})

test('over HTTP: by payment or by the receipt’s order number, shown to whom it concerns', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const code = await shop.code()
  const { payment } = await shop.pay({ code, orderNo: 'T-7', amountMinor: 1_000n })
  const token = shop.terminal.token
  const post = (key: string, body: object, by = token) =>
    desk.call('POST', '/v1/refunds', { token: by, key, body })

  const made = await post('k1', { order_no: 'T-7', amount: 400, reason: '少一件' })
  expect(made).toMatchObject({ status: 201 })
  expect(made.body).toMatchObject({
    ...{ object: 'refund', payment: payment.id, state: 'succeeded', amount: 400 },
    ...{ payer_amount: 400, reason: '少一件', requested_by: `terminal:${shop.terminal.id}` },
  })
  const again = await post('k1', { order_no: 'T-7', amount: 400, reason: '少一件' })
  expect(again.status).toBe(200)
  expect(again.headers['idempotent-replayed']).toBe('true')
  expect((await post('k2', { payment: payment.id, amount: 601 })).body.code).toBe(
    'REFUND_TOO_LARGE',
  )
  expect((await post('k3', {})).body).toMatchObject({ code: 'INVALID_REQUEST', param: 'payment' })
  expect((await post('k4', { order_no: 'no such' })).status).toBe(404)
  expect((await post('k5', { payment: payment.id }, shop.payer.token)).status).toBe(403)
  expect((await post('k6', { payment: payment.id }, shop.merchantToken)).body.amount).toBe(600)

  const get = (url: string, by: string) => desk.call('GET', url, { token: by })
  const ofPayment = `/v1/refunds?payment=${payment.id}`
  expect((await get(ofPayment, shop.payer.token)).body.data).toHaveLength(2)
  expect((await get(ofPayment, shop.payer.token)).body.data[0].requested_by).toBeNull()
  expect((await get('/v1/refunds', desk.staff.merchant)).body.data).toHaveLength(2)
  expect((await get('/v1/refunds?state=failed', desk.staff.operator)).body.data).toEqual([])
  expect((await get(`/v1/refunds/${made.body.id}`, token)).body.id).toBe(made.body.id)
  const [own, atTill] = [
    await get('/v1/refunds', shop.payer.token),
    await get('/v1/refunds', token),
  ]
  expect(own.body.data.map(({ amount }: { amount: number }) => amount)).toEqual([600, 400])
  expect(own.body.data[0]).toMatchObject({ order_no: 'T-7', merchant_name: '晨光便利店' })
  expect(atTill.body.data.map(({ id }: { id: string }) => id)).toEqual(
    own.body.data.map(({ id }: { id: string }) => id),
  )
  expect((await get('/v1/refunds', desk.platformToken)).status).toBe(422)

  const patch = { token: desk.staff.merchant, body: { may_refund: false } }
  const changed = await desk.call('PATCH', `/v1/terminals/${shop.terminal.id}`, patch)
  expect(changed.body.may_refund).toBe(false)
  const { payment: other } = await shop.pay({ code: await shop.code() })
  expect((await post('k7', { payment: other.id })).body.code).toBe('REFUND_NOT_ALLOWED')
  await shop.audit()
})

test('a receipt is refunded at any till of its store that may, and at no other store', async () => {
  const shop = await openShop({ terminals: 2 })
  const desk = await serve(shop)
  const { payment } = await shop.pay({ code: await shop.code(), orderNo: 'T-8' })
  const second = shop.terminals[1]!
  const elsewhere = await openOtherStore(desk, shop)
  const look = (url: string, token: string) => desk.call('GET', url, { token })
  const scan = (token: string) => look('/v1/payments?order_no=T-8', token)
  const refundAt = (token: string, key: string, body: object) =>
    desk.call('POST', '/v1/refunds', { token, key, body })

  expect((await scan(second.token)).body.data).toMatchObject([{ id: payment.id }])
  const looked = await look(`/v1/payments/${payment.id}?expand=goods`, second.token)
  expect(looked.body).toMatchObject({ order_no: 'T-8', store: shop.storeId })
  // All the other lists of a till are its own.
  expect((await look('/v1/payments', second.token)).body.data).toEqual([])
  const ofFirst = `/v1/payments?order_no=T-8&terminal=${shop.terminal.id}`
  expect((await look(ofFirst, second.token)).status).toBe(404)
  expect((await scan(elsewhere)).body.data).toEqual([])
  expect((await look(`/v1/payments/${payment.id}`, elsewhere)).status).toBe(404)
  expect((await refundAt(elsewhere, 'e1', { payment: payment.id })).status).toBe(404)
  expect((await refundAt(elsewhere, 'e2', { order_no: 'T-8' })).status).toBe(404)
  expect(await readRefundsOf(shop.io.db, institutionId, [payment.id])).toEqual([])

  const made = await refundAt(second.token, 's1', { payment: payment.id, amount: 400 })
  expect(made).toMatchObject({ status: 201, body: { state: 'succeeded', order_no: 'T-8' } })
  const recent = async (token: string) => (await look('/v1/refunds', token)).body.data
  // Both tills have it in their lists: the one that took the payment, and the one that gave it back.
  for (const { token } of shop.terminals)
    expect(await recent(token)).toMatchObject([{ id: made.body.id }])
  expect(await recent(elsewhere)).toEqual([])

  await shop.permit({ mayRefund: false }, { id: second.id })
  expect((await scan(second.token)).body.data).toEqual([])
  expect((await look(`/v1/payments/${payment.id}`, second.token)).status).toBe(404)
  await shop.audit()
})

/** A till of another store of the same merchant. Answers its token. */
async function openOtherStore(desk: Desk, { merchantToken: token }: Shop): Promise<string> {
  const post = async (url: string, body: object, by?: string) =>
    (await desk.call('POST', url, { key: url, body, ...(by && { token: by }) })).body
  const { id: store } = await post('/v1/stores', { name: '二号店', kind: 'small_store' }, token)
  const { activation_code } = await post('/v1/terminals', { store, name: '远处' }, token)
  const { privateKey, publicKey } = newDevice()
  const said = { activation_code, public_key: publicKey.toString('base64url') }
  const activated = await post('/v1/terminals/activate', said)
  remember(activated.token, { keyId: activated.terminal.id, privateKey })
  return activated.token
}

test('over HTTP: a second person approves, and the trail says who', async () => {
  const shop = await openShop(rich)
  const desk = await serve(shop)
  const payment = await payLarge(shop, 200_000n)
  const body = { payment: payment.id }
  const asked = { token: desk.staff.merchant, key: 'r1', body }
  const waiting = await desk.call('POST', '/v1/refunds', asked)
  expect(waiting).toMatchObject({ status: 202, body: { next_action: 'second_approval' } })
  const url = `/v1/refunds/${waiting.body.id}/approve`
  const own = await desk.call('POST', url, { token: desk.staff.merchant })
  expect(own.body.code).toBe('SECOND_PERSON_NEEDED')
  const key = await desk.call('POST', url, { token: shop.merchantToken })
  expect(key.status).toBe(403)
  const done = await desk.call('POST', url, { token: desk.staff.operator })
  expect(done).toMatchObject({ status: 200, body: { state: 'succeeded' } })
  const trail = await desk.call('GET', '/v1/trail', { token: desk.staff.operator })
  const acts = trail.body.data.map(({ action }: { action: string }) => action)
  expect(acts.slice(0, 2)).toEqual(['refund.approve', 'refund.create'])
  await shop.audit()
})
