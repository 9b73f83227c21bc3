import { useCallback, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { ShownCode } from './offline-code.ts'
import { askPasskey } from './passkey.ts'
import type { Passkey } from './passkey-lock.ts'
import type { OpenDevice, Unlocking } from './store.ts'
import {
  keepOpen,
  leaveOpen,
  lockNow,
  openedDevice,
  readThisDevice,
  store,
  turns,
} from './this-device.ts'

/** What is on the card while there is no network. */
export type OfflineState =
  | { kind: 'reading' }
  /** This device was never set up: there is nothing to unlock. */
  | { kind: 'none' }
  | { kind: 'locked'; triesLeft: number | null; passkey: Passkey | null; isRefused: boolean }
  | { kind: 'opening' }
  | { kind: 'live'; code: ShownCode }
  | { kind: 'empty' }
  | { kind: 'gone'; why: 'damaged' | 'wrong_pins' | 'frozen' }

export type OfflineCode = {
  state: OfflineState
  secondsLeft: number
  unlock: (pin: string) => void
  /** Asks the passkey of this device instead. */
  unlockByPasskey: (passkey: Passkey) => void
  /** Shows the next alias, as when the till says that this one is used. */
  next: () => void
}

const tickMs = 250
// A phone that lies open on a table locks itself. Source: ux.md §3.2 (12).
const lockAfterMs = 5 * 60_000

/**
 * A code from this device's store while the component is on the screen: asks for the PIN, changes
 * the time code with the minute, and takes the digits off the screen while nobody looks.
 */
export function useOfflineCode(): OfflineCode {
  const [state, setState] = useState<OfflineState>({ kind: 'reading' })
  const [secondsLeft, setSecondsLeft] = useState(0)
  const live = useRef<ShownCode | null>(null)
  const isBusy = useRef(false)

  const show = useCallback(async (make: (device: OpenDevice) => Promise<ShownCode | null>) => {
    const device = openedDevice()
    live.current = null
    if (!device) return setState(await lockedState())
    const code = await make(device)
    if (!code) return setState({ kind: 'empty' })
    live.current = code
    setState({ kind: 'live', code })
    setSecondsLeft(left(code))
  }, [])

  /** One step at a time; what fails leaves no code on the screen. */
  const run = useCallback(async (step: () => Promise<void>) => {
    if (isBusy.current) return
    isBusy.current = true
    try {
      await step()
    } catch (cause) {
      reportError(cause)
      live.current = null
      setState({ kind: 'gone', why: 'damaged' })
    } finally {
      isBusy.current = false
    }
  }, [])

  useEffect(() => {
    let lockAtMs = Date.now() + lockAfterMs
    function tick(): void {
      if (!live.current || document.visibilityState === 'hidden') return
      const code = live.current
      setSecondsLeft(left(code))
      if (Date.now() >= lockAtMs) {
        lockNow()
        void run(() => show(turns.now))
      } else if (Date.now() >= code.endsAtMs) {
        void run(() => show(turns.now))
      }
    }
    function onVisibility(): void {
      lockAtMs = Date.now() + lockAfterMs
      if (document.visibilityState === 'visible') return void run(() => show(turns.now))
      leaveOpen()
      // The system takes a picture of the page right now.
      if (live.current) flushSync(() => setState({ kind: 'reading' }))
    }
    document.addEventListener('visibilitychange', onVisibility)
    const timer = setInterval(tick, tickMs)
    void run(() => show(turns.enter))
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onVisibility)
      leaveOpen()
    }
  }, [run, show])

  const unlockBy = (open: () => Promise<Unlocking | null>): void =>
    void run(async () => {
      setState({ kind: 'opening' })
      const unlocking = await open()
      if (unlocking === null || unlocking.kind === 'wrong') {
        const triesLeft = unlocking && unlocking.triesLeft
        const locked = await lockedState()
        if (locked.kind !== 'locked') return setState(locked)
        return setState({ ...locked, triesLeft, isRefused: unlocking === null })
      }
      if (unlocking.kind === 'gone') {
        await readThisDevice()
        const { why } = unlocking
        return setState(why === 'none' ? { kind: 'none' } : { kind: 'gone', why })
      }
      keepOpen(unlocking.device)
      await show(turns.enter)
    })

  return {
    state,
    secondsLeft,
    unlock: (pin) => unlockBy(() => store.unlock(pin)),
    unlockByPasskey: (passkey) =>
      unlockBy(async () => {
        const answer = await askPasskey(passkey)
        return answer && store.unlockByPasskey(answer)
      }),
    next: () => void run(() => show(turns.next)),
  }
}

async function lockedState(): Promise<OfflineState> {
  const summary = await readThisDevice()
  if (summary.kind === 'none') return { kind: 'none' }
  if (summary.kind === 'damaged') return { kind: 'gone', why: 'damaged' }
  if (summary.isFrozen) return { kind: 'gone', why: 'frozen' }
  if (summary.left === 0) return { kind: 'empty' }
  return { kind: 'locked', triesLeft: null, passkey: summary.passkey, isRefused: false }
}

const left = ({ endsAtMs }: ShownCode): number =>
  Math.max(0, Math.ceil((endsAtMs - Date.now()) / 1000))
