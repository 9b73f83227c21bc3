import { schemeText } from '../../ui/scheme.tsx'
import type { Source } from '../../ui/types.ts'
import { words, type Words } from '../text.ts'
import type { Account } from './use-sources.ts'

// What the server calls the stored balance, in every language.
const balanceLabel = '余额'

type Named = Pick<Account, 'kind' | 'label' | 'last4' | 'scheme'>

/** The name of a source as its owner knows it: 招商储蓄卡 (1234), 支付宝 138******01. */
export function sourceName({ kind, label, last4, scheme }: Named): string {
  if (kind === 'balance') return words('source.balance')
  const place = kind === 'linked' && scheme !== null ? schemeText(scheme) : ''
  const name = label.startsWith(place) ? label : `${place} ${label}`
  return last4 && !name.includes(last4) ? `${name} (${last4})` : name
}

/** The label that a payment keeps of its source, in the reader's language; null stays null. */
export function sourceText(label: string | null): string | null {
  return label === balanceLabel ? words('source.balance') : label
}

/** What kind of account it is, and where. */
export function kindText(kind: Source['kind'], t: Words): string {
  return t(`accounts.kind.${kind}`)
}
