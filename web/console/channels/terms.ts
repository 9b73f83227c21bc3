import { fieldPath } from '../parts/FormDrawer.tsx'
import type { ChannelName } from '../types.ts'

/** How one setting or key of a channel is typed. */
export type Term = {
  /** As the API names it: `settings.baseUrl`, `keys.v2.apiKey`. */
  at: string
  /** `pems`: one PEM block under another. `texts`: one a line. `byName`: name and PEM, row by row. */
  shape: 'text' | 'secret' | 'pem' | 'pems' | 'texts' | 'byName' | 'words'
  required?: boolean
  words?: readonly string[]
  placeholder?: string
}

const text = (at: string, more: Partial<Term> = {}): Term => ({ at, shape: 'text', ...more })
const must = (at: string, more: Partial<Term> = {}): Term => text(at, { ...more, required: true })

const unionpay: readonly Term[] = [
  must('settings.baseUrl', { placeholder: 'https://gateway.95516.com' }),
  must('settings.merId', { placeholder: '777290058110048' }),
  text('settings.notifyUrl'),
  { at: 'settings.signerNames', shape: 'texts' },
  { at: 'keys.privateKey', shape: 'pem', required: true },
  { at: 'keys.certificate', shape: 'pem', required: true },
  { at: 'keys.rootCertificates', shape: 'pems', required: true },
  { at: 'keys.middleCertificates', shape: 'pems' },
]

/** By channel: what its account is made of. The server has the last word and names what is wrong. */
export const termsOf: Readonly<Record<ChannelName, readonly Term[]>> = {
  wechat: [
    must('settings.baseUrl', { placeholder: 'https://api.mch.weixin.qq.com' }),
    text('settings.certificateUrl'),
    { at: 'settings.version', shape: 'words', words: ['v2', 'v3'], required: true },
    must('settings.appId', { placeholder: 'wx8888888888888888' }),
    must('settings.mchId', { placeholder: '1900000109' }),
    text('settings.subAppId'),
    text('settings.subMchId'),
    text('settings.noticeUrl'),
    text('settings.storeNo'),
    text('settings.planId', { placeholder: '12535' }),
    text('settings.loginUrl', { placeholder: 'https://open.weixin.qq.com' }),
    text('settings.loginApiUrl', { placeholder: 'https://api.weixin.qq.com' }),
    { at: 'keys.v2.apiKey', shape: 'secret', required: true },
    { at: 'keys.v2.signType', shape: 'words', words: ['HMAC-SHA256', 'MD5'] },
    { at: 'keys.v2.certificate.certificatePem', shape: 'pem' },
    { at: 'keys.v2.certificate.privateKeyPem', shape: 'pem' },
    { at: 'keys.v2.certificate.authorityPem', shape: 'pem' },
    { at: 'keys.v3.apiKey', shape: 'secret', required: true },
    { at: 'keys.v3.serial', shape: 'text', required: true },
    { at: 'keys.v3.privateKeyPem', shape: 'pem', required: true },
    { at: 'keys.v3.platformKeys', shape: 'byName', required: true },
    { at: 'keys.appSecret', shape: 'secret' },
  ],
  alipay: [
    must('settings.baseUrl', { placeholder: 'https://openapi.alipay.com' }),
    must('settings.appId', { placeholder: '2021000000000000' }),
    must('settings.sellerId', { placeholder: '2088000000000000' }),
    text('settings.notifyUrl'),
    text('settings.appAuthToken'),
    text('settings.serviceProviderId'),
    text('settings.storeId'),
    { at: 'keys.privateKey', shape: 'pem', required: true },
    { at: 'keys.alipayPublicKeys', shape: 'pems', required: true },
  ],
  unionpay,
  bankcard: [...unionpay.slice(0, 2), text('settings.trId'), ...unionpay.slice(2)],
  interbank: [
    must('settings.baseUrl', { placeholder: 'https://till.other-bank.example' }),
    must('settings.issuerInstitutionId', { placeholder: 'ins_city' }),
    must('settings.acquirerInstitutionId', { placeholder: 'ins_demo' }),
    { at: 'keys.privateKey', shape: 'pem', required: true },
    { at: 'keys.peerPublicKey', shape: 'pem', required: true },
    { at: 'keys.peerNextPublicKey', shape: 'pem' },
  ],
}

/** The settings of a channel, its keys left out. */
export const settingsOf = (channel: ChannelName): readonly Term[] =>
  termsOf[channel].filter(({ at }) => at.startsWith('settings.'))

/** The keys of a channel; of WeChat's two protocols those of one, and what both have. */
export function keysOf(channel: ChannelName, version = 'v2'): readonly Term[] {
  const keys = termsOf[channel].filter(({ at }) => at.startsWith('keys.'))
  if (channel !== 'wechat') return keys
  return keys.filter(({ at }) => at.startsWith(`keys.${version}.`) || at === 'keys.appSecret')
}

/** The names under which keys are kept and replaced: `v2`, `privateKey`, … */
export function keyNames(channel: ChannelName): string[] {
  const names = termsOf[channel]
    .filter(({ at }) => at.startsWith('keys.'))
    .map(({ at }) => at.split('.')[1] ?? '')
  return [...new Set(names)]
}

export type Typed = { [name: string]: unknown }

/** What was typed into these terms, as the API takes it; what was left empty is left out. */
export function readTerms(terms: readonly Term[], typed: Typed): Typed {
  const read: Typed = {}
  for (const term of terms) {
    const path = fieldPath(term.at).map(String)
    const value = readValue(term, valueAt(typed, path))
    if (value !== undefined) put(read, path, value)
  }
  return read
}

function readValue({ shape }: Term, value: unknown): unknown {
  if (shape === 'byName') return byName(value)
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const plain = value.trim()
  if (shape === 'pems') return pemBlocks(plain)
  if (shape === 'texts')
    return plain
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  return plain
}

function byName(rows: unknown): Typed | undefined {
  if (!Array.isArray(rows)) return undefined
  const pairs = (rows as { name?: string; pem?: string }[])
    .map((row) => [row?.name?.trim() ?? '', row?.pem?.trim() ?? ''] as const)
    .filter(([name, pem]) => name && pem)
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined
}

/** PEM blocks one under another, each by itself; a text without any is one key as it stands. */
export function pemBlocks(text: string): string[] {
  const blocks = text.match(/-----BEGIN [^-]+-----[\s\S]*?-----END [^-]+-----/g)
  return blocks ? [...blocks] : [text]
}

function valueAt(from: Typed, path: readonly string[]): unknown {
  let at: unknown = from
  for (const step of path) at = (at as Typed | undefined)?.[step]
  return at
}

function put(into: Typed, path: readonly string[], value: unknown): void {
  const [first = '', ...rest] = path
  if (rest.length === 0) into[first] = value
  else put((into[first] ??= {}) as Typed, rest, value)
}
