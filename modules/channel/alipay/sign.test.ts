import { generateKeyPairSync } from 'node:crypto'

import { describe, expect, test } from 'vitest'

import { beijingTime, readBeijingTime } from './beijing.ts'
import {
  isNoticeSigned,
  isSigned,
  readPrivateKey,
  readPublicKey,
  readSignedAnswer,
  signedText,
  signRsa2,
} from './sign.ts'

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const [alipay, next, stranger] = [pair(), pair(), pair()]
const keys = [alipay.publicKey]

const pay = 'alipay.trade.pay'
const content = '{"code":"10000","out_trade_no":"A\\/1","nested":{"sign":"}, \\"x\\":"}}'
const signed = (raw: string, by = alipay) => signRsa2(raw, by.privateKey)
const answer = (raw: string, sign = signed(raw)) =>
  `{"alipay_trade_pay_response":${raw},"sign":"${sign}"}`

test('the signed text is sorted, not encoded, and leaves out the signature and empty fields', () => {
  const fields = { b: '2 & 3', a: '早餐', c: '', sign: 'x', sign_type: 'RSA2' }
  expect(signedText(fields)).toBe('a=早餐&b=2 & 3&sign_type=RSA2')
  expect(signedText(fields, ['sign', 'sign_type'])).toBe('a=早餐&b=2 & 3')
})

describe('an answer', () => {
  test('is read from the very characters that were signed', () => {
    expect(readSignedAnswer(answer(content), pay, keys)).toEqual({
      code: '10000',
      out_trade_no: 'A/1',
      nested: { sign: '}, "x":' },
    })
  })

  test('may have its signature first, spaces between, and the name of an error', () => {
    const body = `{ "sign" : "${signed(content)}" , "error_response" : ${content} }`
    expect(readSignedAnswer(body, pay, keys)).toMatchObject({ code: '10000' })
  })

  test.each([
    ['signed by somebody else', answer(content, signed(content, stranger))],
    ['changed after it was signed', answer(content.replace('10000', '10003'), signed(content))],
    ['without a signature', `{"alipay_trade_pay_response":${content}}`],
    ['with a signature that is no text', `{"alipay_trade_pay_response":${content},"sign":1}`],
    ['with an empty signature', answer(content, '')],
    ['to another question', answer(content).replace('trade_pay', 'trade_query')],
    [
      'that is there twice',
      answer(content).replace('{', `{"alipay_trade_pay_response":${content},`),
    ],
    ['that was cut', answer(content).slice(0, -30)],
    ['that is a list', '[]'],
    ['that is a page', '<html>502</html>'],
    ['that is empty', ''],
    ['whose content is a text', answer(JSON.stringify(content))],
  ])('%s is not read', (_what, body) => {
    expect(readSignedAnswer(body, pay, keys)).toBeNull()
  })

  test('is read with the old key and the new one while they are exchanged', () => {
    const both = [alipay.publicKey, next.publicKey]
    for (const by of [alipay, next]) {
      expect(readSignedAnswer(answer(content, signed(content, by)), pay, both)).not.toBeNull()
    }
    expect(readSignedAnswer(answer(content, signed(content, stranger)), pay, both)).toBeNull()
  })
})

test('a notice is verified without sign_type and with it, and in no other form', () => {
  const fields = { app_id: '1', out_trade_no: 'A1', sign_type: 'RSA2' }
  const sign = (text: string) => ({ ...fields, sign: signRsa2(text, alipay.privateKey) })
  expect(isNoticeSigned(sign('app_id=1&out_trade_no=A1'), keys)).toBe(true)
  expect(isNoticeSigned(sign('app_id=1&out_trade_no=A1&sign_type=RSA2'), keys)).toBe(true)
  expect(isNoticeSigned(sign('app_id=1'), keys)).toBe(false)
  expect(isNoticeSigned(fields, keys)).toBe(false)
})

test('keys are read as PEM and as the bare base64 of Alipay’s tool', () => {
  const { privateKey, publicKey } = alipay
  const bare = (type: 'pkcs1' | 'pkcs8') =>
    privateKey.export({ type, format: 'der' }).toString('base64')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  for (const text of [pem, bare('pkcs1'), bare('pkcs8')]) {
    expect(isSigned('x', signRsa2('x', readPrivateKey(text)), keys)).toBe(true)
  }
  const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  expect(readPublicKey(spki).equals(publicKey)).toBe(true)
})

test('what is no key is refused without saying what it was', () => {
  const text = 'c2VjcmV0LWJ1dC1uby1rZXk='
  expect(() => readPrivateKey(text)).toThrow('the app’s private key is no RSA key')
  expect(() => readPublicKey(text)).toThrow('Alipay’s public key is no RSA key')
})

test('times are Beijing’s, to the second', () => {
  const at = new Date('2026-11-23T16:00:01.999Z')
  expect(beijingTime(at)).toBe('2026-11-24 00:00:01')
  expect(readBeijingTime('2026-11-24 00:00:01')).toEqual(new Date('2026-11-23T16:00:01Z'))
  expect(readBeijingTime('2026-11-24 00:00:01.000')).toEqual(new Date('2026-11-23T16:00:01Z'))
  for (const text of ['', '2026-02-31 00:00:00', '2026-11-24', '2026-11-24 24:00:00', 'soon']) {
    expect(readBeijingTime(text), text).toBeNull()
  }
})
