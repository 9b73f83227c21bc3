import { useEffect, useState } from 'react'
import { api } from '../session.ts'

const tickMs = 250

/** Whole seconds until a moment by the server's clock, 0 when it has passed or there is none. */
export function useSecondsTo(at: string | null): number {
  const [seconds, setSeconds] = useState(() => secondsTo(at))
  useEffect(() => {
    setSeconds(secondsTo(at))
    const timer = setInterval(() => setSeconds(secondsTo(at)), tickMs)
    return () => clearInterval(timer)
  }, [at])
  return seconds
}

function secondsTo(at: string | null): number {
  return at ? Math.max(0, Math.round((Date.parse(at) - api.serverNow()) / 1000)) : 0
}
