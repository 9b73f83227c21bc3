import { createContext, useCallback, useContext, useEffect, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { useStream } from '../ui/use-stream.ts'
import type { StreamState } from '../ui/stream.ts'
import type { List, PaymentView, StreamEvent } from '../ui/types.ts'
import { emptyBoard, takeIn } from './live-board.ts'
import { api } from './session.ts'

export type Live = {
  streamState: StreamState
  /** Grows with everything that moved money or told something; screens read again then. */
  version: number
  /** Payments that wait for this payer's PIN, oldest first. */
  waiting: PaymentView[]
  /** The last payment that ended and was not yet acknowledged. */
  result: PaymentView | null
  /** Takes in how a payment stands, from an answer as from an event. */
  settle: (payment: PaymentView) => void
  dismissResult: () => void
}

const LiveContext = createContext<Live | null>(null)

/** What happens to this payer's money, as it happens. */
export function useLive(): Live {
  const live = useContext(LiveContext)
  if (!live) throw new Error('useLive needs LiveProvider above it.')
  return live
}

/** Opens the payer's stream and shares what it tells. */
export function LiveProvider({ children }: { children: ReactNode }): ReactElement {
  const [board, setBoard] = useState(emptyBoard)
  const [version, setVersion] = useState(0)

  const settle = useCallback((payment: PaymentView) => {
    setBoard((last) => takeIn(last, payment))
    setVersion((last) => last + 1)
  }, [])
  const onEvent = useCallback(
    (event: StreamEvent) => {
      if (event.type === 'notice.created') setVersion((last) => last + 1)
      else settle(event.data)
    },
    [settle],
  )
  const streamState = useStream(api, onEvent)
  useWaitingAtStart(streamState, settle)
  const dismissResult = useCallback(() => setBoard((last) => ({ ...last, result: null })), [])

  const live = { streamState, version, ...board, settle, dismissResult }
  return <LiveContext value={live}>{children}</LiveContext>
}

/** A payment may have begun to wait before the stream was open: ask once it is. */
function useWaitingAtStart(streamState: StreamState, settle: (payment: PaymentView) => void): void {
  useEffect(() => {
    if (streamState !== 'live') return
    api
      .get<List<PaymentView>>('/v1/payments', { open: true, limit: 10 })
      .then((list) => {
        for (const payment of list.data) {
          if (payment.next_action === 'payer_confirms') settle(payment)
        }
      })
      .catch(() => {
        // The stream is broken too, then; it asks again when it is live.
      })
  }, [streamState, settle])
}
