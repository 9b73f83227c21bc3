import {
  createContext,
  use,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react'
import { openStream, type Stream, type StreamState } from '../ui/stream.ts'
import type { StreamEvent } from '../ui/types.ts'
import { api } from './resources.ts'

type Listener = (event: StreamEvent) => void
type Shared = { listen: (listener: Listener) => () => void; poke: () => void }

const SharedStream = createContext<Shared | null>(null)
type Standing = { state: StreamState; isBroken: boolean }
const StandingContext = createContext<Standing>({ state: 'reconnecting', isBroken: false })

// A connection that comes back within this time was never worth a word.
const BROKEN_AFTER_MS = 2_000

/** One connection for the whole console, open as long as somebody is signed in. */
export function StreamProvider({ children }: { children: ReactNode }): ReactElement {
  const listeners = useRef(new Set<Listener>())
  const stream = useRef<Stream | null>(null)
  const [state, setState] = useState<StreamState>('reconnecting')
  const [isBroken, setBroken] = useState(false)

  useEffect(() => {
    const timer = setTimeout(
      () => setBroken(state !== 'live'),
      state === 'live' ? 0 : BROKEN_AFTER_MS,
    )
    return () => clearTimeout(timer)
  }, [state])

  useEffect(() => {
    const opened = openStream({
      api,
      onEvent: (event) => listeners.current.forEach((listener) => listener(event)),
      onState: setState,
    })
    stream.current = opened
    return () => opened.close()
  }, [])

  const shared = useMemo<Shared>(
    () => ({
      listen(listener) {
        listeners.current.add(listener)
        return () => listeners.current.delete(listener)
      },
      poke: () => stream.current?.poke(),
    }),
    [],
  )
  const standing = useMemo(() => ({ state, isBroken }), [state, isBroken])
  return (
    <SharedStream value={shared}>
      <StandingContext value={standing}>{children}</StandingContext>
    </SharedStream>
  )
}

/** Calls back for each event while the component is shown; the listener may change every render. */
export function useEvents(listener: Listener): void {
  const shared = use(SharedStream)
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => shared?.listen((event) => latest.current(event)), [shared])
}

/** How the connection stands, whether that is worth a word, and a way to try again at once. */
export function useConnection(): Standing & { poke: () => void } {
  const shared = use(SharedStream)
  return { ...use(StandingContext), poke: () => shared?.poke() }
}
