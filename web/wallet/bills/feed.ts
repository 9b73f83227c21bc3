import type { List, PaymentView, WalletDebit } from '../../ui/types.ts'
import { spendingOf, type Spending } from '../spending.ts'

/** What was read of payments and of debits by other institutions, each the newest first. */
export type Read = { payments: List<PaymentView>; debits: List<WalletDebit> }

export type Feed = { spendings: Spending[]; hasMore: boolean }

/**
 * Both in one list, the newest first. Where one of them has more to read, what the other has before
 * that time is held back, so that nothing is missing between two rows.
 */
export function feedOf({ payments, debits }: Read): Feed {
  const all = [...payments.data, ...debits.data].map(spendingOf)
  const from = [oldestRead(payments), oldestRead(debits)].reduce((a, b) => (a > b ? a : b))
  const spendings = all
    .filter(({ createdAt }) => createdAt >= from)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
  return { spendings, hasMore: payments.has_more || debits.has_more }
}

/** Which of the two must be read on, so that the list grows; null when both are read to the end. */
export function readNext({ payments, debits }: Read): 'payments' | 'debits' | null {
  if (!payments.has_more && !debits.has_more) return null
  if (!debits.has_more) return 'payments'
  if (!payments.has_more) return 'debits'
  return oldestRead(payments) >= oldestRead(debits) ? 'payments' : 'debits'
}

// Times are RFC 3339 in UTC with milliseconds, so that they sort as texts; '' is before them all.
function oldestRead({ data, has_more }: List<{ created_at: string }>): string {
  return has_more ? (data.at(-1)?.created_at ?? '') : ''
}

/** A page more of one list; what is in both pages counts once, as the newer page has it. */
export function joined<Item extends { id: string }>(
  newer: List<Item>,
  older: List<Item> | null,
): List<Item> {
  if (!older) return newer
  const known = new Set(newer.data.map(({ id }) => id))
  return { ...older, data: [...newer.data, ...older.data.filter(({ id }) => !known.has(id))] }
}
