import { createContext, useCallback, useContext, useEffect, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { useStream } from '../ui/use-stream.ts'
import type { StreamState } from '../ui/stream.ts'
import type { List, PaymentView, StreamEvent, WalletDebit } from '../ui/types.ts'
import { emptyBoard, takeIn } from './live-board.ts'
import { api } from './session.ts'
import { spendingIn, spendingOf, type Spending } from './spending.ts'

export type Live = {
  streamState: StreamState
  /** Grows with everything that moved money or told something; screens read again then. */
  version: number
  /** What waits for this payer's PIN, oldest first. */
  waiting: Spending[]
  /** What ended last, or is asked about at a scheme, and was not yet acknowledged. */
  result: Spending | null
  /** Takes in how a payment or a debit stands, from an answer as from an event. */
  settle: (spending: Spending) => void
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

  const settle = useCallback((spending: Spending) => {
    setBoard((last) => takeIn(last, spending))
    setVersion((last) => last + 1)
  }, [])
  const onEvent = useCallback(
    (event: StreamEvent) => {
      const spending = spendingIn(event)
      if (spending) settle(spending)
      else setVersion((last) => last + 1)
    },
    [settle],
  )
  const streamState = useStream(api, onEvent)
  useWaitingAtStart(streamState, settle)
  const dismissResult = useCallback(() => setBoard((last) => ({ ...last, result: null })), [])

  const live = { streamState, version, ...board, settle, dismissResult }
  return <LiveContext value={live}>{children}</LiveContext>
}

/** Something may have begun to wait before the stream was open: ask once it is. */
function useWaitingAtStart(streamState: StreamState, settle: (spending: Spending) => void): void {
  useEffect(() => {
    if (streamState !== 'live') return
    readWaiting()
      .then((waiting) => waiting.forEach(settle))
      .catch(() => {
        // The stream is broken too, then; it asks again when it is live.
      })
  }, [streamState, settle])
}

async function readWaiting(): Promise<Spending[]> {
  const [payments, debits] = await Promise.all([
    api.get<List<PaymentView>>('/v1/payments', { open: true, limit: 10 }),
    // Those that wait are among the newest: each lives for minutes only.
    api.get<List<WalletDebit>>('/v1/wallet_debits', { limit: 10 }),
  ])
  return [...payments.data, ...debits.data].map(spendingOf).filter(({ asksMe }) => asksMe)
}
