import type { List, Promotion } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { api } from '../session.ts'
import { useLoad, type Loaded } from '../use-load.ts'

/** What is on now; read again when money moved, because a budget may be spent then. */
export function usePromotions(): Loaded<List<Promotion>> {
  const { version } = useLive()
  return useLoad(() => api.get<List<Promotion>>('/v1/promotions', { limit: 50 }), version)
}
