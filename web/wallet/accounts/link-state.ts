import type { LinkedAccount } from '../../ui/types.ts'

/** How an attempt to link stands, for the payer: one that nobody finished for long has run out. */
export type ShownLink = LinkedAccount['state'] | 'expired'

// The schemes' pages of agreement are open about as long.
const openMs = 15 * 60_000

/** How to show an attempt at a moment of the server's clock. */
export function shownLink(
  { state, created_at }: Pick<LinkedAccount, 'state' | 'created_at'>,
  nowMs: number,
): ShownLink {
  return state === 'pending' && nowMs - Date.parse(created_at) > openMs ? 'expired' : state
}

/** How long to wait before it is asked again, in ms: often at first, as the payer has just come back. */
export function askAgainMs(asked: number): number {
  return Math.min(8_000, 1_000 * 1.5 ** asked)
}
