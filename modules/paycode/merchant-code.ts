import { assert } from '../lib/assert.ts'
import type { MerchantQr } from './mpm.ts'
import { MPM_START, parseMpm } from './mpm.ts'
import type { MpmFault } from './mpm-fields.ts'

/** `order`: for one payment, with its amount. `static`: hangs on the wall, the payer types it. */
export type MerchantCodeKind = 'order' | 'static'

/** What a code that a merchant shows turns out to be. */
export type MerchantCode =
  /** Ours. `origin` is the server that its address names; null when it names none. */
  | { kind: 'ours'; token: string; codeKind: MerchantCodeKind; origin: string | null }
  /** An EMVCo code of somebody else. */
  | { kind: 'emv'; qr: MerchantQr }
  /** A code that only the scheme's own app can pay. */
  | { kind: 'scheme'; scheme: 'wechat' | 'alipay' | 'unionpay' }
  /** An EMVCo code that may not be paid. */
  | { kind: 'wrong'; fault: MpmFault }
  | { kind: 'none' }

/**
 * The owner of our template in merchant-presented codes: a UUID without its hyphens, as the
 * specification wants where there is no registered identifier.
 */
export const OUR_MPM_OWNER = '8e0f4c5a6b7d49c2a1f38d5e2b9c6a70'
const OUR_TEMPLATE = '26'
const TOKEN_FIELD = '01'

const kinds = { o: 'order', m: 'static' } as const
const idKinds = { order: 'pay', static: 'mcd' } as const
const token = String.raw`([om])_([a-z0-9]{1,16})_([0-9a-hjkmnp-tv-z]{26})`
const wholeToken = new RegExp(`^${token}$`)
const ownAddress = new RegExp(String.raw`^(https?://[^\s/?#]+)/c/(${token})/?(?:[?#]\S*)?$`)
const LONGEST_ADDRESS = 2_000

// Source: protocols.md §1.4: what the schemes' own codes begin with.
const schemes = [
  [/^(weixin|wxp):\/\//i, 'wechat'],
  [/^https:\/\/(qr\.alipay\.com|[a-z]+\.alipay\.com\/qr)\//i, 'alipay'],
  [/^https:\/\/qr\.95516\.com\//i, 'unionpay'],
] as const

/**
 * What a code that a merchant shows says of itself: its kind, the institution's short name, and the
 * end of the id of the payment or of the code. Whoever sees the code may pay it, so it is no secret;
 * ids have too much chance in them for anybody to try the orders of others.
 *
 * @param id of the payment (`pay_…`) or of the code on the wall (`mcd_…`)
 * @throws AssertionError for any other id
 *
 * Source: DESIGN §4 (codes name their institution before anything is looked up).
 */
export function merchantToken(institutionId: string, id: string): string {
  const [kind, rest] = id.split('_')
  assert(kind === 'pay' || kind === 'mcd', 'a merchant shows an order or a code on the wall')
  const text = `${kind === 'pay' ? 'o' : 'm'}_${institutionId.slice(4)}_${rest}`
  assert(wholeToken.test(text), 'an institution has a short name')
  return text
}

/** What a token names, or null when it is none. Says nothing of whether the thing exists. */
export function readMerchantToken(
  text: string,
): { codeKind: MerchantCodeKind; institutionId: string; id: string } | null {
  const [, letter, slug, rest] = wholeToken.exec(text) ?? []
  if (!letter) return null
  const codeKind = kinds[letter as 'o' | 'm']
  return { codeKind, institutionId: `ins_${slug}`, id: `${idKinds[codeKind]}_${rest}` }
}

/** Our template in a merchant-presented code; its place among others is 26. */
export const ourMpmAccount = (text: string) => ({
  id: OUR_TEMPLATE,
  owner: OUR_MPM_OWNER,
  fields: [{ id: TOKEN_FIELD, value: text }],
})

/**
 * Reads what a payer's camera saw where a merchant shows a code. Never throws; what is neither ours
 * nor anything that is known is `none`. The token is not secret, and whether it may be paid is for
 * the server to say.
 *
 * Source: P2; protocols.md §1.3, §1.4.
 */
export function parseMerchantCode(scannedText: string): MerchantCode {
  const text = scannedText.trim()
  if (text.startsWith(MPM_START)) return readMpm(text)
  if (text.length > LONGEST_ADDRESS) return { kind: 'none' }
  const [, origin, found, letter] = ownAddress.exec(text) ?? []
  if (origin && found)
    return { kind: 'ours', token: found, codeKind: kinds[letter as 'o' | 'm'], origin }
  const scheme = schemes.find(([pattern]) => pattern.test(text))?.[1]
  return scheme ? { kind: 'scheme', scheme } : { kind: 'none' }
}

function readMpm(text: string): MerchantCode {
  const { ok: qr, fault } = parseMpm(text)
  if (fault) return { kind: 'wrong', fault }
  const ours = qr.accounts.find((one) => 'owner' in one && one.owner === OUR_MPM_OWNER)
  const found =
    ours && 'fields' in ours ? ours.fields.find(({ id }) => id === TOKEN_FIELD)?.value : undefined
  const read = found === undefined ? null : readMerchantToken(found)
  if (!found || !read) return { kind: 'emv', qr }
  return { kind: 'ours', token: found, codeKind: read.codeKind, origin: null }
}
