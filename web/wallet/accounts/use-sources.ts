import type { LinkOffer, List, Payer, Source } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { api, readPayer } from '../session.ts'
import { useLoad, type Loaded } from '../use-load.ts'

/** What this payer pays from, in the payer's order. */
export function useSources(): Loaded<List<Source>> {
  const { version } = useLive()
  return useLoad(() => api.get<List<Source>>('/v1/sources'), version)
}

/** The payer, and with it whether the choice among the sources is left to the offers. */
export function usePayer(): Loaded<Payer> {
  const { version } = useLive()
  return useLoad(readPayer, version)
}

/** What can be linked now; a linked account whose way is not among them cannot be charged now. */
export function useOffers(): Loaded<List<LinkOffer>> {
  return useLoad(() => api.get<List<LinkOffer>>('/v1/linked_accounts/offers'))
}

/** Leaves the choice among all sources to the offers, or takes it back. */
export async function leaveChoice(auto: boolean): Promise<void> {
  await api.post<Payer>('/v1/sources/auto', { auto })
}

/** Pays by new codes from this one, and from no other. */
export async function chooseSource(sourceId: string): Promise<void> {
  await leaveChoice(false)
  await api.post<Source>(`/v1/sources/${sourceId}/choose`, {})
}
