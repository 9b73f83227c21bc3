import { generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'
import { Formatter, Hash, Rsa, Transformer } from 'wechatpay-axios-plugin'

import { compileIssuers, parse, shippedIssuers } from '../../paycode/paycode.ts'
import type { Channel, ChargeOrder } from '../channel.ts'
import type { WechatAccount } from './wechat.ts'
import { openWechat } from './wechat.ts'

// Partner mode, which is how a bank as acquirer is reached. WeChat's side is played by another
// client's signatures.

const NOW = new Date('2026-01-02T03:04:05Z')
const KEY = '192006250b4c09247ec02edce69f6a2d'
const ours = generateKeyPairSync('rsa', { modulusLength: 2048 })
const wechats = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pemOf = (key: typeof ours.privateKey) =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString()

const account: WechatAccount = {
  baseUrl: 'https://gateway.bank.example/wx/',
  appId: 'wx8888888888888888',
  mchId: '1900000109',
  subMchId: '1900000200',
  v2: { apiKey: KEY },
  v3: {
    apiKey: KEY,
    privateKeyPem: pemOf(ours.privateKey),
    serial: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
    platformKeys: { PUB_KEY_ID_01: pemOf(wechats.publicKey) },
  },
}

const order: ChargeOrder = {
  chargeId: 'pay_00000001',
  means: {
    kind: 'code',
    code: parse('130061098828009406', compileIssuers(shippedIssuers, NOW)).ok!,
  },
  amountMinor: 888n,
  currency: 'CNY',
  description: '姜茶',
  terminalId: 'trm_1',
  storeId: 'str_1',
  ip: '203.0.113.9',
  startedAt: NOW,
}

type Sent = { url: string; headers: Headers; body: string }

function answering(
  version: 'v2' | 'v3',
  answer: () => Response,
): { channel: Channel; sent: Sent[] } {
  const sent: Sent[] = []
  const play = (url: URL | RequestInfo, init?: RequestInit) => {
    const headers = new Headers(init?.headers)
    sent.push({ url: String(url as URL), headers, body: String(init?.body as string) })
    return Promise.resolve(answer())
  }
  const channel = openWechat({ ...account, version }, { clock: () => NOW, fetch: play })
  return { channel, sent }
}

function answerV2(change: Record<string, string>): Response {
  const fields: Record<string, string> = {
    return_code: 'SUCCESS',
    result_code: 'SUCCESS',
    appid: account.appId,
    mch_id: account.mchId,
    sub_mch_id: '1900000200',
    nonce_str: 'n',
    out_trade_no: order.chargeId,
    total_fee: '888',
    cash_fee: '888',
    transaction_id: '4200000000202601010000000001',
    time_end: '20260102110405',
    ...change,
  }
  const sign = Hash.sign('HMAC-SHA256', fields, KEY)
  return new Response(Transformer.toXml({ ...fields, sign }))
}

function answerV3(change: Record<string, unknown>): Response {
  const body = JSON.stringify({
    sp_mchid: account.mchId,
    sub_mchid: '1900000200',
    out_trade_no: order.chargeId,
    transaction_id: '4200000000202601010000000001',
    trade_state: 'SUCCESS',
    success_time: '2026-01-02T11:04:05+08:00',
    amount: { total: 888, payer_total: 888, currency: 'CNY' },
    ...change,
  })
  const timestamp = String(NOW.getTime() / 1_000)
  const signature = Rsa.sign(Formatter.response(timestamp, 'n', body), pemOf(wechats.privateKey))
  return new Response(body, {
    headers: {
      'Wechatpay-Timestamp': timestamp,
      'Wechatpay-Nonce': 'n',
      'Wechatpay-Serial': 'PUB_KEY_ID_01',
      'Wechatpay-Signature': signature,
    },
  })
}

const paid = { kind: 'succeeded', paidAt: NOW, payerPaidMinor: 888n }

test('a charge over V2 names the merchant behind the bank, and is signed as another client would', async () => {
  const { channel, sent } = answering('v2', () => answerV2({}))
  expect(await channel.charge(order)).toMatchObject(paid)
  expect(sent[0]?.url).toBe('https://gateway.bank.example/wx/pay/micropay')
  const fields = Transformer.toObject(sent[0]!.body) as Record<string, string>
  expect(fields).toMatchObject({ mch_id: '1900000109', sub_mch_id: '1900000200' })
  const { sign, ...signed } = fields
  expect(sign).toBe(Hash.sign('HMAC-SHA256', signed, KEY))
})

test('a charge over V3 names the merchant behind the bank, and is signed as another client would', async () => {
  const { channel, sent } = answering('v3', () => answerV3({}))
  expect(await channel.charge(order)).toMatchObject(paid)
  const { url, headers, body } = sent[0]!
  const target = '/wx/v3/pay/partner/transactions/codepay'
  expect(url).toBe(`https://gateway.bank.example${target}`)
  expect(headers.get('wechatpay-serial')).toBe('PUB_KEY_ID_01')
  const [, nonce, signature] =
    /nonce_str="(\w+)",.*signature="([^"]+)"/.exec(headers.get('authorization') ?? '') ?? []
  const lines = Formatter.request('POST', target, String(NOW.getTime() / 1_000), nonce!, body)
  expect(Rsa.verify(lines, signature!, pemOf(ours.publicKey))).toBe(true)
})

test('an answer for another merchant of the same bank is unknown', async () => {
  const other = { kind: 'unknown', waitsFor: 'channel', channelCode: 'OTHER_MERCHANT', isIll: true }
  const v2 = answering('v2', () => answerV2({ sub_mch_id: '1900000201' })).channel
  const v3 = answering('v3', () => answerV3({ sub_mchid: '1900000201' })).channel
  expect(await v2.charge(order)).toEqual(other)
  expect(await v3.query(order)).toEqual(other)
})

test('an answer of another signature kind than ours is unknown', async () => {
  const { channel } = answering('v2', () => {
    const fields = { return_code: 'SUCCESS', result_code: 'SUCCESS', mch_id: account.mchId }
    return new Response(Transformer.toXml({ ...fields, sign: Hash.sign('MD5', fields, KEY) }))
  })
  expect(await channel.charge(order)).toMatchObject({ channelCode: 'WRONG_SIGNATURE' })
})

test('a machine that breaks the connection makes nothing of it but unknown', async () => {
  const { channel } = answering('v2', () => {
    throw new TypeError('fetch failed for 130061098828009406')
  })
  const outcome = { kind: 'unknown', waitsFor: 'channel', channelCode: 'NO_ANSWER', isIll: true }
  expect(await channel.charge(order)).toEqual(outcome)
})
