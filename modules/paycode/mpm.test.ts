import fc from 'fast-check'
import { expect, test } from 'vitest'

import { AssertionError } from '../lib/assert.ts'
import { currencies, parseMinor } from '../money/money.ts'
import { crc16, writeMpmFields } from './mpm-fields.ts'
import { currencyNumber, currencyOfNumber, makeMpm, parseMpm, type MerchantQr } from './paycode.ts'

// The example of EMVCo's own specification, and one that is public with mercari/go-emv-code.
const official =
  '00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304A13A'
const unreserved =
  '00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115303156540523.725502015802CN5914BEST TRANSPORT6007BEIJING6233030412340603***0708A60086670902ME64200002ZH0104最佳运输0202北京8036003239401ff0c21a4543a8ed5fbaa30ab02e81360032c2fbf6dd646f4f36b617f10747c0b96163046F32'

const official91 = { id: '91', value: '0016A011223344998877070812345678' }
const bestTransport: MerchantQr = {
  initiation: 'dynamic',
  accounts: [
    { id: '29', owner: 'D15600000000', fields: [{ id: '05', value: 'A93FO3230Q' }] },
    { id: '31', owner: 'D15600000001', fields: [{ id: '03', value: '12345678' }] },
  ],
  ...{ category: '4111', currency: 'CNY', amountMinor: 2_372n, tip: { kind: 'asked' } },
  ...{ country: 'CN', name: 'BEST TRANSPORT', city: 'BEIJING', postalCode: null },
  additional: [
    { id: '03', value: '1234' },
    { id: '06', value: '***' },
    { id: '07', value: 'A6008667' },
    { id: '09', value: 'ME' },
  ],
  inLanguage: { language: 'ZH', name: '最佳运输', city: '北京' },
  others: [official91],
}

test('the check is CRC-16/CCITT-FALSE', () => {
  expect(crc16('123456789')).toBe('29B1')
  expect(crc16('')).toBe('FFFF')
  expect(crc16(official.slice(0, -4))).toBe('A13A')
})

test('the published codes are read field by field', () => {
  expect(parseMpm(official).ok).toEqual(bestTransport)
  expect(parseMpm(unreserved).ok).toEqual({
    ...bestTransport,
    others: [
      { id: '80', value: '003239401ff0c21a4543a8ed5fbaa30ab02e' },
      { id: '81', value: '0032c2fbf6dd646f4f36b617f10747c0b961' },
    ],
  })
})

test('a code is written with its fields in order and its check at the end', () => {
  expect(makeMpm({ ...bestTransport, others: [] })).toMatch(/^00020101021229.*6304[0-9A-F]{4}$/)
  expect(parseMpm(makeMpm(bestTransport)).ok).toEqual(bestTransport)
})

/** A code of these fields with its right check. */
const code = (...fields: [id: string, value: string][]) => {
  const text = `${writeMpmFields(fields.map(([id, value]) => ({ id, value })))}6304`
  return text + crc16(text)
}
type Fields = [string, string][]
const plain: Fields = [
  ...([
    ['00', '01'],
    ['04', '5123456789012346'],
    ['52', '5411'],
    ['53', '156'],
  ] as Fields),
  ...([
    ['58', 'CN'],
    ['59', 'SHOP'],
    ['60', 'SHANGHAI'],
  ] as Fields),
]
const withField = (id: string, value: string) =>
  code(...plain.filter(([known]) => known !== id), [id, value])
const without = (id: string) => code(...plain.filter(([known]) => known !== id))

test.each([
  ['what is no such code', 'https://example.com', 'not_mpm'],
  ['a digit that was misread', official.replace('23.72', '23.73'), 'wrong_crc'],
  ['a check that was misread', `${official.slice(0, -1)}B`, 'wrong_crc'],
  ['a code cut short', official.slice(0, -10), 'wrong_crc'],
  ['nothing after the version', '000201', 'wrong_crc'],
  ['more than a code may hold', official + official + official, 'too_long'],
  ['no merchant account', without('04'), 'missing'],
  ['no category', without('52'), 'missing'],
  ['no currency', without('53'), 'missing'],
  ['no country', without('58'), 'missing'],
  ['no name', without('59'), 'missing'],
  ['no city', without('60'), 'missing'],
  ['a field twice', code(...plain, ['59', 'OTHER']), 'duplicate'],
  ['a field twice inside', withField('62', '0103ABC0103DEF'), 'duplicate'],
  ['a length that is no number', withField('62', '01X3ABC'), 'bad_length'],
  ['a length past the end', withField('62', '0109ABC'), 'bad_length'],
  ['a length of nothing', withField('62', '0100'), 'bad_length'],
  ['a template without its owner', withField('26', '0103ABC'), 'missing'],
  ['a currency that cannot be taken', withField('53', '986'), 'currency_not_supported'],
  ['a category that is no number', withField('52', '54X1'), 'bad_value'],
  ['another way of beginning', withField('01', '13'), 'bad_value'],
  ['an amount of nothing', withField('54', '0.00'), 'bad_value'],
  ['an amount with a sign', withField('54', '-1.00'), 'bad_value'],
  ['an amount with too many decimals', withField('54', '1.001'), 'bad_value'],
  ['an amount that is too long', withField('54', '12345678901.00'), 'bad_value'],
  ['a tip without its amount', withField('55', '02'), 'bad_value'],
  ['an amount of a tip that is not asked', withField('56', '1.00'), 'bad_value'],
  ['a percentage of nothing', code(...plain, ['55', '03'], ['57', '00.00']), 'bad_value'],
  ['a name that is too long', withField('59', 'A'.repeat(26)), 'bad_value'],
  ['a line end in a name', withField('59', 'A\nB'), 'bad_value'],
  ['a language without a name', withField('64', '0002ZH'), 'missing'],
])('a merchant-presented code is refused for %s', (_what, text, fault) => {
  expect(parseMpm(text).fault).toBe(fault)
})

test.each([
  [['55', '01'], null, { kind: 'asked' }],
  [['55', '02'], ['56', '2.5'], { kind: 'fixed', amountMinor: 250n }],
  [['55', '03'], ['57', '12.5'], { kind: 'percent', bps: 1_250 }],
])('a tip is read: %j %j', (first, second, tip) => {
  const fields = [...plain, first, ...(second ? [second] : [])] as Fields
  expect(parseMpm(code(...fields)).ok?.tip).toEqual(tip)
})

test.each([
  ['156', '98.73', 9_873n],
  ['156', '98', 9_800n],
  ['156', '98.', 9_800n],
  ['392', '98', 98n],
  ['414', '98.732', 98_732n],
])('an amount in currency %s is read by its decimals: %s is %s', (number, amount, amountMinor) => {
  const fields = plain.filter(([id]) => id !== '53')
  const text = code(...fields, ['53', number], ['54', amount])
  expect(parseMpm(text).ok?.amountMinor).toBe(amountMinor)
})

test('each currency has a number of its own', () => {
  const numbers = currencies.map(currencyNumber)
  expect(new Set(numbers).size).toBe(currencies.length)
  expect(numbers.map(currencyOfNumber)).toEqual(currencies)
  expect(parseMinor('1', 'CNY')).toBe(100n)
})

test('what does not fit a code is a mistake of ours', () => {
  for (const fault of [
    { name: 'A'.repeat(26) },
    { city: '' },
    { accounts: [] },
    { amountMinor: 0n },
    { category: '12' },
    { others: [official91, official91] },
  ]) {
    expect(() => makeMpm({ ...bestTransport, ...fault })).toThrow(AssertionError)
  }
})

const signs = (most: number) =>
  fc
    .array(fc.constantFrom(...'ABC xyz019.-*最佳运输北京😀é'), { minLength: 1, maxLength: most })
    .map((all) => all.join(''))
const digits = (most: number) => fc.stringMatching(new RegExp(`^\\d{1,${most}}$`))
const number2 = (from: number, to: number) => fc.integer({ min: from, max: to }).map(String)
const fields = (from: number, to: number, most: number) =>
  fc.uniqueArray(fc.record({ id: number2(from, to), value: signs(8) }), {
    selector: ({ id }) => id,
    maxLength: most,
  })
const amounts = fc.bigInt({ min: 1n, max: 9_999_999_999n })

const codes: fc.Arbitrary<MerchantQr> = fc.record({
  initiation: fc.constantFrom('static', 'dynamic', null),
  accounts: fc.uniqueArray(
    fc.oneof(
      fc.record({ id: number2(10, 25), number: digits(30) }),
      fc.record({ id: number2(26, 51), owner: signs(32), fields: fields(10, 99, 3) }),
    ),
    { selector: ({ id }) => id, minLength: 1, maxLength: 2 },
  ),
  category: fc.stringMatching(/^\d{4}$/),
  currency: fc.constantFrom(...currencies),
  amountMinor: fc.option(amounts),
  tip: fc.option(
    fc.oneof(
      fc.constant({ kind: 'asked' as const }),
      fc.record({ kind: fc.constant('fixed' as const), amountMinor: amounts }),
      fc.record({
        kind: fc.constant('percent' as const),
        bps: fc.integer({ min: 1, max: 9_999 }),
      }),
    ),
  ),
  country: fc.stringMatching(/^[A-Z]{2}$/),
  name: signs(25),
  city: signs(15),
  postalCode: fc.option(signs(10)),
  additional: fields(10, 99, 3),
  inLanguage: fc.option(
    fc.record({
      language: fc.stringMatching(/^[A-Z]{2}$/),
      name: signs(25),
      city: fc.option(signs(15)),
    }),
  ),
  others: fields(65, 99, 2),
})

test('what is made is read as the same', () => {
  fc.assert(
    fc.property(codes, (qr) => {
      expect(parseMpm(makeMpm(qr))).toEqual({ ok: qr })
    }),
    { numRuns: 1_000 },
  )
})

test('one wrong sign anywhere is seen', () => {
  fc.assert(
    fc.property(fc.nat({ max: official.length - 1 }), digits(1), (at, digit) => {
      fc.pre(official[at] !== digit)
      expect(parseMpm(official.slice(0, at) + digit + official.slice(at + 1)).ok).toBeUndefined()
    }),
  )
})

test('any text is a code or a fault, and reading it never throws', () => {
  const body = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), digits(120))
  const withRightCheck = body.map((text) => {
    const start = `000201${text}6304`
    return start + crc16(start)
  })
  fc.assert(
    fc.property(fc.oneof(body, withRightCheck), (text) => {
      const { ok, fault } = parseMpm(text)
      expect((ok === undefined) !== (fault === undefined)).toBe(true)
    }),
    { numRuns: 3_000 },
  )
})
