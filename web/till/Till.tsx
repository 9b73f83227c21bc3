import { useEffect, useRef, type ReactElement } from 'react'
import { asProblem } from '../ui/problem.ts'
import { isPaymentEvent, isRefundEvent } from '../ui/types.ts'
import { useStream } from '../ui/use-stream.ts'
import { awayStore, watchAway } from './away-lock.ts'
import { AwayLock } from './AwayLock.tsx'
import { CancelSale } from './CancelSale.tsx'
import { Collect } from './Collect.tsx'
import { askAsides, hearAside, hearAsideRefund, pauseAsides, resumePayments } from './aside.ts'
import { AsideScreen } from './Aside.tsx'
import { useAsideNews } from './AsideNews.tsx'
import { askNow, hearPayment, pauseAttempt } from './charge.ts'
import { configurationStore, isLocked, refreshConfiguration } from './configuration.ts'
import { connectionStore, hearStream, watchConnection } from './connection.ts'
import { startHeartbeat } from './heartbeat.ts'
import { Help } from './Help.tsx'
import { Locked } from './Locked.tsx'
import { watchPositionIfAllowed } from './position.ts'
import { ReceiptPaper } from './Receipt.tsx'
import { Recent } from './Recent.tsx'
import { Refund } from './Refund.tsx'
import { hearRefund, pauseRefunds, resumeRefunds } from './refund-desk.ts'
import { Result } from './Result.tsx'
import { makeScanQueue } from './scan-queue.ts'
import { listenToScanner } from './scanner-dom.ts'
import { takeScan, tellBlanked } from './scans.ts'
import { Sell } from './Sell.tsx'
import { api, queries, useDayTotals } from './server.ts'
import { useStore } from './store.ts'
import { say, till } from './till.ts'
import { Waiting } from './Waiting.tsx'

/** The activated till. What it shows is decided here, by what is most urgent. */
export function Till(): ReactElement {
  useLive()
  useEffect(startHeartbeat, [])
  useEffect(watchAway, [])
  useScans()
  useResume()
  useReloadWarning()
  useCurrency()
  useAsideNews()
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  return (
    <>
      <Screen />
      {isHelpOpen && <Help />}
      <ReceiptPaper />
    </>
  )
}

function Screen(): ReactElement {
  const { attempt, result, screen, refunding } = useStore(till, (state) => state)
  const isAway = useStore(awayStore, (state) => state.isAway)
  const isLockedNow = useStore(configurationStore, isLocked)
  // Money first: how a payment ends is seen even on a till that was locked meanwhile.
  if (attempt) return <Waiting attempt={attempt} />
  if (result) return <Result result={result} />
  if (isLockedNow) return <Locked />
  if (isAway) return <AwayLock />
  if (screen === 'collect') return <Collect />
  if (screen === 'cancel') return <CancelSale />
  if (screen === 'refund' && refunding) {
    return <Refund key={refunding.payment.id} refunding={refunding} />
  }
  if (screen === 'aside') return <AsideScreen />
  if (screen === 'recent' || screen === 'refund') return <Recent />
  return <Sell />
}

function useLive(): void {
  const stream = useStream(api, (event) => {
    if (event.type === 'terminal.configuration') void refreshConfiguration()
    if (isRefundEvent(event)) {
      hearRefund(event.data)
      hearAsideRefund(event.data)
    }
    if (!isPaymentEvent(event)) return
    if (!hearAside(event.data)) hearPayment(event.data)
    void queries.invalidateQueries({ queryKey: ['payments'] })
  })
  useEffect(() => hearStream(stream), [stream])
  useEffect(() => {
    // Whatever was told while the stream did not stand.
    if (stream === 'live') void refreshConfiguration()
  }, [stream])
  useEffect(watchConnection, [])
  const isOnline = useStore(connectionStore, ({ state }) => state !== 'offline')
  useEffect(() => {
    // The first thing after a break is the attempt that may be open. Source: ux.md §3.1.8.
    if (!isOnline) return
    askNow()
    askAsides()
  }, [isOnline])
}

function useScans(): void {
  useEffect(() => {
    const queue = makeScanQueue({
      take: takeScan,
      blanked: tellBlanked,
      failed: (error) => {
        say({ tone: 'bad', key: 'error.UNKNOWN', problem: asProblem(error) })
      },
    })
    return listenToScanner({
      scan: (text) => queue.offer(text, performance.now()),
      imeWarning: () => say({ tone: 'bad', key: 'till.ime_warning' }),
      misread: () => say({ tone: 'bad', key: 'till.misread' }),
    })
  }, [])
}

function useResume(): void {
  const isAsked = useRef(false)
  const isOnline = useStore(connectionStore, ({ state }) => state !== 'offline')
  useEffect(() => {
    if (!isOnline || isAsked.current) return
    isAsked.current = true
    resumePayments().catch(() => {
      // Asked again when the connection is back.
      isAsked.current = false
    })
  }, [isOnline])
  useEffect(() => {
    void watchPositionIfAllowed()
    resumeRefunds()
    return () => {
      isAsked.current = false
      pauseAttempt()
      pauseAsides()
      pauseRefunds()
    }
  }, [])
}

// A reload loses the digits in memory and the cashier's view of who must act. Source: ux.md §3.1.3.
function useReloadWarning(): void {
  const isOpen = useStore(till, ({ attempt }) => attempt !== null)
  useEffect(() => {
    if (!isOpen) return
    const onUnload = (event: BeforeUnloadEvent): void => event.preventDefault()
    const onKeydown = (event: KeyboardEvent): void => {
      const isReload = event.key === 'F5' || (event.ctrlKey && event.key.toLowerCase() === 'r')
      if (!isReload) return
      event.preventDefault()
      say({ tone: 'bad', key: 'till.no_reload' })
    }
    addEventListener('beforeunload', onUnload)
    addEventListener('keydown', onKeydown)
    return () => {
      removeEventListener('beforeunload', onUnload)
      removeEventListener('keydown', onKeydown)
    }
  }, [isOpen])
}

function useCurrency(): void {
  const currency = useDayTotals().data?.currency
  useEffect(() => {
    if (currency && till.get().currency !== currency) till.set({ currency })
  }, [currency])
}
