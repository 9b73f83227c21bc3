import type { Source } from '../../ui/types.ts'
import { words, type Words } from '../text.ts'

// What the server calls the stored balance, in every language.
const balanceLabel = '余额'

type Named = Pick<Source, 'kind' | 'label' | 'last4'>

/** The name of a source as its owner knows it: 招商储蓄卡 (1234). */
export function sourceName({ kind, label, last4 }: Named): string {
  if (kind === 'balance') return words('source.balance')
  return last4 && !label.includes(last4) ? `${label} (${last4})` : label
}

/** The label that a payment keeps of its source, in the reader's language; null stays null. */
export function sourceText(label: string | null): string | null {
  return label === balanceLabel ? words('source.balance') : label
}

/** What kind of account it is, and where. */
export function kindText(kind: Source['kind'], t: Words): string {
  return t(`accounts.kind.${kind}`)
}
