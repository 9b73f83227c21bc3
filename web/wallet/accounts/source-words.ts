import { schemeText } from '../../ui/scheme.tsx'
import type { Source } from '../../ui/types.ts'
import type { Spending } from '../spending.ts'
import { words, type Words } from '../text.ts'
import type { Account } from './use-sources.ts'

// What the server calls the stored balance, in every language.
const balanceLabel = '余额'

// What an account is called at a scheme that says nothing of its owner: the scheme's name, in Chinese.
const schemeLabels: ReadonlySet<string> = new Set(['微信支付', '支付宝'])

/** A label with the scheme before it, where it does not say the scheme itself. */
function labelAt(place: string, label: string): string {
  if (place !== '' && schemeLabels.has(label)) return place
  return label.startsWith(place) ? label : `${place} ${label}`
}

type Named = Pick<Account, 'kind' | 'label' | 'last4' | 'scheme'>

/** The name of a source as its owner knows it: 招商储蓄卡 (1234), 支付宝 138******01. */
export function sourceName({ kind, label, last4, scheme }: Named): string {
  if (kind === 'balance') return words('source.balance')
  const place = kind === 'linked' && scheme !== null ? schemeText(scheme) : ''
  const name = labelAt(place, label)
  return last4 && !name.includes(last4) ? `${name} (${last4})` : name
}

type Paid = Pick<Spending, 'sourceLabel' | 'road'>

/** What a payment was made from, as its owner knows it: the balance, a card, 支付宝 138******01. */
export function sourceText({ sourceLabel, road }: Paid): string | null {
  if (sourceLabel === null) return null
  if (sourceLabel === balanceLabel) return words('source.balance')
  const place = isWallet(road) ? schemeText(road) : ''
  return labelAt(place, sourceLabel)
}

/** In whose app the payer types a password: the scheme's, where it is known. */
export function appText(paid: Paid): string {
  const { road } = paid
  return isWallet(road) ? schemeText(road) : (sourceText(paid) ?? words('code.pay_from'))
}

// What these call an account is a part of a phone number, and does not say whose account it is.
const isWallet = (road: string | null): boolean => road === 'wechat' || road === 'alipay'

/** What kind of account it is, and where. */
export function kindText(kind: Source['kind'], t: Words): string {
  return t(`accounts.kind.${kind}`)
}
