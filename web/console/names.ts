import { useMemo } from 'react'
import type { Merchant, Named, Party, Store } from '../ui/types.ts'
import { useAll } from './resources.ts'
import { isOperator, usePrincipal } from './session.tsx'

/** Looks an id up among things that have names; what is not known keeps its id. */
export type NameOf = (id: string | null) => string

function useNames(rows: readonly Named[] | undefined): NameOf {
  return useMemo(() => {
    const names = new Map(rows?.map(({ id, name }) => [id, name]))
    return (id) => (id === null ? '–' : (names.get(id) ?? id))
  }, [rows])
}

/** Names of merchants: all of them for the operator, for a merchant's people their own. */
export function useMerchantNames(): NameOf {
  const principal = usePrincipal()
  const operator = isOperator(principal)
  const all = useAll<Merchant>('/v1/merchants', operator)
  const own = useMemo(() => (principal.merchant ? [principal.merchant] : []), [principal.merchant])
  return useNames(operator ? all.data : own)
}

/** Names of stores. */
export function useStoreNames(): NameOf {
  return useNames(useAll<Store>('/v1/stores').data)
}

/** Names of agents and platforms, which the operator alone may list. */
export function usePartyNames(): NameOf {
  const operator = isOperator(usePrincipal())
  return useNames(useAll<Party>('/v1/parties', operator).data)
}
