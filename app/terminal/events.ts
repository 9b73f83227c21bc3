import { setTimeout as sleep } from 'node:timers/promises'

import type { Calls } from './calls.ts'

const SILENCE_MS = 40_000
const LONGEST_WAIT_MS = 15_000

/**
 * Listens to what the server tells this terminal, and connects again whenever that ends. `onOpen` comes
 * with each new connection, for whatever was told meanwhile; `onEvent` with the type of each event.
 */
export function listenToEvents(
  { events }: Calls,
  { onOpen, onEvent }: { onOpen(): void; onEvent(type: string): void },
): { close(): void } {
  const over = new AbortController()

  async function listen(): Promise<void> {
    for (let failures = 0; !over.signal.aborted; failures++) {
      const openedMs = performance.now()
      // A broken connection is the normal end of a stream; what matters is to connect again.
      await readEvents().catch(() => undefined)
      if (performance.now() - openedMs > 5_000) failures = 0
      const ceilingMs = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures)
      const waitMs = ceilingMs * (0.5 + Math.random() / 2)
      await sleep(waitMs, undefined, { signal: over.signal }).catch(() => undefined)
    }
  }

  async function readEvents(): Promise<void> {
    const silence = new AbortController()
    const listening = new AbortController()
    const timer = setInterval(() => silence.abort(), SILENCE_MS)
    const signal = AbortSignal.any([over.signal, silence.signal, listening.signal])
    try {
      const { authorization } = events
      const headers = { accept: 'text/event-stream', authorization }
      const response = await fetch(events.url, { headers, signal })
      if (!response.ok || !response.body) return
      onOpen()
      let rest = ''
      for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
        timer.refresh()
        const lines = (rest + part).split(/\r\n|\n|\r/)
        rest = lines.pop() ?? ''
        for (const line of lines) if (line.startsWith('event:')) onEvent(line.slice(6).trim())
      }
    } finally {
      clearInterval(timer)
      listening.abort()
    }
  }

  void listen()
  return { close: () => over.abort() }
}
