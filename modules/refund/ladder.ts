const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** When a refund is looked at that its first call has not ended. */
export const FIRST_CHECK_MS = 5 * SECOND_MS

// Card refunds take days, and no counterpart wants to be asked often.
const ladderMs = [
  ...[10 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS],
  ...[30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS],
]
const EVERY_MS = 6 * HOUR_MS

/** After this a person is told that it is still not back. Bank cards may take a week. */
export const STUCK_MS = 7 * 24 * HOUR_MS

/** How long to wait after so many checks (0: none yet), in ms. */
export const waitMs = (checks: number): number => ladderMs[checks] ?? EVERY_MS
