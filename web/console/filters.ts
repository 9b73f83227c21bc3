import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { Filters } from './resources.ts'

/** The search of an address as plain text values; an empty one is left out. */
export function parseSearch(search: string): Record<string, string> {
  const pairs = [...new URLSearchParams(search)].filter(([, value]) => value !== '')
  return Object.fromEntries(pairs)
}

/** Writes the values back as an ordinary query string, with its question mark. */
export function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(([, value]) => value != null && value !== '')
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return text && `?${text}`
}

export type FilterBox<Name extends string> = {
  filters: { [name in Name]?: string }
  /** Changes some filters and keeps the others; undefined takes one away. */
  set: (change: { [name in Name]?: string | undefined }) => void
  clear: () => void
  isFiltered: boolean
}

/** The named filters of a list, kept in the address so that a link shows the same rows. */
export function useFilters<Name extends string>(names: readonly Name[]): FilterBox<Name> {
  const search = useSearch({ strict: false }) as Filters
  const navigate = useNavigate()
  const wanted = names.join()
  const picked = names.map((name) => search[name] ?? '').join('\n')

  const filters = useMemo(() => {
    const values = picked.split('\n')
    const pairs = wanted.split(',').map((name, place) => [name, values[place]] as const)
    return Object.fromEntries(pairs.filter(([, value]) => value)) as { [name in Name]?: string }
  }, [wanted, picked])

  const set = useCallback(
    (change: { [name in Name]?: string | undefined }) => {
      void navigate({
        to: '.',
        search: (before: Filters) => ({ ...before, ...change }),
        replace: true,
      })
    },
    [navigate],
  )

  const clear = useCallback(() => {
    const nothing = Object.fromEntries(wanted.split(',').map((name) => [name, undefined]))
    set(nothing as { [name in Name]?: string | undefined })
  }, [set, wanted])

  return { filters, set, clear, isFiltered: Object.keys(filters).length > 0 }
}
