import {
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useRef } from 'react'
import { asProblem, createApi, newIdempotencyKey, type Query } from '../ui/api.ts'
import type { List } from '../ui/types.ts'

/** The one way of the console to the API. */
export const api = createApi('console')

/** What was read before; a refusal is shown at once, an unanswered call is tried twice more. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && asProblem(error).retry === 'same_key',
    },
    mutations: { retry: false },
  },
})

export type Filters = Record<string, string | undefined>
export type Pages<T> = UseInfiniteQueryResult<InfiniteData<List<T>>>

const pageSize = 50
/** So many a chooser shows at once. */
export const mostChoices = 100

/** A list of the API, newest first, page after page by its cursor. */
export function useList<T extends { id: string }>(
  path: string,
  filters: Filters = {},
  options: { enabled?: boolean } = {},
): Pages<T> {
  return useInfiniteQuery({
    queryKey: [path, filters],
    queryFn: ({ pageParam }) =>
      api.get<List<T>>(path, { ...filters, limit: pageSize, starting_after: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.has_more ? (last.data.at(-1)?.id ?? null) : null),
    ...options,
  })
}

/** Up to 100 of a list at once, for choosers and for names beside ids. */
export function useChoices<T>(
  path: string,
  filters: Filters = {},
  enabled = true,
): UseQueryResult<T[]> {
  return useQuery({
    queryKey: [path, 'choices', filters],
    queryFn: async () => {
      const list = await api.get<List<T>>(path, { ...filters, limit: mostChoices })
      return list.data
    },
    staleTime: 60_000,
    enabled,
  })
}

// Of so many merchants or stores the names are looked up at once; the rest keep their ids.
const mostPages = 20

/** A whole list, page after page, for names beside ids. */
export function useAll<T extends { id: string }>(
  path: string,
  enabled = true,
): UseQueryResult<T[]> {
  return useQuery({
    queryKey: [path, 'all'],
    queryFn: async () => {
      const rows: T[] = []
      for (let page = 0; page < mostPages; page++) {
        const after = { starting_after: rows.at(-1)?.id }
        const list = await api.get<List<T>>(path, { limit: mostChoices, ...after })
        rows.push(...list.data)
        if (!list.has_more) break
      }
      return rows
    },
    staleTime: 60_000,
    enabled,
  })
}

/** One resource, or one answer, of the API. */
export function useOne<T>(
  path: string | null,
  query: Query = {},
  refetchInterval?: number,
): UseQueryResult<T> {
  return useQuery({
    queryKey: [path, 'one', query],
    queryFn: () => api.get<T>(path ?? '', query),
    enabled: path !== null,
    ...(refetchInterval ? { refetchInterval } : {}),
  })
}

/** Forgets what was read under these paths, so that every list on the screen asks again. */
export function useForget(): (...paths: string[]) => Promise<void> {
  const client = useQueryClient()
  return async (...paths) => {
    const isStale = (key: unknown): boolean =>
      typeof key === 'string' && paths.some((path) => key.startsWith(path))
    await client.invalidateQueries({ predicate: ({ queryKey }) => isStale(queryKey[0]) })
  }
}

/**
 * Creates something, once in effect: the key is made when the form opens and sent again as long as
 * no answer came, so that a second press cannot create twice; a success takes a new key.
 */
export function useCreate<Answer>(path: string, onDone: (answer: Answer) => void) {
  const key = useRef(newIdempotencyKey())
  const forget = useForget()
  return useMutation({
    mutationFn: (body: unknown) => api.post<Answer>(path, body, { idempotencyKey: key.current }),
    onSuccess: async (answer) => {
      key.current = newIdempotencyKey()
      onDone(answer)
      await forget(path)
    },
    onError: (error) => {
      if (asProblem(error).retry === 'new_key') key.current = newIdempotencyKey()
    },
  })
}

/** Changes or deletes something that exists; every list under `path` asks again afterwards. */
export function useChange<Body, Answer = unknown>(
  path: string,
  send: (body: Body) => Promise<Answer>,
  onDone: (answer: Answer) => void = () => undefined,
) {
  const forget = useForget()
  return useMutation({
    mutationFn: send,
    onSuccess: async (answer) => {
      onDone(answer)
      await forget(path)
    },
  })
}
