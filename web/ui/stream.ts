import type { Api } from './api.ts'
import type { StreamEvent } from './types.ts'

export type StreamState = 'live' | 'reconnecting' | 'closed'

export type StreamOptions = {
  api: Api
  onEvent: (event: StreamEvent) => void
  /** `closed` is final: the token was refused, or the caller closed. */
  onState?: (state: StreamState) => void
}

export type Stream = {
  close(): void
  /** Connects again at once, without waiting for the back-off: the network has come back. */
  poke(): void
}

// The server sends a comment every 15 s; after 40 s of silence the connection is taken for dead.
const silenceMs = 40_000
const trustedSilenceMs = 20_000
const steadyMs = 5_000
const firstWaitMs = 500
const longestWaitMs = 15_000
const rememberedIds = 500

/**
 * Live events of the signed-in reader, each delivered once and in the order in which they came. The
 * server resumes from 30 s before the last id, and what was seen before is dropped here. The
 * connection is let go when the page is hidden for good and taken up again when it is shown.
 */
export function openStream({ api, onEvent, onState }: StreamOptions): Stream {
  const seen = new Set<string>()
  let lastId: string | null = null
  let attempt = 0
  let closed = false
  let heardAt = 0
  let connection: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  function deliver(event: StreamEvent): void {
    if (seen.has(event.id)) return
    seen.add(event.id)
    if (seen.size > rememberedIds) seen.delete(seen.values().next().value as string)
    if (!lastId || event.id > lastId) lastId = event.id
    onEvent(event)
  }

  async function connect(): Promise<void> {
    clearTimeout(timer)
    connection?.abort()
    const mine = new AbortController()
    const startedAt = Date.now()
    connection = mine
    try {
      const status = await readEvents(api, lastId, mine, {
        onOpen: () => onState?.('live'),
        onHeard: () => (heardAt = Date.now()),
        onEvent: deliver,
      })
      if (status === 401) return close()
    } catch {
      // A broken connection is the normal end of a stream; what matters is to connect again.
    }
    if (connection !== mine || closed) return
    connection = null
    // Only a connection that held for a while starts the back-off afresh.
    if (Date.now() - startedAt > steadyMs) attempt = 0
    waitAndConnect()
  }

  function waitAndConnect(): void {
    onState?.('reconnecting')
    const ceilingMs = Math.min(longestWaitMs, firstWaitMs * 2 ** attempt++)
    timer = setTimeout(() => void connect(), ceilingMs * (0.5 + Math.random() / 2))
  }

  function pause(): void {
    clearTimeout(timer)
    connection?.abort()
    connection = null
  }

  function resume(): void {
    if (closed || document.visibilityState === 'hidden' || !navigator.onLine) return
    // A phone that slept may hold a connection that died meanwhile; a fresh one is cheap.
    if (connection && Date.now() - heardAt < trustedSilenceMs) return
    attempt = 0
    void connect()
  }

  const listening: [EventTarget, string, () => void][] = [
    [globalThis, 'pagehide', pause],
    [globalThis, 'pageshow', resume],
    [globalThis, 'online', resume],
    [document, 'visibilitychange', resume],
  ]

  function close(): void {
    if (closed) return
    closed = true
    pause()
    for (const [target, name, listener] of listening) target.removeEventListener(name, listener)
    onState?.('closed')
  }

  for (const [target, name, listener] of listening) target.addEventListener(name, listener)
  void connect()
  return { close, poke: resume }
}

type Reading = {
  onOpen: () => void
  onHeard: () => void
  onEvent: (event: StreamEvent) => void
}

/** Reads until the connection ends. Answers the status of a refusal, or null; throws on a break. */
async function readEvents(
  api: Api,
  lastId: string | null,
  abort: AbortController,
  { onOpen, onHeard, onEvent }: Reading,
): Promise<number | null> {
  const token = api.token()
  if (!token) return 401
  let watchdog = setTimeout(() => abort.abort('silence'), silenceMs)
  try {
    const response = await fetch('/v1/events', {
      headers: {
        Accept: 'text/event-stream',
        Authorization: `Bearer ${token}`,
        ...(lastId ? { 'Last-Event-ID': lastId } : {}),
      },
      signal: abort.signal,
      cache: 'no-store',
    })
    if (response.status === 401 && token === api.token()) api.setToken(null)
    if (!response.ok || !response.body) return response.status
    onOpen()
    onHeard()
    const reader = response.body.getReader()
    const decoder = new TextDecoder()
    let rest = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return null
      onHeard()
      clearTimeout(watchdog)
      watchdog = setTimeout(() => abort.abort('silence'), silenceMs)
      const { blocks, tail } = cutBlocks(rest + decoder.decode(value, { stream: true }))
      rest = tail
      for (const block of blocks) {
        const event = parseBlock(block)
        if (event) onEvent(event)
      }
    }
  } finally {
    clearTimeout(watchdog)
  }
}

/** Cuts the text of an event stream at its blank lines; the tail is not complete yet. */
export function cutBlocks(text: string): { blocks: string[]; tail: string } {
  const blocks = text.replace(/\r\n?/g, '\n').split('\n\n')
  const tail = blocks.pop() ?? ''
  return { blocks, tail }
}

/**
 * One block of an event stream as an event; null for a comment or a block without data.
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function parseBlock(block: string): StreamEvent | null {
  const lines = block.split('\n').filter((line) => line.startsWith('data:'))
  if (lines.length === 0) return null
  return JSON.parse(lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n')) as StreamEvent
}
