import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { createContext, use, useSyncExternalStore } from 'react'
import { asProblem } from '../ui/api.ts'
import type { Demo, Principal } from '../ui/types.ts'
import { api, queryClient } from './resources.ts'

/** The signed-in person; inside the shell there always is one. */
export const PrincipalContext = createContext<Principal | null>(null)

/** Who is signed in. Throws outside of the shell, where nobody is. */
export function usePrincipal(): Principal {
  const principal = use(PrincipalContext)
  if (!principal) throw new Error('This screen needs a signed-in person.')
  return principal
}

/** Whether the person works for the institution and sees all of it; others see their merchant. */
export function isOperator(principal: Principal): boolean {
  return principal.roles.includes('operator')
}

/** The time zone in which the institution counts its days. */
export function useZone(): string {
  return usePrincipal().institution.time_zone
}

/** The bearer token kept on this device, or null. */
export function useToken(): string | null {
  return useSyncExternalStore(api.onToken, api.token)
}

/** The person behind the token; asked for again when the token changes. */
export function useMe(token: string | null): UseQueryResult<Principal> {
  return useQuery({
    queryKey: ['/v1/me', token],
    queryFn: () => api.get<Principal>('/v1/me'),
    enabled: token !== null,
    staleTime: Infinity,
  })
}

/** The demo people when the server runs as a demo, else null. */
export function useDemo(): UseQueryResult<Demo | null> {
  return useQuery({
    queryKey: ['/v1/demo'],
    queryFn: async () => {
      try {
        return await api.get<Demo>('/v1/demo')
      } catch (error) {
        if (asProblem(error).status === 404) return null
        throw error
      }
    },
    staleTime: Infinity,
  })
}

/** Ends the session; on this device in any case. */
export async function signOut(): Promise<void> {
  try {
    await api.del('/v1/sessions/current')
  } catch {
    // The person wants out of this device. A session that the server could not be told of dies by
    // its expiry.
  }
  api.setToken(null)
  queryClient.clear()
}
