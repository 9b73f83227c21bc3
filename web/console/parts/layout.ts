import { useState } from 'react'
import type { Column } from './TableRows.tsx'

type Stored = { hidden: string[]; dense: boolean }

export type Layout = {
  isDense: boolean
  setDense: (dense: boolean) => void
  isShown: (key: string) => boolean
  toggle: (key: string) => void
  reset: () => void
  shown: <T>(columns: Column<T>[]) => Column<T>[]
}

/** Which columns of a table are shown and how tall its rows are, remembered on this device. */
export function useLayout<T>(name: string, columns: Column<T>[]): Layout {
  const storageKey = `onetill.console.table.${name}`
  const usual: Stored = {
    hidden: columns.filter((column) => column.hidden).map((column) => column.key),
    dense: true,
  }
  const [stored, setStored] = useState<Stored>(() => read(storageKey) ?? usual)

  function keep(next: Stored): void {
    setStored(next)
    localStorage.setItem(storageKey, JSON.stringify(next))
  }

  const isHidden = (key: string): boolean => stored.hidden.includes(key)
  return {
    isDense: stored.dense,
    setDense: (dense) => keep({ ...stored, dense }),
    isShown: (key) => !isHidden(key),
    toggle: (key) =>
      keep({
        ...stored,
        hidden: isHidden(key)
          ? stored.hidden.filter((other) => other !== key)
          : [...stored.hidden, key],
      }),
    reset() {
      localStorage.removeItem(storageKey)
      setStored(usual)
    },
    shown: (all) => all.filter((column) => column.always || !isHidden(column.key)),
  }
}

function read(storageKey: string): Stored | null {
  const text = localStorage.getItem(storageKey)
  if (!text) return null
  try {
    const stored = JSON.parse(text) as Partial<Stored>
    return Array.isArray(stored.hidden) ? { hidden: stored.hidden, dense: !!stored.dense } : null
  } catch {
    // Somebody else wrote there; the usual layout is no loss.
    return null
  }
}
