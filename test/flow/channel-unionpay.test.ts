import { createPrivateKey } from 'node:crypto'
import { inspect } from 'node:util'

import { afterEach, describe, expect, test } from 'vitest'

import type {
  Channel,
  ChargeOrder,
  Means,
  ReadNotice,
  RefundOrder,
} from '../../modules/channel/channel.ts'
import { isSigned, signatureOf } from '../../modules/channel/unionpay/sign.ts'
import {
  certIdOf,
  openTrust,
  readCertificate,
  readPrivateKey,
} from '../../modules/channel/unionpay/trust.ts'
import type { UnionpayAccount } from '../../modules/channel/unionpay/unionpay.ts'
import { openUnionpay, unionpaySigner } from '../../modules/channel/unionpay/unionpay.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import { compileIssuers, parse, shippedIssuers } from '../../modules/paycode/paycode.ts'
import { certify, makeAuthority, makeRsaKeyPair } from '../../sandbox/counterpart/certificate.ts'
import { virtualClock, type VirtualClock } from '../../sandbox/counterpart/clock.ts'
import type { FaultRule } from '../../sandbox/counterpart/faults.ts'
import { startServer } from '../../sandbox/counterpart/http.ts'
import {
  startUnionpay,
  type Unionpay,
  type UnionpayOptions,
} from '../../sandbox/unionpay/unionpay.ts'

// The adapter against a UnionPay that was written apart from it, over HTTP, with real certificates.

const SECOND_MS = 1_000
const HOUR_MS = 3_600 * SECOND_MS
const DAY_MS = 24 * HOUR_MS

// The next noon of Beijing: the certificates are made by the machine's clock, and are valid then.
const noon = new Date((Math.floor(systemClock().getTime() / DAY_MS) + 1) * DAY_MS + 4 * HOUR_MS)
const issuers = compileIssuers(shippedIssuers, noon)
const opened: { close(): Promise<void>; control?: { books(): { wrong: string[] } } }[] = []

afterEach(async () => {
  const all = opened.splice(0)
  const wrong = all.flatMap(({ control }) => control?.books().wrong ?? [])
  for (const one of all) await one.close()
  expect(wrong).toEqual([])
})

type Shop = { unionpay: Unionpay; channel: Channel; clock: VirtualClock; account: UnionpayAccount }

async function open(
  settings: Partial<UnionpayAccount> = {},
  options: Partial<UnionpayOptions> = {},
): Promise<Shop> {
  const clock = virtualClock({ startAt: noon, running: false })
  const unionpay = await startUnionpay({ port: 0, seed: 'channel', clock, ...options })
  opened.push(unionpay)
  const setUp = unionpay.control.setUp()
  const merchant = setUp.merchants[0]!
  const account: UnionpayAccount = {
    baseUrl: unionpay.url,
    merId: merchant.mer_id,
    privateKey: merchant.private_key,
    certificate: merchant.certificate,
    rootCertificates: [setUp.root_certificate],
    signerNames: ['00040000:SIGN'],
    notifyUrl: null,
    ...settings,
  }
  return { unionpay, clock, account, channel: openUnionpay(account, { clock: () => clock.now() }) }
}

const meansOf = (digits: string): Means => ({ kind: 'code', code: parse(digits, issuers).ok! })

function orderOf(
  shop: Pick<Shop, 'unionpay' | 'clock'>,
  more: Partial<ChargeOrder> = {},
): ChargeOrder {
  return {
    chargeId: 'chg_A1',
    means: meansOf(shop.unionpay.control.showCode('zhou')),
    amountMinor: 8_850n,
    currency: 'CNY',
    description: '早餐',
    terminalId: 'trm_01jdgq8v3zek4r8v3zek4r8v3z',
    storeId: 'str_1',
    ip: '127.0.0.1',
    startedAt: shop.clock.now(),
    ...more,
  }
}

const WHOLE = 1_000_000n
const balance = ({ unionpay }: Shop, payer = 'zhou') =>
  unionpay.control.books().balances[`card:${payer}`] ?? 0n
const fault = ({ unionpay }: Shop, rule: FaultRule) => unionpay.control.faults.add(rule)

async function charge(shop: Shop, more: Partial<ChargeOrder> = {}) {
  const order = orderOf(shop, more)
  const outcome = await shop.channel.charge(order)
  return { order, outcome }
}

/** Charges, lets UnionPay work, and asks: the way every payment goes. */
async function paid(shop: Shop, more: Partial<ChargeOrder> = {}) {
  const { order } = await charge(shop, more)
  await shop.clock.advance(shop.channel.schedule.queriesMs[0]!)
  const outcome = await shop.channel.query(order)
  if (outcome.kind !== 'succeeded') throw new Error(`not paid: ${inspect(outcome)}`)
  return { order, channelRef: outcome.channelRef }
}

const accepted = { kind: 'unknown', waitsFor: 'channel', channelCode: '00' }

test('a charge is accepted and not paid; the first query, a second later, says paid', async () => {
  const shop = await open()
  const { order, outcome } = await charge(shop, { amountMinor: 8_851n })
  expect(outcome).toEqual(accepted)
  expect(await shop.channel.query(order)).toMatchObject({ kind: 'unknown', channelCode: '05' })
  await shop.clock.advance(shop.channel.schedule.queriesMs[0]!)
  expect(await shop.channel.query(order)).toEqual({
    kind: 'succeeded',
    channelRef: expect.stringMatching(/^\d{21}$/) as string,
    paidAt: noon,
    payerPaidMinor: 8_851n,
    payer: '6216***********0018',
  })
  expect(balance(shop)).toBe(WHOLE - 8_851n)
})

test('what takes longer is asked about until it is paid', async () => {
  const shop = await open()
  const { order, outcome } = await charge(shop, { amountMinor: 8_802n })
  expect(outcome).toEqual(accepted)
  let asked = outcome
  for (let count = 0; count < 6 && asked.kind === 'unknown'; count += 1) {
    await shop.clock.advance(shop.channel.schedule.queriesMs[count]!)
    asked = await shop.channel.query(order)
  }
  expect(asked).toMatchObject({ kind: 'succeeded', payerPaidMinor: 8_802n })
})

type Phone = { waiting: { order_no: string }[] }

test.each([
  ['confirm', { kind: 'succeeded' }],
  ['cancel', { kind: 'declined', reason: 'channel_refused', channelCode: '01' }],
])('a payer who is asked for the password: %s', async (action, outcome) => {
  const shop = await open()
  const means = meansOf(shop.unionpay.control.showCode('wu'))
  const { order } = await charge(shop, { means, amountMinor: 20_000n })
  await shop.clock.advance(shop.channel.schedule.queriesMs[0]!)
  expect(await shop.channel.query(order)).toMatchObject({ kind: 'unknown', channelCode: '05' })
  const phone = `${shop.unionpay.url}/phone/wu`
  const { waiting } = (await (await fetch(`${phone}.json`)).json()) as Phone
  const body = JSON.stringify({ order_no: waiting[0]!.order_no, password: '123456', action })
  const headers = { 'content-type': 'application/json' }
  await fetch(`${phone}/password`, { method: 'POST', headers, body })
  expect(await shop.channel.query(order)).toMatchObject(outcome)
})

test.each(['answer_lost', 'truncated', 'wrong_signature', 'system_error'] as const)(
  'paid, but %s: the charge is unknown, and the query says paid',
  async (kind) => {
    const shop = await open()
    fault(shop, { kind, operation: 'charge' })
    const { order, outcome } = await charge(shop)
    expect(outcome).toMatchObject({ kind: 'unknown', waitsFor: 'channel' })
    await shop.clock.advance(SECOND_MS)
    expect(await shop.channel.query(order)).toMatchObject({ kind: 'succeeded' })
    expect(balance(shop)).toBe(WHOLE - 8_850n)
  },
)

test.each(['down', 'server_error', 'request_lost', 'busy'] as const)(
  'nothing done, since %s: unknown, and only an old charge is called missing',
  async (kind) => {
    const shop = await open()
    fault(shop, { kind, operation: 'charge' })
    const { order, outcome } = await charge(shop)
    expect(outcome).toMatchObject({ kind: 'unknown', waitsFor: 'channel' })
    expect(await shop.channel.query(order)).toMatchObject({ kind: 'unknown', channelCode: '34' })
    await shop.clock.advance(63 * SECOND_MS)
    expect(await shop.channel.query(order)).toEqual({ kind: 'not_found', channelCode: '34' })
    expect(balance(shop)).toBe(WHOLE)
  },
)

test('an answer that takes too long, and a gateway that is not there, are unknown', async () => {
  const shop = await open({ timeouts: { answerMs: 300 } })
  fault(shop, { kind: 'slow', value: 900, operation: 'charge' })
  const { outcome } = await charge(shop)
  expect(outcome).toMatchObject({ kind: 'unknown', channelCode: 'TIMEOUT' })

  const nowhere = openUnionpay({ ...shop.account, baseUrl: 'http://127.0.0.1:1' })
  const order = orderOf(shop)
  const refund = refundOf(order, { channelRef: 'Q1' })
  expect(await nowhere.charge(order)).toMatchObject({ kind: 'unknown', channelCode: 'NO_ANSWER' })
  expect(await nowhere.query(order)).toMatchObject({ kind: 'unknown' })
  expect(await nowhere.reverse(order)).toMatchObject({ kind: 'again' })
  expect(await nowhere.refund(refund)).toMatchObject({ kind: 'unknown' })
  expect(await nowhere.queryRefund(refund)).toMatchObject({ kind: 'unknown' })
})

test('an answer with a wrong signature is unknown, whatever was asked', async () => {
  const shop = await open()
  const { order, channelRef } = await paid(shop)
  const refund = refundOf(order, { channelRef })
  fault(shop, { kind: 'wrong_signature', times: 4 })
  const channelCode = 'NOT_SIGNED'
  expect(await shop.channel.query(order)).toMatchObject({ kind: 'unknown', channelCode })
  expect(await shop.channel.refund(refund)).toMatchObject({ kind: 'unknown', channelCode })
  expect(await shop.channel.queryRefund(refund)).toMatchObject({ kind: 'unknown', channelCode })
  expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'again', channelCode })
})

test('who signs is believed by the root and by name, and by nothing else', async () => {
  const shop = await open()
  const order = orderOf(shop)
  const other = makeAuthority('other root', systemClock())
  const stranger = openUnionpay({ ...shop.account, rootCertificates: [other.certificatePem] })
  expect(await stranger.charge(order)).toMatchObject({ channelCode: 'NOT_SIGNED' })
  const strict = openUnionpay({ ...shop.account, signerNames: [unionpaySigner] })
  expect(await strict.query(order)).toMatchObject({ channelCode: 'NOT_SIGNED' })
  const rootCertificates = [other.certificatePem, ...shop.account.rootCertificates]
  const both = openUnionpay({ ...shop.account, rootCertificates })
  expect(await both.query(order)).toMatchObject({ channelCode: '05' })
})

test('too little money is declined, and the code is used up all the same', async () => {
  const shop = await open()
  const means = meansOf(shop.unionpay.control.showCode('qian'))
  const { order } = await charge(shop, { means })
  await shop.clock.advance(SECOND_MS)
  expect(await shop.channel.query(order)).toEqual({
    kind: 'declined',
    reason: 'insufficient_funds',
    channelCode: '64',
  })
  const again = await charge(shop, { means, chargeId: 'chg_A2', amountMinor: 100n })
  expect(again.outcome).toMatchObject({ kind: 'declined', reason: 'code_invalid' })
  expect(balance(shop, 'qian')).toBe(500n)
})

test('an expired code is declined', async () => {
  const shop = await open()
  const order = orderOf(shop)
  await shop.clock.advance(61 * SECOND_MS)
  expect(await shop.channel.charge(order)).toMatchObject({
    kind: 'declined',
    reason: 'code_expired',
    channelCode: '73',
  })
  expect(balance(shop)).toBe(WHOLE)
})

test('the same charge once more is not charged twice', async () => {
  const shop = await open()
  const { order } = await charge(shop)
  const again = await shop.channel.charge(order)
  expect(again).toMatchObject({ kind: 'unknown', channelCode: '12' })
  await shop.clock.advance(SECOND_MS)
  expect(await shop.channel.query(order)).toMatchObject({ kind: 'succeeded' })
  expect(balance(shop)).toBe(WHOLE - 8_850n)
})

describe('reversing', () => {
  test('takes back what is under way, and it is never paid', async () => {
    const shop = await open()
    fault(shop, { kind: 'confirm', value: 9, operation: 'charge' })
    const { order } = await charge(shop)
    expect(await shop.channel.reverse(order)).toEqual({
      kind: 'reversed',
      wasPaid: null,
      channelCode: '01',
    })
    expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'reversed' })
    await shop.clock.advance(HOUR_MS)
    expect(await shop.channel.query(order)).toMatchObject({ kind: 'declined' })
    expect(balance(shop)).toBe(WHOLE)
  })

  test('voids what was paid without our knowing, once, and the payer has the money back', async () => {
    const shop = await open()
    fault(shop, { kind: 'answer_lost', operation: 'charge' })
    const { order } = await charge(shop)
    await shop.clock.advance(SECOND_MS)
    expect(balance(shop)).toBe(WHOLE - 8_850n)
    expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'again' })
    await shop.clock.advance(shop.channel.schedule.reverseEveryMs)
    const done = { kind: 'reversed', wasPaid: true, channelCode: 'voided' }
    expect(await shop.channel.reverse(order)).toEqual(done)
    expect(await shop.channel.reverse(order)).toEqual(done)
    expect(balance(shop)).toBe(WHOLE)
  })

  test.each([
    ['a reversal', { kind: 'confirm', value: 99, operation: 'charge' }],
    ['a void', { kind: 'answer_lost', operation: 'charge' }],
  ] as const)('goes on until it is definite: %s', async (_what, rule) => {
    const shop = await open()
    fault(shop, rule)
    fault(shop, { kind: 'recall', value: 2, operation: 'reverse' })
    fault(shop, { kind: 'answer_lost', operation: 'reverse' })
    const { order } = await charge(shop)
    await shop.clock.advance(SECOND_MS)
    const kinds: string[] = []
    for (let count = 0; count < 8 && kinds.at(-1) !== 'reversed'; count += 1) {
      kinds.push((await shop.channel.reverse(order)).kind)
      await shop.clock.advance(shop.channel.schedule.reverseEveryMs)
    }
    expect(kinds.slice(0, 2)).toEqual(['again', 'again'])
    expect(kinds.at(-1)).toBe('reversed')
    expect(balance(shop)).toBe(WHOLE)
  })

  test('a charge that never came goes on until it is too old to come', async () => {
    const shop = await open()
    fault(shop, { kind: 'request_lost', operation: 'charge' })
    const { order } = await charge(shop)
    expect(await shop.channel.reverse(order)).toEqual({ kind: 'again', channelCode: '34' })
    await shop.clock.advance(63 * SECOND_MS)
    expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'reversed', channelCode: '34' })
  })

  test('does not hide a payment that comes in afterwards: the query tells of it', async () => {
    const shop = await open()
    fault(shop, { kind: 'confirm', value: 9, operation: 'charge' })
    fault(shop, { kind: 'late_success', value: 5_000, operation: 'reverse' })
    const { order } = await charge(shop)
    expect(await shop.channel.reverse(order)).toMatchObject({ kind: 'reversed' })
    await shop.clock.advance(6 * SECOND_MS)
    expect(await shop.channel.query(order)).toMatchObject({ kind: 'succeeded' })
  })

  test('ends at 23:00: what was paid before can only be refunded', async () => {
    const shop = await open()
    await shop.clock.advance(11 * HOUR_MS - 10 * SECOND_MS)
    const { order, channelRef } = await paid(shop)
    await shop.clock.advance(10 * SECOND_MS)
    expect(await shop.channel.reverse(order)).toEqual({
      kind: 'refused',
      channelCode: 'OTHER_CLEARING_DAY',
    })
    const refund = refundOf(order, { channelRef, refundMinor: 8_850n })
    await shop.channel.refund(refund)
    await shop.clock.advance(SECOND_MS)
    expect(await shop.channel.queryRefund(refund)).toMatchObject({ kind: 'succeeded' })
    expect(balance(shop)).toBe(WHOLE)
  })
})

function refundOf(order: ChargeOrder, more: Partial<RefundOrder>): RefundOrder {
  return {
    chargeId: order.chargeId,
    channelRef: '',
    chargedAt: order.startedAt,
    refundId: 'rfd_R1',
    refundMinor: 400n,
    chargeMinor: order.amountMinor,
    currency: 'CNY',
    reason: '退一件',
    startedAt: order.startedAt,
    ...more,
  }
}

test('a payment is refunded in parts, each once, and never more than it was', async () => {
  const shop = await open()
  const { order, channelRef } = await paid(shop, { amountMinor: 1_000n })
  const first = refundOf(order, { channelRef })
  expect(await shop.channel.refund(first)).toEqual({ kind: 'accepted', channelCode: '00' })
  await shop.clock.advance(SECOND_MS)
  expect(await shop.channel.queryRefund(first)).toEqual({
    kind: 'succeeded',
    refundRef: expect.stringMatching(/^\d{21}$/) as string,
  })
  // Once more, as after a lost answer: it is not made twice, and the query tells that it was made.
  expect(await shop.channel.refund(first)).toEqual({ kind: 'unknown', channelCode: '12' })
  expect(balance(shop)).toBe(WHOLE - 600n)

  const tooMuch = { ...first, refundId: 'rfd_R2', refundMinor: 601n }
  expect(await shop.channel.refund(tooMuch)).toEqual({ kind: 'declined', channelCode: '36' })
  const rest = { ...first, refundId: 'rfd_R3', refundMinor: 600n }
  await shop.channel.refund(rest)
  await shop.clock.advance(SECOND_MS)
  expect(await shop.channel.queryRefund(rest)).toMatchObject({ kind: 'succeeded' })
  expect(balance(shop)).toBe(WHOLE)
})

test('a refund whose answer or request was lost is cleared up by its query', async () => {
  const shop = await open()
  const { order, channelRef } = await paid(shop)
  const [made, lost] = ['rfd_R1', 'rfd_R2'].map((refundId) =>
    refundOf(order, { channelRef, refundId }),
  )
  fault(shop, { kind: 'answer_lost', operation: 'refund' })
  expect(await shop.channel.refund(made!)).toMatchObject({ kind: 'unknown' })
  await shop.clock.advance(SECOND_MS)
  expect(await shop.channel.queryRefund(made!)).toMatchObject({ kind: 'succeeded' })

  fault(shop, { kind: 'request_lost', operation: 'refund' })
  expect(await shop.channel.refund(lost!)).toMatchObject({ kind: 'unknown' })
  const missing = { kind: 'unknown', channelCode: '34' }
  expect(await shop.channel.queryRefund(lost!)).toEqual(missing)
  await shop.channel.refund(lost!)
  await shop.clock.advance(SECOND_MS)
  expect(await shop.channel.queryRefund(lost!)).toMatchObject({ kind: 'succeeded' })
  expect(balance(shop)).toBe(WHOLE - 8_850n + 800n)
})

/** Where UnionPay tells: every notice is read and answered by the adapter. */
async function inbox() {
  const got: ReadNotice[] = []
  const bodies: string[] = []
  const channels: Channel[] = []
  const server = await startServer({
    port: 0,
    respond: ({ text: body }) => {
      const channel = channels[0]!
      const read = channel.readNotice({ headers: {}, body })
      got.push(read)
      bodies.push(body)
      const { status, contentType, body: said } = channel.replyTo(read)
      return { status, headers: { 'content-type': contentType }, body: said }
    },
  })
  opened.push(server)
  return { notifyUrl: `${server.url}/notices/unionpay`, got, bodies, channels }
}

describe('notices', () => {
  test('tell of payment, refund and void, by our own numbers; then UnionPay is silent', async () => {
    const { notifyUrl, got, channels } = await inbox()
    const shop = await open({ notifyUrl })
    channels.push(shop.channel)
    const { idle, pendingNotices } = shop.unionpay.control
    const { order, channelRef } = await paid(shop)
    await idle()
    const outcome = await shop.channel.query(order)
    expect(got).toEqual([{ kind: 'charge', chargeId: 'chg_A1', amountMinor: 8_850n, outcome }])

    await shop.channel.refund(refundOf(order, { channelRef }))
    await shop.clock.advance(SECOND_MS)
    await idle()
    expect(got[1]).toMatchObject({ kind: 'refund', refundId: 'rfd_R1' })
    expect(got[1]).toMatchObject({ outcome: { kind: 'succeeded' } })

    const second = await paid(shop, { chargeId: 'chg_A2' })
    await shop.channel.reverse(second.order)
    await shop.clock.advance(SECOND_MS)
    await idle()
    expect(got[3]).toEqual({
      kind: 'charge',
      chargeId: 'chg_A2',
      amountMinor: 8_850n,
      outcome: { kind: 'reversed', wasPaid: true, channelCode: 'voided' },
    })
    expect(pendingNotices()).toEqual([])
  })

  test('that are doubled say the same twice, forged ones nothing, and are told again', async () => {
    const { notifyUrl, got, bodies, channels } = await inbox()
    const shop = await open({ notifyUrl })
    channels.push(shop.channel)
    const { idle } = shop.unionpay.control
    const { order } = await charge(shop)
    fault(shop, { kind: 'notice_duplicate' })
    await shop.clock.advance(SECOND_MS)
    await idle()
    expect(got).toHaveLength(2)
    expect(got[1]).toEqual(got[0])
    expect(await shop.channel.query(order)).toMatchObject({ kind: 'succeeded' })

    fault(shop, { kind: 'wrong_signature', operation: 'notice' })
    await paid(shop, { chargeId: 'chg_A2' })
    await idle()
    expect(got[2]).toEqual({ kind: 'refused', problem: 'signature' })
    await shop.clock.advance(60 * SECOND_MS)
    await idle()
    expect(got[3]).toMatchObject({ kind: 'charge', chargeId: 'chg_A2' })

    const cheaper = bodies[0]!.replace('txnAmt=8850', 'txnAmt=50')
    expect(cheaper).not.toBe(bodies[0])
    const forged = shop.channel.readNotice({ headers: {}, body: cheaper })
    expect(forged).toEqual({ kind: 'refused', problem: 'signature' })
    const elsewhere = openUnionpay({ ...shop.account, merId: '777290000000002' })
    expect(elsewhere.readNotice({ headers: {}, body: bodies[0]! })).toEqual({
      kind: 'refused',
      problem: 'merId',
    })
    expect(shop.channel.readNotice({ headers: {}, body: '' })).toMatchObject({ kind: 'refused' })
  })
})

test('neither the road nor what it answers shows a key or a code', async () => {
  const shop = await open()
  fault(shop, { kind: 'server_error', operation: 'charge' })
  const digits = shop.unionpay.control.showCode('zhou')
  const outcome = await shop.channel.charge(orderOf(shop, { means: meansOf(digits) }))
  const shown = inspect([shop.channel, outcome], { depth: 9, showHidden: true })
  expect(shown).not.toContain(digits)
  expect(shown).not.toContain(shop.account.privateKey.slice(100, 140))
})

test('a certificate and a key that do not belong together are refused at once', async () => {
  const shop = await open()
  const { privateKeyPem } = await makeRsaKeyPair()
  const wrong = () => openUnionpay({ ...shop.account, privateKey: privateKeyPem })
  expect(wrong).toThrow(expect.objectContaining({ detail: { param: 'certificate' } }))
  expect(() => readPrivateKey('secret')).toThrow(
    'the private key of the UnionPay account is no RSA',
  )
  expect(() => readCertificate('secret')).toThrow('a certificate of the UnionPay account')
})

describe('a certificate that came with a message', async () => {
  const from = new Date('2026-01-01T00:00:00Z')
  const now = new Date('2026-11-23T04:00:00Z')
  const commonName = `041@8310000000083040@${unionpaySigner}@00016495`
  const root = makeAuthority('root', from)
  const otherRoot = makeAuthority('other root', from)
  const { publicKeyPem, privateKeyPem } = await makeRsaKeyPair()

  const signer = (authority = root, name = commonName) =>
    certify(authority, { name, publicKeyPem, from, days: 365 }).certificatePem
  const settings = {
    rootCertificates: [root.certificatePem],
    middleCertificates: [],
    signerNames: [unionpaySigner],
  }

  test('is believed when it comes from the root and names UnionPay', () => {
    const trust = openTrust(settings)
    expect(trust(signer(), now)?.type).toBe('public')
    expect(trust(signer().replaceAll('\n', '\r\n'), now)).not.toBeNull()
  })

  test.each([
    ['of another root', signer(otherRoot)],
    ['of another owner', signer(root, '041@Z12@00040001:SIGN@00000001')],
    ['that names the owner elsewhere', signer(root, `${unionpaySigner}@041@Z12@1`)],
    ['that its owner signed', makeAuthority(commonName, from).certificatePem],
    ['that is none', 'MIIB'],
    ['that is not there', ''],
  ])('%s is not believed', (_what, pem) => {
    expect(openTrust(settings)(pem, now)).toBeNull()
  })

  test('is believed within its time only, however often it was seen', () => {
    const trust = openTrust(settings)
    const pem = signer()
    expect(trust(pem, now)).not.toBeNull()
    expect(trust(pem, new Date('2025-12-31T00:00:00Z'))).toBeNull()
    expect(trust(pem, new Date('2027-06-01T00:00:00Z'))).toBeNull()
    expect(trust(pem, now)).not.toBeNull()
  })

  test('is not believed when its issuer may not issue', () => {
    const asAuthority = { name: commonName, privateKeyPem, certificatePem: signer() }
    const trust = openTrust({ ...settings, middleCertificates: [signer()] })
    expect(trust(signer(asAuthority), now)).toBeNull()
  })

  test('is believed from both roots while they are exchanged, and after many others', () => {
    const rootCertificates = [root.certificatePem, otherRoot.certificatePem]
    const trust = openTrust({ ...settings, rootCertificates })
    for (let count = 0; count < 6; count += 1) {
      expect(trust(signer(), now)).not.toBeNull()
      expect(trust(signer(otherRoot), now)).not.toBeNull()
    }
  })

  test('verifies a message over the digest of its text; empty fields may be left out', () => {
    const key = openTrust(settings)(signer(), now)!
    const message = { orderId: 'A1', respMsg: '成功[0000000]' }
    const signature = signatureOf(message, createPrivateKey(privateKeyPem))
    expect(isSigned({ ...message, signature }, key)).toBe(true)
    expect(isSigned({ ...message, empty: '', signature }, key)).toBe(true)
    expect(isSigned({ ...message, orderId: 'A2', signature }, key)).toBe(false)
    expect(isSigned({ ...message, more: '1', signature }, key)).toBe(false)
    expect(isSigned({ ...message, signature: '' }, key)).toBe(false)
    expect(isSigned(message, key)).toBe(false)
  })

  test('has its serial number in decimal as certId', () => {
    const { certificatePem } = certify(root, {
      name: 'x',
      publicKeyPem,
      from,
      serial: '1249654958',
    })
    expect(certIdOf(readCertificate(certificatePem))).toBe('78540786008')
  })
})
