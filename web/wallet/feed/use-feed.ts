import type { FeedItem, Subscription } from '../../ui/news-types.ts'
import type { List } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { api } from '../session.ts'
import { useLoad, type Loaded } from '../use-load.ts'

const newest = 50

/** What shops tell this payer, the latest first. */
export function useFeed(): Loaded<List<FeedItem>> {
  const { version } = useLive()
  return useLoad(() => api.get<List<FeedItem>>('/v1/feed', { limit: newest }), version)
}

/** How many of the latest news were not opened yet. */
export function useUnreadNews(): number {
  return useFeed().value?.data.filter((item) => item.read_at === null).length ?? 0
}

/** The shops that this payer listens to or has left; one of them when it is named. */
export function useSubscriptions(merchant?: string): Loaded<List<Subscription>> {
  const { version } = useLive()
  return useLoad(
    () => api.get<List<Subscription>>('/v1/subscriptions', { merchant, limit: 100 }),
    `${merchant ?? ''} ${version}`,
  )
}

/** What a payer wants to hear of a shop from now on. */
export const choose = (
  merchant: string,
  state: Subscription['state'],
  reached_by: 'scanned' | 'chosen' = 'chosen',
): Promise<Subscription> =>
  api.put<Subscription>(`/v1/subscriptions/${merchant}`, { state, reached_by })
