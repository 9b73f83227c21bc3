import { inspect } from 'node:util'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { AssertionError } from '../lib/assert.ts'
import type { Issuer } from './paycode.ts'
import { classify, compileIssuers, ownIssuers, parse, shippedIssuers } from './paycode.ts'

const at = new Date('2026-11-23T00:00:00Z')
const since = new Date('2026-01-01T00:00:00Z')
const first = ownIssuers('ins_demo', '80', since)
const second = ownIssuers('ins_other', '82', since)
const all = [...shippedIssuers, first.online, first.offline, second.online, second.offline]
const issuers = compileIssuers(all, at)

// The examples of the vendors' own documents, and numbers made up by the published rules.
test.each([
  ['130061098828009406', 'wechat'],
  ['120061098828009406', 'wechat'],
  ['100000000000000000', 'wechat'],
  ['159999999999999999', 'wechat'],
  ['160512345678901234', 'wechat'],
  ['28763443825664394', 'alipay'],
  ['2576344382566439', 'alipay'],
  ['307634438256643941234567', 'alipay'],
  ['287634438256643941', 'alipay'],
  ['6220835931895481436', 'unionpay'],
  ['0112345678901234567', 'ecny'],
  ['801234567890123456', 'onetill'],
  ['811234567890123456', 'onetill'],
])('the code %s is of %s', (scanned, scheme) => {
  const { ok } = parse(scanned, issuers)
  expect(ok).toMatchObject({ scheme, kind: 'purchase', mode: 'cpm' })
  expect(ok?.reveal()).toBe(scanned)
})

test.each([
  ['801234567890123456', 'ins_demo', 'one_time_online'],
  ['811234567890123456', 'ins_demo', 'one_time_offline'],
  ['821234567890123456', 'ins_other', 'one_time_online'],
  ['831234567890123456', 'ins_other', 'one_time_offline'],
  ['130061098828009406', null, 'scheme_token'],
])('the code %s belongs to institution %s and proves by %s', (scanned, institutionId, proof) => {
  const code = parse(scanned, issuers).ok!
  expect(code.issuer.institutionId).toBe(institutionId)
  expect(classify(code)).toEqual({
    category: 'purchase_by_payer_code',
    platform: code.scheme,
    proof,
  })
})

const dense = '1'.repeat(65)

test.each([
  ['', 'CODE_EMPTY'],
  [' \r\n\t', 'CODE_EMPTY'],
  ['hello', 'INVALID_PAYMENT_CODE'],
  ['13006109882800940a', 'INVALID_PAYMENT_CODE'],
  ['1300-6109-8828-0094', 'INVALID_PAYMENT_CODE'],
  ['https://qr.alipay.com/bax0', 'INVALID_PAYMENT_CODE'],
  ['13006109882800940\u0000', 'INVALID_PAYMENT_CODE'],
  ['１３００６１０９８８２８００９４０６', 'CODE_FULL_WIDTH'],
  ['13006109882800940６', 'CODE_FULL_WIDTH'],
  ['１３００ ６１０９', 'CODE_FULL_WIDTH'],
  ['１３００a', 'INVALID_PAYMENT_CODE'],
  [dense, 'CODE_TOO_LONG'],
  ['x'.repeat(10_000), 'CODE_TOO_LONG'],
  ['130061 098828009406', 'CODE_HAS_SPACES'],
  ['130061\t098828009406', 'CODE_HAS_SPACES'],
  ['4111 1111 1111 1111', 'CODE_HAS_SPACES'],
  ['6901234567892', 'CODE_IS_GOODS_BARCODE'],
  ['96385074', 'CODE_IS_GOODS_BARCODE'],
  ['036000291452', 'CODE_IS_GOODS_BARCODE'],
  ['00012345600012', 'CODE_IS_GOODS_BARCODE'],
  ['4006381333931', 'CODE_IS_GOODS_BARCODE'],
  ['6901234567893', 'CODE_UNKNOWN_ISSUER'],
  ['4111111111111111', 'CODE_IS_CARD_NUMBER'],
  ['5555555555554444', 'CODE_IS_CARD_NUMBER'],
  ['378282246310005', 'CODE_IS_CARD_NUMBER'],
  ['6212341111111111111', undefined],
  ['6222021234567890128', undefined],
  ['6212345678901232', 'CODE_IS_CARD_NUMBER'],
  ['4111111111111112', 'CODE_UNKNOWN_ISSUER'],
  ['991234567890123456', 'CODE_UNKNOWN_ISSUER'],
  ['161512345678901234', 'CODE_UNKNOWN_ISSUER'],
  ['13006109882800940', 'CODE_UNKNOWN_ISSUER'],
  ['1300610988280094061', 'CODE_UNKNOWN_ISSUER'],
  ['1', 'CODE_UNKNOWN_ISSUER'],
  ['1'.repeat(64), 'CODE_UNKNOWN_ISSUER'],
])('the scan %j is refused by %s', (scanned, refusal) => {
  expect(parse(scanned, issuers).refused).toBe(refusal)
})

test('a goods barcode that passes the check of card numbers is still goods', () => {
  const both = '6901234500042'
  const luhn = [...both].toReversed().reduce((sum, char, place) => {
    const value = Number(char) * (place % 2 === 0 ? 1 : 2)
    return sum + (value > 9 ? value - 9 : value)
  }, 0)
  expect([luhn % 10, parse(both, issuers).refused]).toEqual([0, 'CODE_IS_GOODS_BARCODE'])
})

test('what a scanner adds around the code is taken off', () => {
  for (const around of ['\r', '\n', '\r\n', '\t', ' ', '\u00a0', '\ufeff']) {
    const parsed = parse(`${around}130061098828009406${around}`, issuers)
    expect(parsed.ok?.reveal()).toBe('130061098828009406')
  }
})

test('a code prints masked wherever it is printed', () => {
  const code = parse('130061098828009406', issuers).ok!
  const printed = [
    String(code),
    `${JSON.stringify({ code })} ${inspect({ code })}`,
    inspect(code, { customInspect: false, showHidden: true, depth: 9 }),
    new Error(`refused ${code}`).message,
    JSON.stringify(structuredClone(code)),
    JSON.stringify(Object.entries(code)),
  ]
  expect(printed[0]).toBe('13…06')
  expect(printed[1]).toBe('{"code":"13…06"} { code: 13…06 }')
  for (const text of printed) expect(text).not.toContain('0061')
})

const scans = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.stringMatching(/^\d{1,70}$/),
  fc.stringMatching(/^(1[0-6]|2[5-9]|30|62|01|8[0-3])\d{14,22}$/),
  fc.stringMatching(/^hQVDUFYwM[A-Za-z0-9+/]{0,200}={0,2}$/),
)

test('any scan is a code or a refusal, never throws, and a code shows four of its signs', () => {
  fc.assert(
    fc.property(scans, (scanned) => {
      const { ok, refused } = parse(scanned, issuers)
      expect((ok === undefined) !== (refused === undefined)).toBe(true)
      if (!ok) return
      const text = ok.reveal()
      expect(scanned.trim()).toBe(text)
      expect(ok.masked).toBe(`${text.slice(0, 2)}…${text.slice(-2)}`)
      expect([String(ok), JSON.parse(JSON.stringify(ok)), inspect(ok)]).toEqual(
        Array.from({ length: 3 }, () => ok.masked),
      )
    }),
    { numRuns: 2_000 },
  )
})

test('the digits of any own code are found by their institution', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^8[0-3]\d{16}$/), (digits) => {
      const { ok } = parse(digits, issuers)
      expect(ok?.issuer.institutionId).toBe(digits < '82' ? 'ins_demo' : 'ins_other')
    }),
  )
})

test('an issuer counts from its first moment to its last, and the longer prefix wins', () => {
  const bank: Issuer = {
    ...first.online,
    id: 'bank',
    institutionId: null,
    scheme: 'bank',
    prefixes: ['8012'],
    validFrom: at,
    validUntil: new Date(at.getTime() + 1_000),
  }
  const schemeAt = (offsetMs: number) =>
    parse('801234567890123456', compileIssuers([...all, bank], new Date(at.getTime() + offsetMs)))
      .ok?.scheme
  expect([-1, 0, 999, 1_000].map(schemeAt)).toEqual(['onetill', 'bank', 'bank', 'onetill'])
})

test.each([[{ prefixes: ['8'] }], [{ prefixes: ['8x'] }], [{ minLength: 4 }], [{ maxLength: 65 }]])(
  'a rule that could not be told or hidden is not taken: %j',
  (fault) => {
    expect(() => compileIssuers([{ ...first.online, ...fault }], at)).toThrow(AssertionError)
  },
)

test('the prefix of online codes is even', () => {
  expect(() => ownIssuers('ins_demo', '81', since)).toThrow(AssertionError)
  expect(ownIssuers('ins_demo', '9008', since).offline.prefixes).toEqual(['9009'])
})
