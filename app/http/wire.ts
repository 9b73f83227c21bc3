import type { ServerResponse } from 'node:http'

// What a slow reader may leave unread, in bytes. Then he is cut off, comes again and resumes.
const MOST_UNREAD = 1024 * 1024
const DRAIN_MS = 30_000
// How long a reader waits before he comes again, in ms.
const COME_AGAIN_MS = 1_000

/** The writing end of one event stream. Writing to one that has ended does nothing. */
export type Wire = {
  event(id: string, type: string, data: string): void
  comment(text: string): void
  isOpen(): boolean
  /** Answers when the reader has taken what was written, and cuts him off when he does not. */
  drained(): Promise<void>
  end(): void
}

/**
 * Begins an event stream on a response. `onEnd` is called once, whichever side ends it.
 *
 * Source: HTML Living Standard, "Server-sent events", the format of the stream.
 */
export function openWire(response: ServerResponse, onEnd: () => void): Wire {
  let isOpen = true
  const finish = () => {
    if (!isOpen) return
    isOpen = false
    onEnd()
  }
  response.once('close', finish)
  response.on('error', finish)
  response.socket?.setNoDelay(true)
  response.socket?.setTimeout(0)

  const cut = () => {
    finish()
    response.destroy()
  }
  const write = (text: string) => {
    if (!isOpen) return
    response.write(text)
    if (response.writableLength > MOST_UNREAD) cut()
  }
  write(`retry: ${COME_AGAIN_MS}\n\n`)

  return {
    event: (id, type, data) => write(`id: ${id}\nevent: ${type}\ndata: ${data}\n\n`),
    comment: (text) => write(`: ${text}\n\n`),
    isOpen: () => isOpen,
    drained: () =>
      new Promise((resolve) => {
        if (!isOpen || !response.writableNeedDrain) return resolve()
        const timer = setTimeout(cut, DRAIN_MS).unref()
        const done = () => {
          clearTimeout(timer)
          response.off('drain', done)
          response.off('close', done)
          resolve()
        }
        response.once('drain', done)
        response.once('close', done)
      }),
    end() {
      finish()
      response.end()
    },
  }
}
