import { createPrivateKey, randomUUID } from 'node:crypto'
import { inspect } from 'node:util'

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

import { systemClock } from '../../modules/lib/clock.ts'
import { newId } from '../../modules/lib/ids.ts'
import type {
  Channel,
  ChargeOrder,
  ReadNotice,
  RefundOrder,
} from '../../modules/channel/channel.ts'
import { authorizationV3, signV2 } from '../../modules/channel/wechat/sign.ts'
import type { WechatAccount } from '../../modules/channel/wechat/wechat.ts'
import { openWechat } from '../../modules/channel/wechat/wechat.ts'
import { writeXml } from '../../modules/channel/wechat/xml.ts'
import { compileIssuers, parse, shippedIssuers } from '../../modules/paycode/paycode.ts'
import type { FaultRule } from '../../sandbox/counterpart/faults.ts'
import type { RunningServer } from '../../sandbox/counterpart/http.ts'
import { startServer } from '../../sandbox/counterpart/http.ts'
import type { Wechat } from '../../sandbox/wechat/wechat.ts'
import { startWechat } from '../../sandbox/wechat/wechat.ts'

// The adapter against the counterpart, which was written apart from it: real signatures, real TLS.

const issuers = compileIssuers(shippedIssuers, systemClock())
const TIMEOUT_MS = 1_500

let wechat: Wechat
let ourServer: RunningServer
// Whoever listens to notices right now.
let listener: Channel
let heard: ReadNotice[] = []

beforeAll(async () => {
  wechat = await startWechat({ port: 0, tlsPort: 0, seed: 'channel-wechat' })
  ourServer = await startServer({
    port: 0,
    respond: ({ headers, text }) => {
      const single = Object.entries(headers).map(([name, value]) => [name, String(value)])
      const notice = listener.readNotice({ headers: Object.fromEntries(single), body: text })
      heard.push(notice)
      const { status, contentType, body } = listener.replyTo(notice)
      return { status, headers: { 'content-type': contentType }, ...(body !== '' && { body }) }
    },
  })
})

afterEach(() => {
  wechat.control.faults.clear()
  heard = []
})

afterAll(async () => {
  await Promise.all([wechat.close(), ourServer.close()])
})

type Version = 'v2' | 'v3'

function accountOf(version: Version, change: Partial<WechatAccount> = {}): WechatAccount {
  const { platform, merchants, authority } = wechat.control.accounts
  const merchant = merchants[0]!
  const { certificatePem, privateKeyPem } = merchant
  return {
    baseUrl: wechat.url,
    certificateUrl: wechat.tlsUrl!,
    version,
    appId: merchant.appids[0]!,
    mchId: merchant.mchid,
    v2: {
      apiKey: merchant.apiKeyV2,
      certificate: { certificatePem, privateKeyPem, authorityPem: authority.certificatePem },
    },
    v3: {
      apiKey: merchant.apiKeyV3,
      privateKeyPem,
      serial: merchant.serial,
      platformKeys: {
        [platform.publicKeyId]: platform.publicKeyPem,
        [platform.serial]: platform.certificatePem,
      },
    },
    timeoutMs: TIMEOUT_MS,
    ...change,
  }
}

const open = (version: Version, change: Partial<WechatAccount> = {}): Channel =>
  openWechat(accountOf(version, change))

const unknown = { kind: 'unknown', waitsFor: 'channel' } as const

const chargeId = (): string => newId('pay').slice(0, 32)

function orderOf(amountMinor: bigint, payer = 'wang'): ChargeOrder {
  return {
    chargeId: chargeId(),
    means: { kind: 'code', code: parse(wechat.control.showCode(payer), issuers).ok! },
    amountMinor,
    currency: 'CNY',
    description: '演示商店 & 姜茶',
    terminalId: 'trm_1',
    storeId: 'str_1',
    ip: '203.0.113.9',
    startedAt: systemClock(),
  }
}

function refundOf(order: ChargeOrder, refundMinor: bigint): RefundOrder {
  return {
    chargeId: order.chargeId,
    channelRef: '',
    chargedAt: order.startedAt,
    refundId: `rfd_${randomUUID().replaceAll('-', '').slice(0, 26)}`,
    refundMinor,
    chargeMinor: order.amountMinor,
    currency: 'CNY',
    reason: '少一杯',
    startedAt: systemClock(),
  }
}

const fault = (rule: FaultRule) => wechat.control.faults.add(rule)
const stateOf = ({ chargeId: outTradeNo }: ChargeOrder): string | undefined =>
  wechat.control.books().orders.find((order) => order.outTradeNo === outTradeNo)?.state
const balanceOf = (payer: string): bigint => wechat.control.books().balances[`payer:${payer}`] ?? 0n

async function postJson(path: string, body: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(wechat.url + path, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  return answer.status
}

const typePassword = (payer: string, order: ChargeOrder, action: 'confirm' | 'cancel') =>
  postJson(`/phone/${payer}/password`, { order_no: order.chargeId, action, password: '123456' })

describe.each<Version>(['v2', 'v3'])('over %s', (version) => {
  test('a charge is paid, and a query says the same', async () => {
    const channel = open(version)
    const order = orderOf(888n)
    const charged = await channel.charge(order)
    expect(charged).toEqual({
      kind: 'succeeded',
      channelRef: expect.stringMatching(/^4200\d{24}$/),
      paidAt: expect.any(Date),
      payerPaidMinor: 888n,
      payer: expect.stringMatching(/^oUpF….{4}$/),
    })
    expect(await channel.query(order)).toEqual(charged)
    expect(stateOf(order)).toBe('SUCCESS')
  })

  test('a charge that waits for the password is paid some queries later', async () => {
    const channel = open(version)
    const order = orderOf(1_002n)
    const waiting = { kind: 'unknown', waitsFor: 'payer', channelCode: 'USERPAYING' }
    expect(await channel.charge(order)).toEqual(waiting)
    expect(await channel.query(order)).toEqual(waiting)
    expect(await channel.query(order)).toEqual(waiting)
    expect(await channel.query(order)).toMatchObject({ kind: 'succeeded', payerPaidMinor: 1_002n })
  })

  test('a large charge is paid when the payer types the password', async () => {
    const channel = open(version)
    const order = orderOf(100_100n)
    expect(await channel.charge(order)).toMatchObject({ kind: 'unknown', waitsFor: 'payer' })
    expect(await typePassword('wang', order, 'confirm')).toBe(200)
    expect(await channel.query(order)).toMatchObject({ kind: 'succeeded' })
  })

  test('a charge that the payer cancels stays unknown until it is reversed', async () => {
    const channel = open(version)
    const order = orderOf(100_100n)
    await channel.charge(order)
    await typePassword('wang', order, 'cancel')
    const failed = { ...unknown, channelCode: 'PAYERROR', reverseNow: true }
    expect(await channel.query(order)).toEqual(failed)
    expect(await channel.reverse(order)).toMatchObject({ kind: 'reversed' })
    expect(await channel.query(order)).toEqual({ kind: 'reversed', channelCode: 'REVOKED' })
  })

  test.each<FaultRule['kind']>(['answer_lost', 'truncated', 'system_error', 'wrong_signature'])(
    'a charge is unknown when it is paid and %s, until a query says that it was paid',
    async (kind) => {
      const channel = open(version)
      const order = orderOf(888n)
      fault({ kind, operation: 'charge', orderNo: order.chargeId })
      const charged = await channel.charge(order)
      expect(charged).toMatchObject({ kind: 'unknown', waitsFor: 'channel' })
      expect(stateOf(order)).toBe('SUCCESS')
      expect(await channel.query(order)).toMatchObject({ kind: 'succeeded' })
    },
  )

  test.each<FaultRule['kind']>(['down', 'server_error', 'request_lost', 'busy'])(
    'a charge is unknown when WeChat is %s, until a query says that there is none',
    async (kind) => {
      const channel = open(version)
      const order = orderOf(888n)
      fault({ kind, operation: 'charge', orderNo: order.chargeId })
      expect(await channel.charge(order)).toMatchObject({ kind: 'unknown', waitsFor: 'channel' })
      expect(await channel.query(order)).toMatchObject({ kind: 'unknown', waitsFor: 'channel' })
      const old = { ...order, startedAt: new Date(order.startedAt.getTime() - 30_000) }
      expect(await channel.query(old)).toMatchObject({ kind: 'not_found' })
    },
  )

  test.each<FaultRule['kind']>(['server_error', 'truncated', 'wrong_signature', 'busy', 'down'])(
    'a query of a paid charge is unknown while WeChat is %s',
    async (kind) => {
      const channel = open(version)
      const order = orderOf(888n)
      await channel.charge(order)
      fault({ kind, operation: 'query', orderNo: order.chargeId })
      expect(await channel.query(order)).toMatchObject({ kind: 'unknown', waitsFor: 'channel' })
      expect(await channel.query(order)).toMatchObject({ kind: 'succeeded' })
    },
  )

  test('a charge that is answered too late is unknown', async () => {
    const channel = open(version, { timeoutMs: 300 })
    const order = orderOf(888n)
    fault({ kind: 'slow', value: 900, orderNo: order.chargeId })
    const outcome = { ...unknown, channelCode: 'NO_ANSWER', isIll: true }
    expect(await channel.charge(order)).toEqual(outcome)
  })

  test('a charge at an address where nobody listens is unknown', async () => {
    const channel = open(version, { baseUrl: 'http://127.0.0.1:9' })
    expect(await channel.charge(orderOf(888n))).toMatchObject({ kind: 'unknown' })
  })

  test('a payer without money is declined, and nothing moves', async () => {
    const before = balanceOf('zhao')
    const order = orderOf(888n, 'zhao')
    const declined = await open(version).charge(order)
    expect(declined).toMatchObject({ kind: 'declined', reason: 'insufficient_funds' })
    expect(balanceOf('zhao')).toBe(before)
  })

  test('a code that is expired, used or unknown is declined', async () => {
    const channel = open(version)
    const paid = orderOf(888n)
    await channel.charge(paid)
    const unknownCode = parse('130061098828009406', issuers).ok!
    const declined = await Promise.all([
      channel.charge(orderOf(905n)),
      channel.charge({ ...orderOf(888n), means: paid.means }),
      channel.charge({ ...orderOf(888n), means: { kind: 'code', code: unknownCode } }),
    ])
    expect(declined.map(({ kind }) => kind)).toEqual(['declined', 'declined', 'declined'])
    const reasons = declined.map((one) => ('reason' in one ? one.reason : ''))
    expect(reasons).toEqual(['code_expired', 'code_used', 'code_invalid'])
    const plain = declined.map((one) => ('channelCode' in one ? one.channelCode : ''))
    expect(plain.map((code) => code.replaceAll('_', ''))).toEqual([
      'AUTHCODEEXPIRE',
      'AUTHCODEERROR',
      'AUTHCODEINVALID',
    ])
  })

  test('a charge that is sent twice is paid once, and the second answer does not say declined', async () => {
    const channel = open(version)
    const order = orderOf(888n, 'li')
    const before = balanceOf('li')
    await channel.charge(order)
    expect(await channel.charge(order)).toMatchObject({ kind: 'unknown', waitsFor: 'channel' })
    expect(await channel.query(order)).toMatchObject({ kind: 'succeeded' })
    expect(balanceOf('li')).toBe(before - 888n)
  })

  test('a reversal ends a charge that waits, and it is never paid', async () => {
    const channel = open(version)
    const order = orderOf(1_002n)
    await channel.charge(order)
    expect(await channel.reverse(order)).toMatchObject({ kind: 'reversed', wasPaid: null })
    expect(await channel.query(order)).toEqual({ kind: 'reversed', channelCode: 'REVOKED' })
  })

  test('a reversal gives a paid charge back, and may be sent again', async () => {
    const channel = open(version)
    const before = balanceOf('li')
    const order = orderOf(888n, 'li')
    await channel.charge(order)
    expect(balanceOf('li')).toBe(before - 888n)
    expect(await channel.reverse(order)).toMatchObject({ kind: 'reversed' })
    expect(await channel.reverse(order)).toMatchObject({ kind: 'reversed' })
    expect(balanceOf('li')).toBe(before)
  })

  test('a charge that comes after its own reversal is refused for good', async () => {
    const channel = open(version)
    const order = orderOf(888n)
    expect(await channel.reverse(order)).toMatchObject({ kind: 'reversed' })
    expect(await channel.charge(order)).toMatchObject({ kind: 'reversed' })
    expect(await channel.query(order)).toMatchObject({ kind: 'reversed' })
  })

  test('a reversal is called again for as long as WeChat asks for it', async () => {
    const channel = open(version)
    const order = orderOf(888n)
    await channel.charge(order)
    fault({ kind: 'recall', value: 2, operation: 'reverse', orderNo: order.chargeId })
    expect(await channel.reverse(order)).toMatchObject({ kind: 'again' })
    expect(await channel.reverse(order)).toMatchObject({ kind: 'again' })
    expect(stateOf(order)).toBe('SUCCESS')
    expect(await channel.reverse(order)).toMatchObject({ kind: 'reversed' })
    expect(stateOf(order)).toBe('REVOKED')
  })

  test.each<FaultRule['kind']>([
    'answer_lost',
    'system_error',
    'truncated',
    'wrong_signature',
    'server_error',
    'busy',
  ])('a reversal is not done as long as WeChat is %s', async (kind) => {
    const channel = open(version)
    const order = orderOf(888n)
    await channel.charge(order)
    fault({ kind, operation: 'reverse', orderNo: order.chargeId })
    expect(await channel.reverse(order)).toMatchObject({ kind: 'again' })
    expect(await channel.reverse(order)).toMatchObject({ kind: 'reversed' })
  })

  test('a charge that is paid after its reversal is told as paid', async () => {
    const channel = open(version)
    const order = orderOf(1_002n)
    await channel.charge(order)
    fault({ kind: 'late_success', value: 5_000, orderNo: order.chargeId })
    expect(await channel.reverse(order)).toMatchObject({ kind: 'reversed' })
    await wechat.control.clock.advance(5_000)
    expect(await channel.query(order)).toMatchObject({ kind: 'succeeded' })
  })

  test('a charge that has refunds cannot be reversed', async () => {
    const channel = open(version)
    const order = orderOf(888n)
    await channel.charge(order)
    await channel.refund(refundOf(order, 8n))
    expect(await channel.reverse(order)).toMatchObject({
      kind: 'refused',
      channelCode: 'TRADE_ERROR',
    })
  })

  test('a part is refunded once, however often it is asked for, and the rest after it', async () => {
    const channel = open(version)
    const before = balanceOf('li')
    const order = orderOf(888n, 'li')
    await channel.charge(order)
    const part = refundOf(order, 88n)
    const processing = { kind: 'accepted', channelCode: 'PROCESSING' }
    expect(await channel.refund(part)).toEqual(processing)
    expect(await channel.refund(part)).toEqual(processing)
    expect(await channel.queryRefund(part)).toEqual(processing)
    await wechat.control.clock.advance(2_000)
    const done = { kind: 'succeeded', refundRef: expect.stringMatching(/^5030\d+$/) }
    expect(await channel.queryRefund(part)).toEqual(done)
    expect(balanceOf('li')).toBe(before - 800n)

    const rest = refundOf(order, 800n)
    await channel.refund(rest)
    await wechat.control.clock.advance(2_000)
    expect(await channel.queryRefund(rest)).toEqual(done)
    expect(balanceOf('li')).toBe(before)
    expect(await channel.query(order)).toMatchObject({ kind: 'succeeded' })
  })

  test('a refund of more than is left is declined, and nothing moves', async () => {
    const channel = open(version)
    const order = orderOf(888n, 'li')
    await channel.charge(order)
    await channel.refund(refundOf(order, 800n))
    const tooMuch = refundOf(order, 89n)
    expect(await channel.refund(tooMuch)).toMatchObject({ kind: 'declined' })
    expect(await channel.queryRefund(tooMuch)).toMatchObject({ kind: 'unknown' })
    const { refunds } = wechat.control.books()
    expect(refunds.filter((made) => made.outTradeNo === order.chargeId)).toHaveLength(1)
  })

  test('a refund whose answer is lost is unknown, and is found by its number', async () => {
    const channel = open(version)
    const order = orderOf(888n)
    await channel.charge(order)
    const refund = refundOf(order, 100n)
    fault({ kind: 'answer_lost', operation: 'refund', orderNo: order.chargeId })
    expect(await channel.refund(refund)).toEqual({
      kind: 'unknown',
      channelCode: 'NO_ANSWER',
      isIll: true,
    })
    await wechat.control.clock.advance(2_000)
    expect(await channel.queryRefund(refund)).toMatchObject({ kind: 'succeeded' })
  })

  test('nothing that the adapter says holds a code or a key', async () => {
    const account = accountOf(version)
    const order = orderOf(888n)
    const digits = order.means.kind === 'code' ? order.means.code.reveal() : ''
    const channel = openWechat(account)
    const said = [await channel.charge(order), await channel.query(order), channel, order]
    const text = inspect(said, { depth: null })
    for (const secret of [digits, account.v2!.apiKey, account.v3!.apiKey]) {
      expect(text).not.toContain(secret)
    }
  })
})

// A native order is the way to a payment's notice: scanned codes have none.
async function makeNative(version: Version, orderNo: string): Promise<string> {
  const account = accountOf(version)
  const notifyUrl = `${ourServer.url}/notices`
  if (version === 'v2') {
    const fields = {
      appid: account.appId,
      mch_id: account.mchId,
      nonce_str: randomUUID().replaceAll('-', ''),
      body: '姜茶',
      out_trade_no: orderNo,
      total_fee: '500',
      spbill_create_ip: '203.0.113.9',
      notify_url: notifyUrl,
      trade_type: 'NATIVE',
      product_id: '1',
    }
    const body = writeXml({ ...fields, sign: signV2(fields, account.v2!.apiKey, 'MD5') })
    const answer = await fetch(`${wechat.url}/pay/unifiedorder`, { method: 'POST', body })
    return /<code_url><!\[CDATA\[(.*?)\]\]>/.exec(await answer.text())![1]!
  }
  const target = '/v3/pay/transactions/native'
  const body = JSON.stringify({
    appid: account.appId,
    mchid: account.mchId,
    description: '姜茶',
    out_trade_no: orderNo,
    notify_url: notifyUrl,
    amount: { total: 500, currency: 'CNY' },
  })
  const authorization = authorizationV3(
    account.mchId,
    { privateKey: createPrivateKey(account.v3!.privateKeyPem), serial: account.v3!.serial },
    {
      method: 'POST',
      target,
      timestamp: String(Math.floor(systemClock().getTime() / 1_000)),
      nonce: 'nonce',
      body,
    },
  )
  const headers = { authorization, 'content-type': 'application/json' }
  const answer = await fetch(wechat.url + target, { method: 'POST', headers, body })
  return ((await answer.json()) as { code_url: string }).code_url
}

describe.each<Version>(['v2', 'v3'])('notices of %s', (version) => {
  const payNative = async () => {
    listener = open(version, { noticeUrl: `${ourServer.url}/notices` })
    const orderNo = chargeId()
    const codeUrl = await makeNative(version, orderNo)
    const pay = async () => {
      const paid = await postJson('/phone/wang/pay', { code_url: codeUrl, password: '123456' })
      expect(paid).toBe(200)
      await wechat.control.idle()
    }
    return { orderNo, pay }
  }

  test('a payment is told, and taken', async () => {
    const { orderNo, pay } = await payNative()
    await pay()
    expect(heard).toEqual([
      {
        kind: 'charge',
        chargeId: orderNo,
        amountMinor: 500n,
        outcome: expect.objectContaining({ kind: 'succeeded', payerPaidMinor: 500n }),
      },
    ])
    expect(wechat.control.deliveries().at(-1)).toMatchObject({ orderNo, accepted: true })
  })

  test('a payment that is told twice is read the same twice', async () => {
    const { orderNo, pay } = await payNative()
    fault({ kind: 'notice_duplicate', operation: 'notice', orderNo })
    await pay()
    expect(heard).toHaveLength(2)
    expect(heard[1]).toEqual(heard[0])
  })

  test('a forged notice is refused, and the true one that follows is taken', async () => {
    const { orderNo, pay } = await payNative()
    fault({ kind: 'wrong_signature', operation: 'notice', orderNo })
    await pay()
    expect(heard).toEqual([{ kind: 'refused', problem: 'WRONG_SIGNATURE' }])
    expect(wechat.control.deliveries().at(-1)).toMatchObject({ accepted: false, status: 400 })
    await wechat.control.clock.advance(15_000)
    await wechat.control.idle()
    const told = heard.filter((notice) => notice.kind === 'charge' && notice.chargeId === orderNo)
    expect(told).toHaveLength(1)
  })

  test('a notice for another merchant is refused', async () => {
    const { pay } = await payNative()
    listener = open(version, { mchId: '1900000999' })
    await pay()
    expect(heard).toEqual([{ kind: 'refused', problem: 'OTHER_MERCHANT' }])
  })

  test('a notice under keys that are not ours is refused', async () => {
    const { pay } = await payNative()
    const { v2, v3 } = accountOf(version)
    const [other] = Object.values(v3!.platformKeys)
    listener = open(version, {
      v2: { ...v2!, apiKey: 'x'.repeat(32) },
      v3: { ...v3!, platformKeys: { '0123456789ABCDEF': other! } },
    })
    await pay()
    const problem = version === 'v2' ? 'WRONG_SIGNATURE' : 'UNKNOWN_SERIAL'
    expect(heard).toEqual([{ kind: 'refused', problem }])
  })

  test('a refund is told; V2 does not sign it, so there it only says to ask', async () => {
    const channel = open(version, { noticeUrl: `${ourServer.url}/notices` })
    listener = channel
    const order = orderOf(888n)
    await channel.charge(order)
    const refund = refundOf(order, 88n)
    await channel.refund(refund)
    await wechat.control.clock.advance(2_000)
    await wechat.control.idle()
    const outcome =
      version === 'v2'
        ? { kind: 'unknown', channelCode: 'ASK_NOW' }
        : { kind: 'succeeded', refundRef: expect.stringMatching(/^5030/) }
    expect(heard).toEqual([{ kind: 'refund', refundId: refund.refundId, outcome }])
    expect(await channel.queryRefund(refund)).toMatchObject({ kind: 'succeeded' })
  })

  test.each([
    ['a page', '<html></html>'],
    ['nothing', ''],
    ['JSON of nobody', '{"resource":{}}'],
    ['XML of nobody', '<xml><return_code>SUCCESS</return_code></xml>'],
  ])('%s in place of a notice is refused', (_what, body) => {
    const channel = open(version)
    const notice = channel.readNotice({ headers: {}, body })
    expect(notice.kind).toBe('refused')
    expect(channel.replyTo(notice).status).toBe(400)
  })
})

describe('the account', () => {
  test('an answer of V3 that is signed over other bytes is unknown', async () => {
    const channel = open('v3')
    const order = orderOf(888n)
    fault({ kind: 'wrong_signature', value: 1, orderNo: order.chargeId })
    expect(await channel.charge(order)).toMatchObject({ channelCode: 'WRONG_SIGNATURE' })
    expect(await channel.query(order)).toMatchObject({ kind: 'succeeded' })
  })

  test('V2 may sign with MD5', async () => {
    const { v2 } = accountOf('v2')
    const channel = open('v2', { v2: { ...v2!, signType: 'MD5' } })
    expect(await channel.charge(orderOf(888n))).toMatchObject({ kind: 'succeeded' })
  })

  test('with a wrong V2 key all is unknown, and the word in the log says why', async () => {
    const { v2 } = accountOf('v2')
    const channel = open('v2', { v2: { ...v2!, apiKey: 'x'.repeat(32) } })
    const outcome = { ...unknown, channelCode: 'SIGNERROR', isIll: true }
    expect(await channel.charge(orderOf(888n))).toEqual(outcome)
  })

  test('with a wrong V3 serial all is unknown, and the word in the log says why', async () => {
    const { v3 } = accountOf('v3')
    const channel = open('v3', { v3: { ...v3!, serial: 'ABCDEF' } })
    const outcome = { ...unknown, channelCode: 'HTTP_401', isIll: true }
    expect(await channel.charge(orderOf(888n))).toEqual(outcome)
  })

  test('V2 does not reverse or refund without the client certificate', async () => {
    const { v2, certificateUrl: _tls, ...account } = accountOf('v2')
    const bare = openWechat({ ...account, v2: { apiKey: v2!.apiKey } })
    const order = orderOf(888n)
    await bare.charge(order)
    expect(await bare.reverse(order)).toEqual({
      kind: 'again',
      channelCode: 'HTTP_400',
      isIll: true,
    })
    expect(await bare.refund(refundOf(order, 8n))).toEqual({
      kind: 'unknown',
      isIll: true,
      channelCode: 'HTTP_400',
    })
    expect(stateOf(order)).toBe('SUCCESS')
  })

  test('a server that nobody vouches for is told nothing', async () => {
    const { v2 } = accountOf('v2')
    const { authorityPem: _authority, ...certificate } = v2!.certificate!
    const channel = open('v2', { v2: { ...v2!, certificate } })
    const order = orderOf(888n)
    await channel.charge(order)
    expect(await channel.reverse(order)).toEqual({
      kind: 'again',
      channelCode: 'NO_ANSWER',
      isIll: true,
    })
    expect(stateOf(order)).toBe('SUCCESS')
  })

  test('while WeChat changes its key, answers under either one are read', async () => {
    const { platform } = wechat.control.accounts
    const { v3 } = accountOf('v3')
    const other = { ABCDEF: v3!.platformKeys[platform.serial]! }
    const bySerial = (platformKeys: Record<string, string>) =>
      open('v3', { v3: { ...v3!, platformKeys: { ...other, ...platformKeys } } })
    const byCertificate = bySerial({ [platform.serial]: platform.certificatePem })
    const byPublicKey = bySerial({ [platform.publicKeyId]: platform.publicKeyPem })
    const byNeither = bySerial({})
    const order = orderOf(888n)
    expect(await byNeither.charge(order)).toMatchObject({ channelCode: 'UNKNOWN_SERIAL' })
    expect(await byCertificate.query(order)).toMatchObject({ kind: 'succeeded' })
    expect(await byPublicKey.query(order)).toMatchObject({ kind: 'succeeded' })
  })

  test.each<[string, Version, (account: WechatAccount) => Partial<WechatAccount>]>([
    ['baseUrl', 'v2', () => ({ baseUrl: 'api.mch.weixin.qq.com' })],
    ['mchId', 'v2', () => ({ mchId: '' })],
    ['v2.apiKey', 'v2', ({ v2 }) => ({ v2: { ...v2!, apiKey: '' } })],
    [
      'v2.certificate',
      'v2',
      ({ v2 }) => ({
        v2: { ...v2!, certificate: { ...v2!.certificate!, privateKeyPem: 'secret' } },
      }),
    ],
    ['v3.apiKey', 'v3', ({ v3 }) => ({ v3: { ...v3!, apiKey: 'secret' } })],
    ['v3.privateKeyPem', 'v3', ({ v3 }) => ({ v3: { ...v3!, privateKeyPem: 'secret' } })],
    ['v3.serial', 'v3', ({ v3 }) => ({ v3: { ...v3!, serial: '' } })],
    ['v3.platformKeys', 'v3', ({ v3 }) => ({ v3: { ...v3!, platformKeys: {} } })],
  ])('%s that cannot be used is named, and not shown', (param, version, change) => {
    const account = accountOf(version)
    let thrown: unknown
    try {
      openWechat({ ...account, ...change(account) })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'INVALID_REQUEST', detail: { param } })
    expect(JSON.stringify(thrown) + String((thrown as Error).stack)).not.toContain('secret')
  })

  test('the schedule is the published one, with what the account changes', () => {
    expect(open('v2', { schedule: { everyMs: 3_000 } }).schedule).toMatchObject({
      queriesMs: [5_000],
      everyMs: 3_000,
      giveUpMs: 45_000,
      reverseNotBeforeMs: 15_000,
    })
  })
})

test('after all of it the counterpart’s own books add up', async () => {
  await wechat.control.clock.advance(60_000)
  expect(wechat.control.books().wrong).toEqual([])
})
