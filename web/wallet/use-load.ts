import { useCallback, useEffect, useRef, useState } from 'react'
import { asProblem, type Problem } from '../ui/api.ts'

export type Loaded<T> = {
  value: T | null
  problem: Problem | null
  isLoading: boolean
  reload: () => void
}

/**
 * Reads something now, and again when `version` changes or `reload` is called. What was read stays
 * on the screen while it is read again, so nothing jumps.
 */
export function useLoad<T>(read: () => Promise<T>, version: unknown = 0): Loaded<T> {
  const [value, setValue] = useState<T | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isLoading, setLoading] = useState(true)
  const [round, setRound] = useState(0)
  const reader = useRef(read)
  useEffect(() => {
    reader.current = read
  })
  useEffect(() => {
    let isCurrent = true
    setLoading(true)
    reader
      .current()
      .then((next) => {
        if (!isCurrent) return
        setValue(next)
        setProblem(null)
      })
      .catch((thrown: unknown) => isCurrent && setProblem(asProblem(thrown)))
      .finally(() => isCurrent && setLoading(false))
    return () => {
      isCurrent = false
    }
  }, [version, round])
  const reload = useCallback(() => setRound((last) => last + 1), [])
  return { value, problem, isLoading, reload }
}
