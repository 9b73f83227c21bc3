import type { StreamState } from '../ui/stream.ts'
import { makeStore } from './store.ts'

/** `connecting`: the server answers but the live stream does not stand yet. */
export type Connection = 'online' | 'connecting' | 'offline'

export const connectionStore = makeStore<{ state: Connection }>({ state: 'connecting' })

const pingEveryMs = 3_000
const pingTimeoutMs = 3_000

let streamState: StreamState = 'reconnecting'
let timer: ReturnType<typeof setTimeout> | undefined

/** True when a payment may be tried: the server was heard of a moment ago. */
export function isConnected(): boolean {
  return connectionStore.get().state !== 'offline'
}

/**
 * What the stream says of the connection. While it does not stand, the server is asked for a sign
 * of life: a proxy that stops streams must not stop payments, and `navigator.onLine` only knows of
 * the cable. Source: reference/ux.md §3.1.8.
 */
export function hearStream(state: StreamState): void {
  streamState = state
  if (state === 'live') setState('online')
  else void ping()
}

/** Begins to listen for the cable. Answers the function that stops it. */
export function watchConnection(): () => void {
  const check = (): void => void ping()
  addEventListener('online', check)
  addEventListener('offline', check)
  check()
  return () => {
    clearTimeout(timer)
    removeEventListener('online', check)
    removeEventListener('offline', check)
  }
}

function setState(state: Connection): void {
  if (connectionStore.get().state !== state) connectionStore.set({ state })
}

async function ping(): Promise<void> {
  clearTimeout(timer)
  const isAlive = await answers()
  if (!isAlive) setState('offline')
  else setState(streamState === 'live' ? 'online' : 'connecting')
  if (!isAlive || streamState !== 'live') {
    clearTimeout(timer)
    timer = setTimeout(() => void ping(), pingEveryMs)
  }
}

async function answers(): Promise<boolean> {
  if (!navigator.onLine) return false
  const abort = new AbortController()
  const giveUp = setTimeout(() => abort.abort(), pingTimeoutMs)
  try {
    // Any answer of the server is a sign of life; a proxy's 502 to 504 is the contrary.
    const { status } = await fetch('/healthz', { cache: 'no-store', signal: abort.signal })
    return status < 500
  } catch {
    return false
  } finally {
    clearTimeout(giveUp)
  }
}
