/**
 * Scans wait in line and are handled one at a time, so two fast ones can neither overtake nor melt
 * into each other. The same text again within the blanking time is told to `blanked` and dropped.
 * Texts are kept only until they are handled; the last one is remembered to be blanked, never told.
 * Source: reference/ux.md §3.1.2 (FIFO; blanking 2 s).
 */
export function makeScanQueue(options: {
  take: (text: string) => Promise<void> | void
  blanked: () => void
  failed: (error: unknown) => void
  blankingMs?: number
}): { offer: (text: string, atMs: number) => void } {
  const { take, blanked, failed, blankingMs = 2_000 } = options
  const waiting: string[] = []
  let isBusy = false
  let last: { text: string; atMs: number } | undefined

  async function drain(): Promise<void> {
    if (isBusy) return
    isBusy = true
    try {
      for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) {
        await takeOne(text)
      }
    } finally {
      isBusy = false
    }
  }

  // One scan that cannot be handled must not hold up the next one.
  async function takeOne(text: string): Promise<void> {
    try {
      await take(text)
    } catch (error) {
      failed(error)
    }
  }

  return {
    offer(text, atMs) {
      if (last?.text === text && atMs - last.atMs < blankingMs) return blanked()
      last = { text, atMs }
      waiting.push(text)
      void drain()
    },
  }
}
