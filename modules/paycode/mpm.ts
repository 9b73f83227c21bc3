import { assert } from '../lib/assert.ts'
import { formatDecimal, parseMinor, type Currency } from '../money/money.ts'
import { currencyNumber, currencyOfNumber } from './currency-number.ts'
import {
  crc16,
  fitsMpmField,
  readMpmFields,
  writeMpmFields,
  type MpmFault,
  type MpmField,
} from './mpm-fields.ts'

/** Where the money goes: a number of a card scheme, or a template that names its owner. */
export type MpmAccount =
  /** 02–25: of a card scheme. */
  | { id: string; number: string }
  /** 26–51: `owner` is an AID, a UUID, or a domain name written backwards. */
  | { id: string; owner: string; fields: readonly MpmField[] }

export type MpmTip =
  { kind: 'asked' } | { kind: 'fixed'; amountMinor: bigint } | { kind: 'percent'; bps: number }

/** What a merchant-presented QR code says. */
export type MerchantQr = {
  /** `static`: shown to many payers. `dynamic`: for one payment. Null: it does not say. */
  initiation: 'static' | 'dynamic' | null
  accounts: readonly MpmAccount[]
  /** Of the merchant: four digits, ISO 18245. */
  category: string
  currency: Currency
  /** Null: the payer enters it. */
  amountMinor: bigint | null
  tip: MpmTip | null
  /** ISO 3166-1 alpha-2. */
  country: string
  name: string
  city: string
  postalCode: string | null
  /** 62: 01 bill, 02 mobile, 03 store, 05 reference, 07 terminal, 08 purpose, and others. */
  additional: readonly MpmField[]
  /** 64: the name and the city in the merchant's own language. */
  inLanguage: { language: string; name: string; city: string | null } | null
  /** 65–99: for others to read. */
  others: readonly MpmField[]
}

/** A merchant-presented code, or why the text is none. */
export type ParsedMpm = { ok: MerchantQr; fault?: undefined } | { fault: MpmFault; ok?: undefined }

/** Every merchant-presented code begins so: field 00, version 01. */
export const MPM_START = '000201'
const LONGEST_CODE = 512
const initiations = { '11': 'static', '12': 'dynamic' } as const

/**
 * Writes the text of a merchant-presented QR code.
 *
 * @throws AssertionError when a value does not fit its field: every code that is made can be read
 *
 * Source: EMVCo QRCPS Merchant-Presented Mode v1.1.
 */
export function makeMpm(qr: MerchantQr): string {
  const { currency, amountMinor, inLanguage } = qr
  const initiation = qr.initiation && { static: '11', dynamic: '12' }[qr.initiation]
  const fields: [id: string, value: string | null][] = [
    ['00', '01'],
    ['01', initiation],
    ...qr.accounts.map((one): [string, string] => [one.id, accountText(one)]),
    ['52', qr.category],
    ['53', currencyNumber(currency)],
    ['54', amountMinor === null ? null : formatDecimal(amountMinor, currency)],
    ...tipFields(qr.tip, currency),
    ['58', qr.country],
    ['59', qr.name],
    ['60', qr.city],
    ['61', qr.postalCode],
    ['62', qr.additional.length > 0 ? writeMpmFields(qr.additional) : null],
    ['64', inLanguage && languageText(inLanguage)],
    ...qr.others.map(({ id, value }): [string, string] => [id, value]),
  ]
  const said = fields.flatMap(([id, value]) => (value === null ? [] : [{ id, value }]))
  assert(
    said.every(({ value }) => fitsMpmField(value)),
    'a value fits its field',
  )
  const text = `${writeMpmFields(said)}6304`
  const code = text + crc16(text)
  const { fault } = parseMpm(code)
  assert(fault === undefined, `a code that is made can be read: ${fault}`)
  return code
}

const accountText = (account: MpmAccount): string =>
  'number' in account
    ? account.number
    : writeMpmFields([{ id: '00', value: account.owner }, ...account.fields])

const languageText = ({ language, name, city }: NonNullable<MerchantQr['inLanguage']>): string =>
  writeMpmFields([
    { id: '00', value: language },
    { id: '01', value: name },
    ...(city === null ? [] : [{ id: '02', value: city }]),
  ])

function tipFields(tip: MpmTip | null, currency: Currency): [string, string | null][] {
  if (!tip) return []
  if (tip.kind === 'asked') return [['55', '01']]
  return tip.kind === 'fixed'
    ? [
        ['55', '02'],
        ['56', formatDecimal(tip.amountMinor, currency)],
      ]
    : [
        ['55', '03'],
        ['57', (tip.bps / 100).toFixed(2)],
      ]
}

/**
 * Reads a merchant-presented QR code. The check at its end is made first, so that a misread code
 * pays nobody. Never throws.
 *
 * Source: EMVCo QRCPS Merchant-Presented Mode v1.1.
 */
export function parseMpm(text: string): ParsedMpm {
  if (!text.startsWith(MPM_START)) return { fault: 'not_mpm' }
  if (text.length > LONGEST_CODE) return { fault: 'too_long' }
  const body = text.slice(0, -4)
  if (!body.endsWith('6304') || crc16(body) !== text.slice(-4).toUpperCase())
    return { fault: 'wrong_crc' }
  const fields = readMpmFields(text)
  if (fields.fault) return { fault: fields.fault }
  const values = new Map(fields.ok.map(({ id, value }) => [id, value]))
  // The check was found at the end; here it must also be a field, and the only one of its id.
  if (values.get('63') !== text.slice(-4)) return { fault: 'bad_length' }
  return readQr(fields.ok, values)
}

type Values = ReadonlyMap<string, string>

const rules: readonly [id: string, pattern: RegExp, isNeeded: boolean][] = [
  ['01', /^1[12]$/, false],
  ['52', /^\d{4}$/, true],
  ['53', /^\d{3}$/, true],
  ['55', /^0[123]$/, false],
  ['58', /^[A-Z]{2}$/, true],
  ['59', /^.{1,25}$/u, true],
  ['60', /^.{1,15}$/u, true],
  ['61', /^.{1,10}$/u, false],
]

function readQr(fields: readonly MpmField[], values: Values): ParsedMpm {
  if (fields.some(({ value }) => !fitsMpmField(value))) return { fault: 'bad_value' }
  for (const [id, pattern, isNeeded] of rules) {
    const value = values.get(id)
    if (value === undefined && isNeeded) return { fault: 'missing' }
    if (value !== undefined && !pattern.test(value)) return { fault: 'bad_value' }
  }
  const currency = currencyOfNumber(values.get('53') ?? '')
  if (!currency) return { fault: 'currency_not_supported' }
  const [accounts, additional, inLanguage] = [
    readAccounts(fields),
    readMpmFields(values.get('62') ?? ''),
    readLanguage(values.get('64')),
  ]
  const fault = accounts.fault ?? additional.fault ?? inLanguage.fault
  if (fault) return { fault }
  if (accounts.ok?.length === 0) return { fault: 'missing' }
  const amountMinor = readAmount(values.get('54'), currency)
  const tip = readTip(values, currency)
  if (amountMinor === 'wrong' || tip === 'wrong') return { fault: 'bad_value' }
  return {
    ok: {
      initiation: initiations[values.get('01') as keyof typeof initiations] ?? null,
      accounts: accounts.ok ?? [],
      ...{ category: values.get('52') ?? '', currency, amountMinor, tip },
      country: values.get('58') ?? '',
      name: values.get('59') ?? '',
      city: values.get('60') ?? '',
      postalCode: values.get('61') ?? null,
      additional: additional.ok ?? [],
      inLanguage: inLanguage.ok ?? null,
      others: fields.filter(({ id }) => id >= '65'),
    },
  }
}

type Read<Value> = { ok: Value; fault?: undefined } | { fault: MpmFault; ok?: undefined }

function readAccounts(fields: readonly MpmField[]): Read<MpmAccount[]> {
  const accounts: MpmAccount[] = []
  for (const { id, value } of fields) {
    if (id < '02' || id > '51') continue
    if (id < '26') {
      accounts.push({ id, number: value })
      continue
    }
    const inner = readMpmFields(value)
    if (inner.fault) return inner
    const [first, ...rest] = inner.ok
    if (first?.id !== '00') return { fault: 'missing' }
    if (!fitsMpmField(first.value, 32)) return { fault: 'bad_value' }
    accounts.push({ id, owner: first.value, fields: rest })
  }
  return { ok: accounts }
}

function readLanguage(text: string | undefined): Read<MerchantQr['inLanguage']> {
  if (text === undefined) return { ok: null }
  const inner = readMpmFields(text)
  if (inner.fault) return inner
  const of = (id: string) => inner.ok.find((one) => one.id === id)?.value
  const [language, name, city] = [of('00'), of('01'), of('02')]
  if (language === undefined || name === undefined) return { fault: 'missing' }
  const isRight = language.length === 2 && fitsMpmField(name, 25) && fitsMpmField(city ?? '-', 15)
  return isRight ? { ok: { language, name, city: city ?? null } } : { fault: 'bad_value' }
}

/** Up to 13 characters, a digit first, more than nothing, no more decimals than the currency has. */
function readAmount(text: string | undefined, currency: Currency): bigint | null | 'wrong' {
  if (text === undefined) return null
  const amountMinor = /^\d[\d.]{0,12}$/.test(text) ? parseMinor(text, currency) : null
  return amountMinor === null || amountMinor === 0n ? 'wrong' : amountMinor
}

function readTip(values: Values, currency: Currency): MpmTip | null | 'wrong' {
  const [indicator, fixed, percent] = [values.get('55'), values.get('56'), values.get('57')]
  if ((indicator === '02') !== (fixed !== undefined)) return 'wrong'
  if ((indicator === '03') !== (percent !== undefined)) return 'wrong'
  if (indicator === '01') return { kind: 'asked' }
  if (fixed !== undefined) {
    const amountMinor = readAmount(fixed, currency)
    return amountMinor === null || amountMinor === 'wrong'
      ? 'wrong'
      : { kind: 'fixed', amountMinor }
  }
  if (percent === undefined) return null
  const bps = /^\d{1,2}(\.\d{0,2})?$/.test(percent) ? Math.round(Number(percent) * 100) : 0
  return bps > 0 ? { kind: 'percent', bps } : 'wrong'
}
