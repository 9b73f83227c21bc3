/** What a code of the closed list says. */
export type ErrorSpec = {
  status: number
  /** May the caller send it again? `same_key`: yes, unchanged. `new_key`: as a new attempt. */
  retry: 'never' | 'same_key' | 'new_key'
  /** What the person at the screen does next. */
  nextAction: 'none' | 'rescan' | 'query' | 'wait' | 'sign_in' | 'fix_request'
  /** A few words. */
  title: string
  /** What is wrong, and what to do. */
  message: string
}

// Refusals of a scan. No payment exists and the order number stays free, so a fresh code may be
// scanned under the same order number with a new key.
export const scan = { status: 422, retry: 'new_key', nextAction: 'rescan' } as const

// The request itself is wrong, and would be refused again.
export const wrong = { status: 422, retry: 'never', nextAction: 'fix_request' } as const

// It has come to its end already, and a look at it says how.
export const over = { status: 409, retry: 'never', nextAction: 'query' } as const
