import type { LinkOffer, List, Payer, Source } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { api, readPayer } from '../session.ts'
import { useLoad, type Loaded } from '../use-load.ts'

/** A source, and at which scheme it is; null for an account here, or while its way is closed. */
export type Account = Source & { scheme: string | null }

/** What this payer pays from, in the payer's order. */
export function useSources(): Loaded<List<Account>> {
  const { version } = useLive()
  return useLoad(readAccounts, version)
}

async function readAccounts(): Promise<List<Account>> {
  const sources = await api.get<List<Source>>('/v1/sources')
  const isElsewhere = sources.data.some(({ channel_account }) => channel_account !== null)
  const offers = isElsewhere ? (await readOffers()).data : []
  const schemeOf = (way: string | null): string | null =>
    offers.find(({ channel_account }) => channel_account === way)?.scheme ?? null
  const data = sources.data.map((one) => ({ ...one, scheme: schemeOf(one.channel_account) }))
  return { ...sources, data }
}

const readOffers = (): Promise<List<LinkOffer>> => api.get('/v1/linked_accounts/offers')

/** The payer, and with it whether the choice among the sources is left to the offers. */
export function usePayer(): Loaded<Payer> {
  const { version } = useLive()
  return useLoad(readPayer, version)
}

/** What can be linked now; a linked account whose way is not among them cannot be charged now. */
export function useOffers(): Loaded<List<LinkOffer>> {
  return useLoad(readOffers)
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
