import { useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { PaymentCodeView } from '../../ui/types.ts'
import { api } from '../session.ts'
import { clearAway } from './away.ts'
import { createCodeKeeper, type CodeKeeper, type CodeState } from './code-keeper.ts'

export type PaymentCode = {
  state: CodeState
  secondsLeft: number
  refresh: CodeKeeper['refresh']
}

const tickMs = 250

function issue(sourceId: string | null): Promise<PaymentCodeView> {
  const body = sourceId ? { source: sourceId } : {}
  return api.post<PaymentCodeView>('/v1/payment_codes', body, { timeoutMs: 5_000 })
}

/**
 * A live payment code while the component is on the screen and the page is looked at. Coming back
 * to the page, and the network coming back, each bring a new code.
 */
export function usePaymentCode(): PaymentCode {
  const [state, setState] = useState<CodeState>({ kind: 'starting' })
  const [secondsLeft, setSecondsLeft] = useState(0)
  const keeper = useRef<CodeKeeper | null>(null)

  useEffect(() => {
    const mine = createCodeKeeper({
      issue,
      steadyMs: () => performance.now(),
      serverNowMs: api.serverNow,
      onChange: setState,
    })
    keeper.current = mine
    let timer: ReturnType<typeof setInterval> | undefined

    function tick(): void {
      mine.tick()
      setSecondsLeft(mine.secondsLeft())
    }
    function start(): void {
      clearInterval(timer)
      // What expired meanwhile must be off the screen before the blur is.
      flushSync(tick)
      clearAway()
      mine.refresh()
      timer = setInterval(tick, tickMs)
    }
    function onVisibility(): void {
      if (document.visibilityState === 'visible') start()
      else clearInterval(timer)
    }
    function onPageShow(event: PageTransitionEvent): void {
      // From the browser's back-forward cache; a fresh page has started already.
      if (event.persisted) onVisibility()
    }
    function onOnline(): void {
      mine.refresh()
    }

    document.addEventListener('visibilitychange', onVisibility)
    addEventListener('pageshow', onPageShow)
    addEventListener('online', onOnline)
    queueMicrotask(onVisibility)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onVisibility)
      removeEventListener('pageshow', onPageShow)
      removeEventListener('online', onOnline)
      keeper.current = null
    }
  }, [])

  const refresh: CodeKeeper['refresh'] = (options) => keeper.current?.refresh(options)
  return { state, secondsLeft, refresh }
}
