import type { List, PaymentView, RefundView, WalletDebit } from '../../ui/types.ts'
import { spendingOf, type Spending } from '../spending.ts'
import { comeBackOf, type ComeBack } from './come-back.ts'

/** What was read of payments, of debits by other institutions, and of refunds, each the newest first. */
export type Read = {
  payments: List<PaymentView>
  debits: List<WalletDebit>
  refunds: List<RefundView>
}

/** One row: money that went, or money that came back. */
export type Bill = Spending | ComeBack

export type Feed = { bills: Bill[]; hasMore: boolean }

const names = ['payments', 'debits', 'refunds'] as const

/**
 * All in one list, the newest first. Where one of them has more to read, what the others have before
 * that time is held back, so that nothing is missing between two rows.
 */
export function feedOf(read: Read): Feed {
  const all = [
    ...[...read.payments.data, ...read.debits.data].map(spendingOf),
    ...read.refunds.data.map(comeBackOf),
  ]
  const from = names.map((name) => oldestRead(read[name])).reduce((a, b) => (a > b ? a : b))
  const bills = all
    .filter(({ createdAt }) => createdAt >= from)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
  return { bills, hasMore: names.some((name) => read[name].has_more) }
}

/** Which of them must be read on, so that the list grows; null when all are read to the end. */
export function readNext(read: Read): keyof Read | null {
  const more = names.filter((name) => read[name].has_more)
  return more.reduce<keyof Read | null>(
    (first, name) =>
      first === null || oldestRead(read[name]) > oldestRead(read[first]) ? name : first,
    null,
  )
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
