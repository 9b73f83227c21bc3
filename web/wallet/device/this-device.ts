import { useEffect, useSyncExternalStore } from 'react'
import { createTurns } from './offline-code.ts'
import { browserShelf } from './shelf.ts'
import { createStore, type OpenDevice, type Summary } from './store.ts'

/** The codes that this browser can show without a network. */
export const store = createStore({ shelf: browserShelf(), nowMs: () => Date.now() })

/** Whether this browser can keep codes: keys need a secure address, and a database. */
export const canKeepCodes = (): boolean =>
  typeof indexedDB !== 'undefined' && globalThis.crypto?.subtle !== undefined

export type Filling = { done: number; wanted: number }

/** How this device stands. `summary` is null until it was read. */
export type ThisDevice = {
  summary: Summary | null
  /** Set while codes are fetched. */
  filling: Filling | null
}

let current: ThisDevice = { summary: null, filling: null }
const listeners = new Set<() => void>()

/** Makes something known of this device to the screens. */
export function tell(news: Partial<ThisDevice>): void {
  current = { ...current, ...news }
  for (const listener of listeners) listener()
}

/** Reads what lies on this device, and makes it known. */
export async function readThisDevice(): Promise<Summary> {
  const summary: Summary = canKeepCodes() ? await store.summary() : { kind: 'none' }
  tell({ summary })
  return summary
}

/** How this device stands, on a screen. */
export function useThisDevice(): ThisDevice {
  useEffect(() => void readThisDevice(), [])
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}

/** The codes in the order in which they are shown, whichever screen shows them. */
export const turns = createTurns({
  async take(device) {
    const taken = await store.take(device)
    await readThisDevice()
    return taken
  },
  nowMs: () => Date.now(),
})

// Who leaves the screen for a moment need not give the PIN again. Source: ux.md §3.2 (12).
const stayOpenMs = 60_000

// A till may be reading the code that was just on the screen; a top-up would let it die at the server.
// Source: the grace of an online code, DESIGN §10.
const graceMs = 10_000

let leftAtMs = -Infinity

/** How long a top-up should wait for the code that was on the screen, in ms. */
export const graceLeftMs = (): number => Math.max(0, leftAtMs + graceMs - Date.now())

let opened: { device: OpenDevice; leftAtMs: number | null } | null = null

/** The unlocked device, if it was unlocked and not left for longer than a minute. */
export function openedDevice(): OpenDevice | null {
  if (opened?.leftAtMs != null && Date.now() - opened.leftAtMs > stayOpenMs) opened = null
  if (opened) opened.leftAtMs = null
  return opened?.device ?? null
}

/** Keeps an unlocked device, until it is left. */
export const keepOpen = (device: OpenDevice): void => void (opened = { device, leftAtMs: null })

/** The screen is left, or nobody looks at it: from now the minute runs. */
export function leaveOpen(): void {
  if (!opened) return
  const nowMs = Date.now()
  leftAtMs = nowMs
  opened.leftAtMs = nowMs
  setTimeout(() => opened?.leftAtMs === nowMs && lockNow(), stayOpenMs)
}

/** Forgets the keys at once. */
export const lockNow = (): void => void (opened = null)
