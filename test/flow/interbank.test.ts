import { expect, test } from 'vitest'

import { newConsumers } from '../../app/loops/consumers.ts'
import type { ChargeOrder, ChargeOutcome } from '../../modules/channel/channel.ts'
import { openInterbank } from '../../modules/channel/interbank/interbank.ts'
import { readPeerPrivateKey, signRequest } from '../../modules/channel/peer-message.ts'
import { newId } from '../../modules/lib/ids.ts'
import { readEvents } from '../../modules/outbox/outbox.ts'
import { createPerson, issueCredential } from '../../modules/party/party.ts'
import { readPayment, reverse, runChecks } from '../../modules/payment/payment.ts'
import { refund } from '../../modules/refund/refund.ts'
import { expireDebits, openCard, readDebitOfCharge } from '../../modules/wallet/wallet.ts'
import { cityId, newPair, openBanks, openLine, readDigits, type Banks } from './banks.ts'
import { institutionId, PIN } from './shop.ts'

// A payer of one institution pays a merchant of another: signed HTTP between two servers.

const wallet = (banks: Banks) => `wallet:${banks.payer.id}:balance`

async function orderOf(banks: Banks, more: Partial<ChargeOrder> = {}): Promise<ChargeOrder> {
  return {
    chargeId: newId('chg'),
    means: { kind: 'code', code: await banks.readCode() },
    ...{ amountMinor: 2_500n, currency: 'CNY', description: '晨光便利店' },
    ...{ terminalId: 'trm_1', storeId: 'str_1', ip: '127.0.0.1', startedAt: banks.clock() },
    ...more,
  }
}

const refundOf = (order: ChargeOrder, refundMinor: bigint, refundId: string = newId('rfd')) => ({
  ...{ chargeId: order.chargeId, channelRef: '', chargedAt: order.startedAt, refundId },
  ...{ refundMinor, chargeMinor: order.amountMinor, currency: 'CNY' as const, reason: 'test' },
  startedAt: order.startedAt,
})

test('a code of another institution pays, and the two owe each other the same', async () => {
  const banks = await openBanks()
  const { payment } = await banks.pay({ code: await banks.cityCode(), amountMinor: 25_000n })

  expect(payment).toMatchObject({ state: 'succeeded', road: 'interbank', scheme: 'onetill' })
  expect(await banks.cityBalances()).toEqual({
    [wallet(banks)]: 75_000n,
    [`clearing:${institutionId}`]: 25_000n,
    'bank:cash': 100_000n,
  })
  const ours = await banks.balances()
  expect(ours[`merchant:${banks.merchantId}:payable`]).toBe(24_880n)
  await banks.expectMirror()
  await banks.audit()
})

test('the payer is told by a notice, an event and the list of the wallet', async () => {
  const banks = await openBanks()
  await banks.pay({ code: await banks.cityCode(), amountMinor: 1_000n })
  const list = await banks.call('GET', '/v1/wallet_debits', banks.payer.token)
  expect(list.body.data).toMatchObject([
    { state: 'succeeded', amount: 1_000, acquirer: institutionId, merchant_name: '晨光便利店' },
  ])
  const events = await readEvents(banks.cityIo.db, cityId, { afterId: '', limit: 10 })
  expect(events).toMatchObject([{ type: 'wallet_debit.updated', payerId: banks.payer.id }])
  const shown = await banks.call('GET', '/v1/events', banks.payer.token)
  expect(shown.body.data[0].data).toMatchObject({ object: 'wallet_debit', amount: 1_000 })
  await banks.audit()
})

test('what the wallet refuses is declined with its reason, and nothing moves', async () => {
  const mandate = { perPaymentMinor: 50_000n, perDayMinor: 60_000n, noPinMinor: 50_000n }
  const banks = await openBanks({ balanceMinor: 40_000n, mandate })
  const channel = banks.channel()
  const charge = async (more: Partial<ChargeOrder> = {}) =>
    channel.charge(await orderOf(banks, more))
  const why = (outcome: ChargeOutcome) => (outcome.kind === 'declined' ? outcome.reason : outcome)
  const code = (digits: string) =>
    ({ kind: 'code', code: readDigits(banks.cityIo, digits) }) as const

  expect(why(await charge({ means: code('821234567890123456') }))).toBe('code_invalid')
  expect(why(await charge({ means: code('801234567890123456') }))).toBe('code_invalid')
  expect(why(await charge({ amountMinor: 50_001n }))).toBe('over_payment_limit')
  expect(why(await charge({ amountMinor: 40_001n }))).toBe('insufficient_funds')
  const used = code(await banks.cityCode())
  expect(await charge({ means: used, amountMinor: 40_001n })).toMatchObject({ kind: 'declined' })
  expect(why(await charge({ means: used }))).toBe('code_used')
  const old = code(await banks.cityCode(10))
  banks.clock.advance(10_000)
  expect(why(await charge({ means: old }))).toBe('code_expired')
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 40_000n })

  expect((await charge({ amountMinor: 30_000n })).kind).toBe('succeeded')
  expect(why(await charge({ amountMinor: 30_001n }))).toBe('over_day_limit')
  await banks.audit()
})

test('one code charged fifty times at once is paid once', async () => {
  const banks = await openBanks()
  const channel = banks.channel()
  const { means } = await orderOf(banks)
  const orders = await Promise.all(Array.from({ length: 50 }, () => orderOf(banks, { means })))
  const outcomes = await Promise.all(orders.map((order) => channel.charge(order)))
  expect(outcomes.filter(({ kind }) => kind === 'succeeded')).toHaveLength(1)
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 97_500n })
  await banks.audit()
})

test('the same charge again answers the same, and its number with another amount is refused', async () => {
  const banks = await openBanks()
  const channel = banks.channel()
  const order = await orderOf(banks)
  const [first, meanwhile] = await Promise.all([channel.charge(order), channel.charge(order)])
  expect(first).toMatchObject({ kind: 'succeeded', payerPaidMinor: 2_500n, payer: '何*' })
  expect(meanwhile).toEqual(first)
  expect(await channel.charge(order)).toEqual(first)
  const other = await channel.charge({ ...order, amountMinor: 2_600n })
  expect(other).toMatchObject({ kind: 'unknown', channelCode: 'IDEMPOTENCY_KEY_REUSED' })
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 97_500n })
  await banks.audit()
})

test('above the no-PIN limit the payment waits for the payer’s PIN in the wallet', async () => {
  const banks = await openBanks({ balanceMinor: 500_000n })
  const { payment } = await banks.pay({ code: await banks.cityCode(), amountMinor: 200_000n })
  expect(payment).toMatchObject({ state: 'processing', nextAction: 'payer_confirms' })

  const { token } = banks.payer
  const [waiting] = (await banks.call('GET', '/v1/wallet_debits', token)).body.data
  expect(waiting).toMatchObject({ state: 'waiting', amount: 200_000 })
  const confirm = (pin: string) =>
    banks.call('POST', `/v1/wallet_debits/${waiting.id}/confirm`, token, { pin })
  expect((await confirm('000000')).body.code).toBe('PIN_WRONG')
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 500_000n })
  expect((await confirm(PIN)).body).toMatchObject({ state: 'succeeded' })
  expect((await confirm(PIN)).body).toMatchObject({ state: 'succeeded' })

  banks.clock.advance(1_500)
  await runChecks(banks.io, institutionId, [])
  expect(await readPayment(banks.io.db, institutionId, payment.id)).toMatchObject({
    state: 'succeeded',
  })
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 300_000n })
  await banks.expectMirror()
  await banks.audit()
})

test('a payer who says no, or nothing in time, is not charged', async () => {
  const banks = await openBanks({ balanceMinor: 500_000n })
  const channel = banks.channel()
  const [declined, late] = [
    await orderOf(banks, { amountMinor: 200_000n }),
    await orderOf(banks, { amountMinor: 200_000n }),
  ]
  for (const order of [declined, late])
    expect(await channel.charge(order)).toMatchObject({ kind: 'unknown', waitsFor: 'payer' })

  const debit = await readDebitOfCharge(banks.cityIo.db, cityId, {
    ...{ peerId: institutionId, chargeId: declined.chargeId },
  })
  const decline = `/v1/wallet_debits/${debit?.id}/decline`
  const said = await banks.call('POST', decline, banks.payer.token)
  expect(said.body).toMatchObject({ state: 'failed', decline_reason: 'payer_declined' })
  expect(await channel.query(declined)).toMatchObject({ reason: 'payer_declined' })

  banks.clock.advance(119_000)
  await expireDebits(banks.cityIo, cityId)
  expect(await channel.query(late)).toMatchObject({ kind: 'unknown', waitsFor: 'payer' })
  banks.clock.advance(1_000)
  await expireDebits(banks.cityIo, cityId)
  expect(await channel.query(late)).toMatchObject({ reason: 'confirmation_expired' })
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 500_000n })
  await banks.audit()
})

test('a reversal that comes before its charge refuses the late charge', async () => {
  const banks = await openBanks()
  const channel = banks.channel()
  const order = await orderOf(banks)
  expect(await channel.reverse(order)).toMatchObject({ kind: 'reversed', wasPaid: false })
  expect(await channel.charge(order)).toMatchObject({ kind: 'reversed' })
  expect(await channel.query(order)).toMatchObject({ kind: 'reversed' })
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 100_000n })
  // The code was not taken by what was refused.
  const next = await orderOf(banks, { means: order.means })
  expect((await channel.charge(next)).kind).toBe('succeeded')
  await banks.audit()
})

test('a reversal of a paid charge gives the money back, and the limits with it', async () => {
  const banks = await openBanks({ mandate: { perDayMinor: 2_500n } })
  const channel = banks.channel()
  const order = await orderOf(banks)
  expect((await channel.charge(order)).kind).toBe('succeeded')
  expect(await channel.charge(await orderOf(banks))).toMatchObject({ reason: 'over_day_limit' })

  expect(await channel.reverse(order)).toMatchObject({ kind: 'reversed', wasPaid: true })
  expect(await channel.reverse(order)).toMatchObject({ kind: 'reversed', wasPaid: true })
  expect(await banks.cityBalances()).toEqual({ [wallet(banks)]: 100_000n, 'bank:cash': 100_000n })
  expect((await channel.charge(await orderOf(banks))).kind).toBe('succeeded')
  await banks.audit()
})

test('a charge and its reversal at once end with nothing taken, whichever is first', async () => {
  const banks = await openBanks()
  const channel = banks.channel()
  for (let round = 0; round < 10; round++) {
    const order = await orderOf(banks)
    await Promise.all([channel.charge(order), channel.reverse(order)])
    expect(await channel.query(order)).toMatchObject({ kind: 'reversed' })
  }
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 100_000n })
  await banks.audit()
})

test('a charge whose answer was lost is found by asking', async () => {
  const banks = await openBanks()
  const losing: typeof fetch = async (...call) => {
    await fetch(...call)
    throw new Error('the line broke')
  }
  const order = await orderOf(banks)
  expect(await banks.channel(losing).charge(order)).toMatchObject({ kind: 'unknown', isIll: true })
  expect((await banks.channel().query(order)).kind).toBe('succeeded')

  const never = await orderOf(banks)
  expect(await banks.channel().query(never)).toMatchObject({ kind: 'unknown' })
  banks.clock.advance(60_000)
  expect(await banks.channel().query(never)).toMatchObject({ kind: 'not_found' })
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 97_500n })
  await banks.audit()
})

test('refunds go back in parts and never exceed the charge', async () => {
  const banks = await openBanks()
  const channel = banks.channel()
  const order = await orderOf(banks)
  const first = refundOf(order, 1_000n)
  expect(await channel.refund(first)).toMatchObject({ kind: 'declined' })
  await channel.charge(order)

  expect(await channel.queryRefund(first)).toMatchObject({ kind: 'not_found' })
  expect(await channel.refund(first)).toMatchObject({ kind: 'succeeded' })
  expect(await channel.refund(first)).toMatchObject({ kind: 'succeeded' })
  expect(await channel.queryRefund(first)).toMatchObject({ kind: 'succeeded' })
  expect(await channel.refund(refundOf(order, 2_000n, first.refundId))).toMatchObject({
    kind: 'unknown',
  })
  // Ten at once of 500 each, and only three of them fit.
  const rush = await Promise.all(
    Array.from({ length: 10 }, () => channel.refund(refundOf(order, 500n))),
  )
  expect(rush.filter(({ kind }) => kind === 'succeeded')).toHaveLength(3)
  expect(await channel.reverse(order)).toMatchObject({ kind: 'refused' })
  expect(await banks.cityBalances()).toEqual({ [wallet(banks)]: 100_000n, 'bank:cash': 100_000n })

  // The payer's limits are as before it, the payer was told, and the bills say it.
  const get = async (url: string) => (await banks.call('GET', url, banks.payer.token)).body
  expect(await get('/v1/mandates/current')).toMatchObject({ used_today: 0, used_this_month: 0 })
  const { data: bills } = await get('/v1/refunds?limit=2')
  expect(bills).toHaveLength(2)
  const debit = (await get('/v1/wallet_debits')).data[0].id
  expect(bills[0]).toMatchObject({ payment: debit, state: 'succeeded', payer_amount: 500 })
  const older = (await get(`/v1/refunds?starting_after=${bills[1].id}`)).data
  expect(older.map(({ amount }: { amount: number }) => amount)).toEqual([500, 1_000])
  expect(await get(`/v1/refunds/${first.refundId}`)).toMatchObject({ amount: 1_000 })
  const consume = newConsumers(banks.cityIo, cityId)
  while ((await consume()) > 0);
  const notices = (await get('/v1/notices')).data as { kind: string }[]
  expect(notices.filter(({ kind }) => kind === 'refund_notice')).toHaveLength(4)
  await banks.audit()
})

test('a payment whose answer was lost is settled by asking, and refunded like any other', async () => {
  const banks = await openBanks()
  const line = await openLine(banks)
  line.loses('/v1/interbank/charges')
  const { payment } = await banks.pay({ code: await banks.cityCode(), amountMinor: 25_000n })
  expect(payment).toMatchObject({ state: 'processing', nextAction: 'query' })
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 75_000n })

  banks.clock.advance(1_500)
  await runChecks(banks.io, institutionId, [])
  const settled = await readPayment(banks.io.db, institutionId, payment.id)
  expect(settled).toMatchObject({ state: 'succeeded' })
  await banks.expectMirror()

  const given = await refund(banks.io, {
    ...{ institutionId, paymentId: payment.id, merchantId: banks.merchantId },
    ...{ amountMinor: 10_000n, reason: null, idempotencyKey: 'refund-1', trail: null },
    asker: {
      ...{ actor: `terminal:${banks.terminal.id}`, merchantId: banks.merchantId },
      terminalId: banks.terminal.id,
    },
  })
  expect(given.refund).toMatchObject({ state: 'succeeded' })
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 85_000n })
  await banks.expectMirror()
  await banks.audit()
})

test('a payment that is taken back while nobody knows leaves both sides owing nothing', async () => {
  const banks = await openBanks()
  const line = await openLine(banks)
  line.loses('/v1/interbank/charges')
  const { payment } = await banks.pay({ code: await banks.cityCode(), amountMinor: 25_000n })
  expect(payment.state).toBe('processing')
  await reverse(banks.io, { institutionId, paymentId: payment.id, actor: 'terminal' })
  for (let passed = 0; passed < 10; passed++) {
    banks.clock.advance(1_000)
    await runChecks(banks.io, institutionId, [])
  }
  const ended = await readPayment(banks.io.db, institutionId, payment.id)
  expect(ended).toMatchObject({ state: 'reversed' })
  expect(await banks.cityBalances()).toEqual({ [wallet(banks)]: 100_000n, 'bank:cash': 100_000n })
  await banks.expectMirror()
  await banks.audit()
})

test('an automatic code takes the first account of the payer’s order that has enough', async () => {
  const banks = await openBanks({ balanceMinor: 1_000n })
  const { cityIo: io, payer } = banks
  const id = newId('src')
  const card = { institutionId: cityId, payerId: payer.id, id, label: '卡', last4: '1234' }
  await io.db.transaction((tx) =>
    openCard(
      tx,
      { ...card, currency: 'CNY', openingMinor: 5_000n },
      { actor: 'command:test', trailId: newId('trl'), now: io.now() },
    ),
  )
  await banks.call('POST', '/v1/sources/auto', payer.token, { auto: true })
  const channel = banks.channel()
  const pay = async (amountMinor: bigint) => channel.charge(await orderOf(banks, { amountMinor }))
  expect((await pay(2_500n)).kind).toBe('succeeded')
  expect((await pay(600n)).kind).toBe('succeeded')
  expect(await banks.cityBalances()).toMatchObject({
    [wallet(banks)]: 400n,
    [`card:${id}`]: 2_500n,
  })
  const order = await banks.call('POST', '/v1/sources/order', payer.token, { sources: [id] })
  expect(order.body.data).toMatchObject([
    { id, rank: 1 },
    { kind: 'balance', rank: 2 },
  ])
  expect((await pay(300n)).kind).toBe('succeeded')
  expect(await pay(9_000n)).toMatchObject({ reason: 'insufficient_funds' })
  expect(await banks.cityBalances()).toMatchObject({
    [wallet(banks)]: 400n,
    [`card:${id}`]: 2_200n,
  })
  await banks.audit()
})

test('a request that is forged, changed, old or sent twice is refused, and nothing moves', async () => {
  const banks = await openBanks()
  const { clock } = banks
  const path = '/v1/interbank/charges'
  const key = readPeerPrivateKey(banks.acquirer.privateKey)
  const signer = { id: institutionId, key, at: clock() }
  const body = async () =>
    JSON.stringify({
      ...{ charge: newId('chg'), payment_code: await banks.cityCode(), amount: 2_500 },
      ...{ currency: 'CNY', description: '店', terminal: 't', store: 's' },
    })
  const send = async (text: string, headers: Record<string, string>, to = path) => {
    const answer = await fetch(new URL(to, banks.baseUrl), {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: text,
    })
    const { code } = (await answer.json()) as { code?: string }
    return { status: answer.status, code, isSigned: answer.headers.has('signature') }
  }
  const refused = { status: 401, code: 'SIGNATURE_WRONG', isSigned: false }
  const request = (text: string, more: object = {}) => ({
    ...{ method: 'POST', path, body: text, issuerId: cityId },
    ...more,
  })

  const one = await body()
  expect(await send(one, {})).toEqual(refused)
  const strange = readPeerPrivateKey(newPair().privateKey)
  expect(await send(one, signRequest(request(one), { ...signer, key: strange }))).toEqual(refused)
  expect(await send(one, signRequest(request(one), { ...signer, id: 'ins_other' }))).toEqual(
    refused,
  )
  expect(await send(await body(), signRequest(request(one), signer))).toEqual(refused)
  const elsewhere = `${path}/chg_00000000000000000000000001/reverse`
  expect(await send(one, signRequest(request(one), signer), elsewhere)).toEqual(refused)
  const toOther = request(one, { issuerId: institutionId })
  expect(await send(one, signRequest(toOther, signer))).toEqual(refused)
  const readdressed = { ...signRequest(toOther, signer), 'interbank-issuer': cityId }
  expect(await send(one, readdressed)).toEqual(refused)
  for (const ms of [-31_000, 31_000]) {
    const at = new Date(clock().getTime() + ms)
    expect(await send(one, signRequest(request(one), { ...signer, at }))).toEqual(refused)
  }
  expect(await banks.cityBalances()).toEqual({ [wallet(banks)]: 100_000n, 'bank:cash': 100_000n })

  const good = signRequest(request(one), signer)
  expect(await send(one, good)).toMatchObject({ status: 200, isSigned: true })
  expect(await send(one, good)).toEqual(refused)
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 97_500n })
  await banks.audit()
})

test('an answer that the other institution has not signed is not believed', async () => {
  const banks = await openBanks()
  const order = await orderOf(banks)
  const answering =
    (change: (answer: { text: string; headers: Headers }) => Response): typeof fetch =>
    async (...call) => {
      const answer = await fetch(...call)
      return change({ text: await answer.text(), headers: answer.headers })
    }
  const unsigned = answering(({ text }) => new Response(text, { status: 200 }))
  const changed = answering(
    ({ text, headers }) => new Response(text.replace('2500', '25000'), { status: 200, headers }),
  )
  const notBelieved = { kind: 'unknown', channelCode: 'NOT_SIGNED', isIll: true }
  expect(await banks.channel(unsigned).charge(order)).toMatchObject(notBelieved)
  expect(await banks.channel(changed).query(order)).toMatchObject(notBelieved)

  // An answer to another request of ours, signed and true, is none to this one.
  let kept: Response | null = null
  const repeating: typeof fetch = async (...call) => (kept ??= await fetch(...call)).clone()
  const channel = banks.channel(repeating)
  expect((await channel.query(order)).kind).toBe('succeeded')
  expect(await channel.query(order)).toMatchObject(notBelieved)
  expect(await banks.channel().test()).toEqual({ ok: true, problem: null })
})

test('both sides change their keys while payments go on, and nothing is unbelieved in between', async () => {
  const banks = await openBanks()
  const { cityIo, clock } = banks
  const person = { institutionId: cityId, id: newId('per'), login: 'chief', name: 'Chief' }
  const token = await cityIo.db.transaction(async (tx) => {
    await createPerson(tx, { ...person, passwordHash: '-', role: 'operator' }, clock())
    const key = { institutionId: cityId, kind: 'staff', subjectId: person.id } as const
    return issueCredential(tx, { ...key, now: clock() })
  })
  const ask = (path: string, body: object = {}) =>
    banks.call('POST', `/v1/peer_institutions/${institutionId}/${path}`, token, body)
  const open = (more: object) => openInterbank({ ...banks.account, ...more }, { clock })
  const isHeard = async (more: object) => (await open(more).test()).ok
  const soon = { timeout: 5_000 }

  // Ours: the city believes the next key before we use it, and the old one until its time.
  const next = newPair()
  const ours = { privateKey: next.privateKey }
  expect(await isHeard(ours)).toBe(false)
  const told = await ask('key', { public_key: next.publicKey })
  expect(told.body).toMatchObject({ public_key: next.publicKey, next_answer_key: null })
  const until = new Date(told.body.old_key_until as string)
  expect(until.getTime() - clock().getTime()).toBe(7 * 24 * 60 * 60 * 1000)
  await expect.poll(() => isHeard(ours), soon).toBe(true)
  expect(await isHeard({})).toBe(true)
  expect((await ask('key', { public_key: 'no key' })).status).toBe(422)

  // The city's: we believe its next key before it is used, and the one before as well.
  const made = await ask('answer_key')
  expect((await ask('answer_key')).body.next_answer_key).toBe(made.body.next_answer_key)
  const both = { ...ours, peerNextPublicKey: made.body.next_answer_key as string }
  expect(await isHeard(both)).toBe(true)
  expect((await ask('answer_key/use')).body).toMatchObject({ next_answer_key: null })
  const order = await orderOf(banks)
  expect((await open(both).charge(order)).kind).toBe('succeeded')
  await expect.poll(() => isHeard(ours), soon).toBe(false) // it knows the old key alone
  expect(await isHeard(both)).toBe(true)
  expect((await ask('answer_key/use')).status).toBe(404)

  clock.advance(7 * 24 * 60 * 60 * 1000 + 1)
  const seen = { peerPublicKey: both.peerNextPublicKey }
  expect(await isHeard(seen)).toBe(false) // the old key of ours is over
  expect(await isHeard({ ...seen, ...ours })).toBe(true)
  expect(await banks.cityBalances()).toMatchObject({ [wallet(banks)]: 97_500n })
})
