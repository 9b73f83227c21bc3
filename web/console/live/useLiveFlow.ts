import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { isPaymentEvent, type List, type PaymentView, type StreamEvent } from '../../ui/types.ts'
import { api } from '../resources.ts'
import { useConnection, useEvents } from '../stream.tsx'
import { merge, noFlow, release, type Flow, type FlowFilters } from './flow.ts'

/** How often the list is read while the stream is broken, in ms. */
export const POLL_MS = 3_000
// The list is drawn this often at most, in ms; the first payment after a pause is drawn at once.
const GATHER_MS = 60
const FIRST_PAGE = 100
const SECONDS = 60

export type LiveFlow = {
  flow: Flow
  first: UseQueryResult<List<PaymentView>>
  /** New payments in each of the last 60 seconds, the oldest first. */
  perSecond: number[]
  freshIds: ReadonlySet<string>
  releaseNow: () => void
}

/**
 * The live list: the newest page at first, then what the stream brings; while the stream is broken
 * the page is read again and again. `isHeld` keeps new rows back.
 */
export function useLiveFlow(filters: FlowFilters, isHeld: boolean): LiveFlow {
  const { state } = useConnection()
  const [flow, setFlow] = useState<Flow>(noFlow)
  const [freshIds, setFreshIds] = useState<ReadonlySet<string>>(new Set())
  const queue = useRef<PaymentView[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const drawnAt = useRef(0)
  const { perSecond, count } = usePerSecond()
  const options = useRef({ isHeld, filters })
  useEffect(() => {
    options.current = { isHeld, filters }
  })

  const key = JSON.stringify(filters)
  const first = useQuery({
    queryKey: ['/v1/payments', 'live', key],
    queryFn: () => api.get<List<PaymentView>>('/v1/payments', { ...filters, limit: FIRST_PAGE }),
    refetchInterval: state === 'live' ? false : POLL_MS,
    staleTime: 0,
  })
  // Other filters are another list: it begins anew with its own first page.
  const [shownKey, setShownKey] = useState(key)
  if (shownKey !== key) {
    setShownKey(key)
    setFlow(noFlow)
  }
  useEffect(() => {
    const page = first.data?.data
    if (!page) return
    setFlow((before) => {
      const isFirst = before.rows.length === 0 && before.held.length === 0
      return merge(before, page, { ...options.current, isHeld: !isFirst && options.current.isHeld })
    })
  }, [first.data, key])

  function draw(): void {
    timer.current = undefined
    drawnAt.current = performance.now()
    const coming = queue.current.splice(0)
    setFlow((before) => merge(before, coming, options.current))
    setFreshIds(new Set(coming.map(({ id }) => id)))
  }
  useEvents((event: StreamEvent) => {
    if (!isPaymentEvent(event)) return
    count(event.data.id)
    queue.current.push(event.data)
    const waitMs = drawnAt.current + GATHER_MS - performance.now()
    timer.current ??= setTimeout(draw, Math.max(0, waitMs))
  })
  useEffect(() => () => clearTimeout(timer.current), [])

  const releaseNow = useCallback(() => setFlow(release), [])
  useEffect(() => {
    if (!isHeld) releaseNow()
  }, [isHeld, releaseNow])

  // What the stream told while it was broken is lost to it, so the page is read once more.
  const { refetch } = first
  useEffect(() => {
    if (state === 'live') void refetch()
  }, [state, refetch])

  return { flow, first, perSecond, freshIds, releaseNow }
}

function usePerSecond(): { perSecond: number[]; count: (id: string) => void } {
  const seen = useRef(new Set<string>())
  const current = useRef(0)
  const [perSecond, setPerSecond] = useState<number[]>(() => Array<number>(SECONDS).fill(0))

  useEffect(() => {
    const ticking = setInterval(() => {
      const done = current.current
      current.current = 0
      setPerSecond((before) => [...before.slice(1), done])
    }, 1_000)
    return () => clearInterval(ticking)
  }, [])

  const count = useCallback((id: string) => {
    if (seen.current.has(id)) return
    seen.current.add(id)
    if (seen.current.size > 5_000) seen.current.clear()
    current.current += 1
  }, [])
  return { perSecond, count }
}
