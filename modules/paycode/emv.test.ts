import { expect, test } from 'vitest'

import type { Tlv } from './emv.ts'
import { readEmvTemplates, readTlv } from './emv.ts'
import { classify, compileIssuers, parse, readEmvToken, shippedIssuers } from './paycode.ts'

const issuers = compileIssuers(shippedIssuers, new Date('2026-11-23T00:00:00Z'))

// Two vectors that are public with mvallim/emv-qrcode.
const twoProducts =
  'hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmJJWggSNFZ4kBI0WF8gDkNBUkRIT0xERVIvRU1WXy0IcnVlc2RlZW5kIZ8QBwYBCgMAAACfJghYT9OF+iNLzJ82AgABnzcEbVjvEw=='
const jcb = 'hQVDUFYwMWEfTwigAAAAZQOSAlcTMViZAHkkKUPUkSEhAAAFEgAADw=='

// A token of 19 digits, padded, who asked for it, and the last digits of the card.
const unionpayEmv = 'hQVDUFYwMWEkTwigAAADMwEBAVoKYpEjRWeJASNFb58ZBgEjRWeJAZ8lAhI0'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase()
type Element = [tag: string, content: string | Element[]]
const elements = (list: Tlv[] | null): Element[] =>
  (list ?? []).map(({ tag, value }) => [
    tag,
    /^(61|62|64)$/.test(tag) ? elements(readTlv(value)) : hex(value),
  ])

test('the published consumer-presented codes are read element by element', () => {
  expect(elements(readTlv(Buffer.from(twoProducts, 'base64')))).toEqual([
    ['85', hex(Buffer.from('CPV01'))],
    [
      '61',
      [
        ['4F', 'A0000000555555'],
        ['50', hex(Buffer.from('Product1'))],
      ],
    ],
    [
      '61',
      [
        ['4F', 'A0000000666666'],
        ['50', hex(Buffer.from('Product2'))],
      ],
    ],
    [
      '62',
      [
        ['5A', '1234567890123458'],
        ['5F20', hex(Buffer.from('CARDHOLDER/EMV'))],
        ['5F2D', hex(Buffer.from('ruesdeen'))],
        [
          '64',
          [
            ['9F10', '06010A03000000'],
            ['9F26', '584FD385FA234BCC'],
            ['9F36', '0001'],
            ['9F37', '6D58EF13'],
          ],
        ],
      ],
    ],
  ])
  expect(elements(readTlv(Buffer.from(jcb, 'base64')))).toEqual([
    ['85', hex(Buffer.from('CPV01'))],
    [
      '61',
      [
        ['4F', 'A000000065039202'],
        ['57', '3158990079242943D49121210000051200000F'],
      ],
    ],
  ])
})

test('the application says whose code it is', () => {
  const code = parse(jcb, issuers).ok!
  expect(code.codeInformation).toEqual({
    form: 'emv_cpm',
    applicationId: 'A000000065039202',
    applicationLabel: null,
    masked: '31…2943',
  })
  expect(classify(code)).toEqual({
    category: 'purchase_by_payer_code',
    platform: 'jcb',
    proof: 'scheme_token',
  })
  expect(String(code)).toBe('31…2943')
  expect(JSON.stringify({ code })).toBe('{"code":"31…2943"}')
})

test('the first application of a known issuer is taken', () => {
  const another = { ...shippedIssuers.find(({ id }) => id === 'visa_emv')!, id: 'test_emv' }
  const table = compileIssuers(
    [...shippedIssuers, { ...another, scheme: 'test', prefixes: ['A0000000666666'] }],
    new Date('2026-11-23T00:00:00Z'),
  )
  expect(parse(twoProducts, table).ok?.codeInformation).toEqual({
    form: 'emv_cpm',
    applicationId: 'A0000000666666',
    applicationLabel: 'Product2',
    masked: '12…3458',
  })
})

const cpm = (...bytes: number[]) =>
  Buffer.from([0x85, 5, ...Buffer.from('CPV01'), ...bytes]).toString('base64')

test.each([
  ['applications that nobody knows', twoProducts, 'CODE_UNKNOWN_ISSUER'],
  ['no application', cpm(), 'INVALID_PAYMENT_CODE'],
  [
    'a known application without a token',
    cpm(0x61, 7, 0x4f, 5, 0xa0, 0, 0, 0, 0x65),
    'INVALID_PAYMENT_CODE',
  ],
  ['an application without its identifier', cpm(0x61, 3, 0x50, 1, 0x41), 'INVALID_PAYMENT_CODE'],
  ['a length that runs past the end', cpm(0x61, 0x7f, 0x4f), 'INVALID_PAYMENT_CODE'],
  ['a tag that runs past the end', cpm(0x5f, 0xff), 'INVALID_PAYMENT_CODE'],
  ['an indefinite length', cpm(0x61, 0x80, 0, 0), 'INVALID_PAYMENT_CODE'],
  ['what is not base64', 'hQVDUFYwMW!!', 'INVALID_PAYMENT_CODE'],
  ['spaces inside', 'hQVDUFYwMWEf Twig', 'INVALID_PAYMENT_CODE'],
  ['more than any phone shows', `hQVDUFYwMQ${'A'.repeat(503)}`, 'CODE_TOO_LONG'],
])('a consumer-presented code is refused for %s', (_what, scanned, refusal) => {
  expect(parse(scanned, issuers).refused).toBe(refusal)
})

test('long lengths are read in one and in two bytes', () => {
  const long = Array.from({ length: 200 }, () => 7)
  expect(readTlv(Uint8Array.from([0x5a, 0x81, 200, ...long]))?.[0]?.value.length).toBe(200)
  expect(readTlv(Uint8Array.from([0x5a, 0x82, 0, 200, ...long]))?.[0]?.value.length).toBe(200)
  expect(readEmvTemplates('')).toBeNull()
})

test('the token is read from track 2, or from what is common to all applications', () => {
  expect(readEmvToken(jcb, 'A000000065039202')).toEqual({
    ...{ number: '3158990079242943', masked: '31…2943' },
  })
  expect(readEmvToken(twoProducts, 'A0000000666666')).toEqual({
    ...{ number: '1234567890123458', masked: '12…3458' },
  })
})

test('a UnionPay code gives its token, and shows the last digits of the card that it stands for', () => {
  const code = parse(unionpayEmv, issuers).ok!
  expect(code.scheme).toBe('unionpay')
  expect(code.masked).toBe('62…1234')
  expect(readEmvToken(unionpayEmv, 'A000000333010101')?.number).toBe('6291234567890123456')
})

test('a code without a token, and another application than the code has, give none', () => {
  expect(readEmvToken(cpm(0x61, 3, 0x4f, 1, 0xa0), 'A0')).toBeNull()
  expect(readEmvToken(jcb, 'A000000333010101')).toBeNull()
  expect(readEmvToken('hQVDUFYwMW!!', 'A0')).toBeNull()
})

test('the registered identifiers of the schemes are rows, one for each scheme', () => {
  const known = shippedIssuers.filter(({ pattern }) => pattern === 'emv_cpm')
  const schemes = known.map(({ scheme, prefixes }) => [scheme, ...prefixes])
  expect(schemes).toEqual([
    ['unionpay', 'A000000333'],
    ['visa', 'A000000003'],
    ['mastercard', 'A000000004'],
    ['jcb', 'A000000065'],
    ['amex', 'A000000025'],
    ['discover', 'A000000152'],
    ['rupay', 'A000000524'],
  ])
})
