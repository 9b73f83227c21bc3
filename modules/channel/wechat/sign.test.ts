import { createCipheriv, generateKeyPairSync, sign } from 'node:crypto'

import { expect, test } from 'vitest'
import { Aes, Formatter, Hash, Rsa } from 'wechatpay-axios-plugin'

import {
  authorizationV3,
  isSignedV2,
  linesOf,
  openRefundV2,
  openSealed,
  problemV3,
  signV2,
} from './sign.ts'

// The published vector: WeChat Pay V2, 签名算法 (4_3); the same in reference/protocols.md §2.2.
const published = {
  appid: 'wxd930ea5d5a258f4f',
  mch_id: '10000100',
  device_info: '1000',
  body: 'test',
  nonce_str: 'ibuaiVcKdpRxkhJA',
}
const KEY = '192006250b4c09247ec02edce69f6a2d'
const MD5 = '9A0A8659F005D6984697E2CA0A9CF3B7'
const HMAC = '6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6'

test('a V2 message is signed as the published vector is', () => {
  expect(signV2(published, KEY, 'MD5')).toBe(MD5)
  expect(signV2(published, KEY, 'HMAC-SHA256')).toBe(HMAC)
})

test('empty fields and the signature itself are not signed', () => {
  expect(signV2({ ...published, attach: '', sign: 'ABC' }, KEY, 'MD5')).toBe(MD5)
})

test('another client signs Chinese text and odd signs with the same result', () => {
  const fields = { ...published, body: '红糖&姜茶=1 杯', detail: '{"a":[1]}', Z: '1' }
  expect(signV2(fields, KEY, 'MD5')).toBe(Hash.sign('MD5', fields, KEY))
  expect(signV2(fields, KEY, 'HMAC-SHA256')).toBe(Hash.sign('HMAC-SHA256', fields, KEY))
})

test('a V2 message with another key, another kind of signature or a changed field is not signed', () => {
  const signed = { ...published, sign: HMAC }
  expect(isSignedV2(signed, KEY, 'HMAC-SHA256')).toBe(true)
  expect(isSignedV2(signed, 'another', 'HMAC-SHA256')).toBe(false)
  expect(isSignedV2(signed, KEY, 'MD5')).toBe(false)
  expect(isSignedV2({ ...signed, body: 'Test' }, KEY, 'HMAC-SHA256')).toBe(false)
  expect(isSignedV2(published, KEY, 'HMAC-SHA256')).toBe(false)
})

const ours = generateKeyPairSync('rsa', { modulusLength: 2048 })
const wechats = generateKeyPairSync('rsa', { modulusLength: 2048 })

test('what V3 signs is the published five lines', () => {
  const parts = [
    'GET',
    '/v3/certificates',
    '1554208460',
    '593BEC0C930BF1AFEB40B4A08C8FB242',
    '',
  ] as const
  expect(linesOf(parts)).toBe(
    'GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n',
  )
  expect(linesOf(parts)).toBe(Formatter.request(...parts))
})

test('a V3 request is signed as another client signs it', () => {
  const body = '{"description":"红糖姜茶"}'
  const header = authorizationV3(
    '1900009191',
    { privateKey: ours.privateKey, serial: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C' },
    { method: 'POST', target: '/v3/x?y=1', timestamp: '1554208460', nonce: 'n', body },
  )
  const pem = ours.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const signature = Rsa.sign(Formatter.request('POST', '/v3/x?y=1', '1554208460', 'n', body), pem)
  expect(header).toBe(
    'WECHATPAY2-SHA256-RSA2048 mchid="1900009191",nonce_str="n",timestamp="1554208460",' +
      `serial_no="1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C",signature="${signature}"`,
  )
})

const NOW = new Date('2026-01-02T03:04:05Z')
const platformKeys = new Map([['PUB_KEY_ID_01', wechats.publicKey]])

function answerOf(body: string, change: Record<string, string | undefined> = {}) {
  const timestamp = change['wechatpay-timestamp'] ?? String(NOW.getTime() / 1_000)
  const lines = Buffer.from(linesOf([timestamp, 'n0nce', body]))
  const headers = {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': 'n0nce',
    'wechatpay-serial': 'PUB_KEY_ID_01',
    'wechatpay-signature': sign('sha256', lines, wechats.privateKey).toString('base64'),
    ...change,
  }
  return { headers, body }
}

test('an answer that WeChat signed is WeChat’s, and another client agrees', () => {
  const answer = answerOf('{"code_url":"微信"}')
  expect(problemV3(answer, platformKeys, NOW)).toBeUndefined()
  const pem = wechats.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const lines = Formatter.response(answer.headers['wechatpay-timestamp'], 'n0nce', answer.body)
  expect(Rsa.verify(lines, answer.headers['wechatpay-signature'] ?? '', pem)).toBe(true)
})

const probe = `WECHATPAY/SIGNTEST/${answerOf('{}').headers['wechatpay-signature']?.slice(19)}`

test.each([
  ['without a signature', { 'wechatpay-signature': undefined }, 'UNSIGNED'],
  ['without a nonce', { 'wechatpay-nonce': undefined }, 'UNSIGNED'],
  ['with a key that we do not have', { 'wechatpay-serial': 'OTHER' }, 'UNKNOWN_SERIAL'],
  ['that is a probe', { 'wechatpay-signature': probe }, 'WRONG_SIGNATURE'],
  ['with the signature of another nonce', { 'wechatpay-nonce': 'other' }, 'WRONG_SIGNATURE'],
  ['of six minutes ago', { 'wechatpay-timestamp': '1767322685' }, 'STALE_STAMP'],
  ['of six minutes from now', { 'wechatpay-timestamp': '1767323406' }, 'STALE_STAMP'],
  ['of no moment', { 'wechatpay-timestamp': 'now' }, 'STALE_STAMP'],
])('an answer %s is refused', (_what, change, problem) => {
  expect(problemV3(answerOf('{}', change), platformKeys, NOW)).toBe(problem)
})

test('an answer whose body was changed is refused', () => {
  const answer = { ...answerOf('{"total":1}'), body: '{"total":2}' }
  expect(problemV3(answer, platformKeys, NOW)).toBe('WRONG_SIGNATURE')
})

test('while keys change, both are known', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
  const both = new Map([['5157F09EFDC096DE15EBE81A47057A72', other], ...platformKeys])
  expect(problemV3(answerOf('{}'), both, NOW)).toBeUndefined()
})

test('what is sealed opens as the published vector of AES-256-GCM does', () => {
  // Test case 14 of McGrew and Viega, The Galois/Counter Mode of Operation: all zeros.
  const bytes = Buffer.from(
    'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
    'hex',
  )
  const sealed = {
    ciphertext: bytes.toString('base64'),
    nonce: '\0'.repeat(12),
    associatedData: '',
  }
  expect(openSealed(sealed, Buffer.alloc(32))).toBe('\0'.repeat(16))
})

test('what another client seals opens, and nothing that was changed does', () => {
  const key = 'a'.repeat(32)
  const ciphertext = Aes.AesGcm.encrypt('{"总":1}', key, 'fdasflkja484', 'transaction')
  const sealed = { ciphertext, nonce: 'fdasflkja484', associatedData: 'transaction' }
  const apiKey = Buffer.from(key)
  expect(openSealed(sealed, apiKey)).toBe('{"总":1}')
  expect(openSealed({ ...sealed, associatedData: 'refund' }, apiKey)).toBeUndefined()
  expect(openSealed(sealed, Buffer.from('b'.repeat(32)))).toBeUndefined()
  expect(openSealed({ ...sealed, ciphertext: `A${ciphertext.slice(1)}` }, apiKey)).toBeUndefined()
  expect(openSealed({ ...sealed, ciphertext: 'AAAA' }, apiKey)).toBeUndefined()
  expect(openSealed({ ...sealed, nonce: '' }, apiKey)).toBeUndefined()
})

test('what V2 hides in the notice of a refund opens with our key only', () => {
  const key = Hash.md5(KEY)
  const cipher = createCipheriv('aes-256-ecb', key, null)
  const hidden = Buffer.concat([cipher.update('<root></root>', 'utf8'), cipher.final()])
  expect(openRefundV2(hidden.toString('base64'), KEY)).toBe('<root></root>')
  expect(openRefundV2(hidden.toString('base64'), 'another')).not.toBe('<root></root>')
  expect(openRefundV2('AAAA', KEY)).toBeUndefined()
})
