import type { News } from '../../ui/news-types.ts'

/** How news stands at a moment: published news may not have begun, or have ended. */
export function newsWord({ state, valid_from, valid_until }: News, nowMs: number): string {
  if (state !== 'published') return state
  if (Date.parse(valid_until) <= nowMs) return 'ended'
  return Date.parse(valid_from) > nowMs ? 'planned' : 'published'
}
