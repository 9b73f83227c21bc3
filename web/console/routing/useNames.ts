import { useMemo } from 'react'
import { useMerchantNames, useStoreNames, type NameOf } from '../names.ts'
import { useChoices } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useWord } from '../text.ts'
import type { ChannelAccount } from '../types.ts'
import type { Names } from './words.ts'

/** Names of the things that rules speak of; a merchant's people do not see channel accounts. */
export function useRuleNames(): Names & { merchant: NameOf } {
  const word = useWord()
  const operator = isOperator(usePrincipal())
  const store = useStoreNames()
  const merchant = useMerchantNames()
  const accounts = useChoices<ChannelAccount>('/v1/channel_accounts', {}, operator)
  return useMemo(() => {
    const names = new Map(accounts.data?.map(({ id, name }) => [id, name]))
    const account: NameOf = (id) =>
      id === null ? '–' : (names.get(id) ?? word('routing.', 'a_road'))
    return { word, store, merchant, account }
  }, [word, store, merchant, accounts.data])
}
