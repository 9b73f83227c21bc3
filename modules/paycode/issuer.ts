import { assert } from '../lib/assert.ts'
import type { Kind } from './code.ts'

/** One rule of one issuer: what its codes look like. A row, so that a new form needs no release. */
export type Issuer = {
  id: string
  /** Set for our own codes only: the institution whose wallet made them. */
  institutionId: string | null
  /** Whose code it is: wechat, alipay, … */
  scheme: string
  /**
   * `digits`: the first digits of the text. `emv_cpm`: the first hexadecimal digits of an
   * application identifier inside an EMVCo consumer-presented QR code.
   */
  pattern: 'digits' | 'emv_cpm'
  prefixes: readonly string[]
  /** Of the text, in characters. */
  minLength: number
  maxLength: number
  defaultKind: Kind
  validFrom: Date
  /** The first moment at which it is valid no more. */
  validUntil: Date | null
}

type Rule = Omit<Issuer, 'institutionId' | 'defaultKind' | 'validFrom' | 'validUntil'>

// WeChat: Quick Pay use case, "18 digits, starting with 10…15", and 160; read 2026-11.
// Alipay: alipay.trade.pay `auth_code`, "25~30, 16~24 digits"; read 2026-11.
// UnionPay and digital RMB: from integrators' public code only, not from a published rule.
// EMVCo: registered application provider identifiers, the first five bytes of each AID.
const rules: readonly Rule[] = [
  digits('wechat', 18, 18, ['10', '11', '12', '13', '14', '15', '160']),
  digits('alipay', 16, 24, ['25', '26', '27', '28', '29', '30']),
  digits('unionpay', 19, 19, ['62']),
  digits('ecny', 19, 19, ['01']),
  emvCpm('unionpay', ['A000000333']),
  emvCpm('visa', ['A000000003']),
  emvCpm('mastercard', ['A000000004']),
  emvCpm('jcb', ['A000000065']),
  emvCpm('amex', ['A000000025']),
  emvCpm('discover', ['A000000152']),
  emvCpm('rupay', ['A000000524']),
]

/** The issuers that OneTill knows from the start, besides the institutions' own. */
export const shippedIssuers: readonly Issuer[] = rules.map((rule) => ({
  ...rule,
  institutionId: null,
  defaultKind: 'purchase',
  validFrom: new Date('2020-01-01T00:00:00Z'),
  validUntil: null,
}))

/** Digits after the prefix of our own codes are as many as make 18 in all. Source: DESIGN §6. */
export const OWN_CODE_LENGTH = 18

/**
 * The two issuers of an institution's own codes. The prefix of online codes is even, and the odd
 * one after it is for offline codes: 80 and 81, 82 and 83, …
 *
 * @throws AssertionError when the prefix is not even
 */
export function ownIssuers(
  institutionId: string,
  prefix: string,
  validFrom: Date,
): { online: Issuer; offline: Issuer } {
  assert(/^\d+[02468]$/.test(prefix), 'the prefix of online codes is an even number')
  const offlinePrefix = prefix.slice(0, -1) + (Number(prefix.at(-1)) + 1)
  return {
    online: ownIssuer(institutionId, prefix, validFrom),
    offline: ownIssuer(institutionId, offlinePrefix, validFrom),
  }
}

/** The issuer of the codes of an institution that begin with one prefix. */
export function ownIssuer(institutionId: string, prefix: string, validFrom: Date): Issuer {
  return {
    ...digits('onetill', OWN_CODE_LENGTH, OWN_CODE_LENGTH, [prefix]),
    id: `onetill_${prefix}`,
    institutionId,
    defaultKind: 'purchase',
    validFrom,
    validUntil: null,
  }
}

export type Match = { issuer: Issuer; prefix: string }

/** The issuers that are valid at one moment, arranged so that a scan finds its own in one step. */
export type IssuerTable = {
  findByDigits(text: string): Match | undefined
  findByApplicationId(applicationId: string, length: number): Match | undefined
}

const SHORTEST_DIGITS = 8
const LONGEST_DIGITS = 64

/**
 * Arranges issuers for `parse`. Digits are found by their length and first two digits; where one
 * prefix begins another, the longer wins. Done once every few seconds, not for every scan.
 *
 * @throws AssertionError for a rule of digits that no scan could be told by: a prefix that is not
 *   two digits or more, or a length that is not 8 to 64
 */
export function compileIssuers(issuers: readonly Issuer[], at: Date): IssuerTable {
  const valid = issuers
    .filter(({ validFrom, validUntil }) => validFrom <= at && (!validUntil || at < validUntil))
    .flatMap((issuer) => issuer.prefixes.map((prefix) => ({ issuer, prefix })))
    .sort((a, b) => b.prefix.length - a.prefix.length)
  const emv = valid.filter(({ issuer }) => issuer.pattern === 'emv_cpm')

  const slots: Match[][] = []
  for (const match of valid.filter(({ issuer }) => issuer.pattern === 'digits')) {
    const { issuer, prefix } = match
    assert(/^\d\d+$/.test(prefix), `${issuer.id}: a prefix is two digits or more`)
    assert(issuer.minLength >= SHORTEST_DIGITS, `${issuer.id}: its mask would tell the code`)
    assert(issuer.maxLength <= LONGEST_DIGITS, `${issuer.id}: no scan of digits is that long`)
    for (let length = issuer.minLength; length <= issuer.maxLength; length += 1) {
      const slot = length * 100 + Number(prefix.slice(0, 2))
      slots[slot] = [...(slots[slot] ?? []), match]
    }
  }

  return {
    findByDigits: (text) =>
      slots[text.length * 100 + Number(text.slice(0, 2))]?.find(({ prefix }) =>
        text.startsWith(prefix),
      ),
    findByApplicationId: (applicationId, length) =>
      emv.find(
        ({ issuer, prefix }) =>
          applicationId.startsWith(prefix) &&
          issuer.minLength <= length &&
          length <= issuer.maxLength,
      ),
  }
}

function digits(scheme: string, minLength: number, maxLength: number, prefixes: string[]): Rule {
  return { id: scheme, scheme, pattern: 'digits', prefixes, minLength, maxLength }
}

function emvCpm(scheme: string, prefixes: string[]): Rule {
  const lengths = { minLength: 16, maxLength: 512 }
  return { id: `${scheme}_emv`, scheme, pattern: 'emv_cpm', prefixes, ...lengths }
}
