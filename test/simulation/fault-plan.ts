import type { Profile } from '../../sandbox/counterpart/faults.ts'
import { drawFrom, pickWeighted } from '../../sandbox/counterpart/random.ts'
import type { NewPhone, Scheme } from './sandbox.ts'

// What one seed means: who pays what where, who is late, who changes their mind, and what goes wrong.

/** Whose code is scanned: a scheme's, our own wallet's, or another institution's. */
export type Payer = Scheme | 'onus' | 'interbank'

/** How payers behave when they are asked: each kind has phones of its own. */
const habits = { quick: 24, late: 8, never: 2, cancels: 2, broke: 1 } as const
export type Habit = keyof typeof habits

export type PaymentPlan = {
  number: number
  payer: Payer
  habit: Habit
  /** Which phone or wallet of those with this habit. */
  phone: string
  /** Different for every payment: faults are drawn by it. */
  amountMinor: number
  till: number
  /** When the customer types the password, in ms after the scan. */
  confirmAfterMs: number
  /** When the cashier reverses what is still open; null: not at all. */
  reverseAfterMs: number | null
  /** Sends the same request once more. */
  isSentTwice: boolean
}

/**
 * The other institution's wallets, by how their owners behave. So many that what they pay without a
 * PIN in a day stays below what the regulation lets go so.
 */
export const cityWallets: readonly Habit[] = [
  ...Array.from({ length: 40 }, () => 'quick' as const),
  ...Array.from({ length: 10 }, () => 'late' as const),
  ...Array.from({ length: 5 }, () => 'never' as const),
  ...Array.from({ length: 5 }, () => 'cancels' as const),
]

const CHEAPEST_MINOR = 100

/** The n-th payment of a seed, n from 0. It does not depend on the others. */
export function planPayment(
  seed: string,
  number: number,
  { shares, tills }: { shares: Shares; tills: number },
): PaymentPlan {
  const draw = drawFrom(seed, 'payment', number)
  const payer = pickWeighted(shares, draw()) ?? 'wechat'
  const isWallet = payer === 'onus' || payer === 'interbank'
  const drawn = habitOf(draw())
  const phone = Math.floor(draw() * (isWallet ? cityWallets.length : habits[drawn]))
  const ofWallet = payer === 'interbank' ? (cityWallets[phone] ?? 'quick') : 'quick'
  const habit = isWallet ? ofWallet : drawn
  const till = Math.floor(draw() * tills)
  const confirmAfterMs = 200 + Math.floor(draw() * 3_000)
  const reverseAfterMs = draw() < 0.25 ? 100 + Math.floor(draw() * 3_000) : null
  return {
    ...{ number, payer, habit, till, confirmAfterMs, reverseAfterMs },
    phone: isWallet ? `wallet-${phone}` : phoneName(habit, phone),
    amountMinor: CHEAPEST_MINOR + number,
    isSentTwice: draw() < 0.05,
  }
}

export type Shares = Partial<Record<Payer, number>>

function habitOf(draw: number): Habit {
  return pickWeighted({ late: 0.08, never: 0.01, cancels: 0.01, broke: 0.01 }, draw) ?? 'quick'
}

const phoneName = (habit: Habit, at: number) => `${habit}-${at}`

/** The phones that every scheme needs for it. */
export function phonesNeeded(): NewPhone[] {
  const plenty = 100_000_000_000
  const names = Object.entries(habits) as [Habit, number][]
  return names.flatMap(([habit, count]) =>
    Array.from({ length: count }, (_, at) => ({
      name: phoneName(habit, at),
      balance: habit === 'broke' ? 0 : plenty,
      free_up_to: habit === 'quick' || habit === 'broke' ? plenty : 0,
    })),
  )
}

/** What goes wrong while the channels are ill: about one call in six. */
export const illness: Profile = {
  charge: {
    ...{ answer_lost: 0.03, request_lost: 0.02, system_error: 0.03, busy: 0.02 },
    ...{ server_error: 0.01, truncated: 0.01, wrong_signature: 0.01, slow: 0.02 },
    ...{ confirm: 0.05, not_enough: 0.02, code_expired: 0.02 },
  },
  query: {
    ...{ answer_lost: 0.04, request_lost: 0.03, server_error: 0.02, busy: 0.03 },
    ...{ truncated: 0.01, wrong_signature: 0.02, slow: 0.02 },
  },
  reverse: {
    ...{ answer_lost: 0.06, request_lost: 0.04, system_error: 0.05, busy: 0.04 },
    ...{ recall: 0.15, late_success: 0.06, truncated: 0.02, wrong_signature: 0.02 },
  },
  refund: { answer_lost: 0.05, request_lost: 0.05, system_error: 0.05, busy: 0.05 },
  refund_query: { answer_lost: 0.05, request_lost: 0.05, busy: 0.05 },
  notice: {
    notice_lost: 0.1,
    notice_duplicate: 0.15,
    notice_reordered: 0.1,
    wrong_signature: 0.05,
  },
}

/** When a whole channel is dead for a while: after which payment, and how long. */
export function planDeaths(
  seed: string,
  payments: number,
  schemes: readonly Scheme[],
): { after: number; scheme: Scheme; forMs: number }[] {
  return [...schemes, ...schemes]
    .map((scheme, at) => {
      const draw = drawFrom(seed, 'death', at)
      return {
        scheme,
        after: Math.floor(payments * (0.1 + 0.75 * draw())),
        forMs: 2_000 + Math.floor(draw() * 4_000),
      }
    })
    .toSorted((one, other) => one.after - other.after)
}
