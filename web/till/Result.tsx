import { useEffect, useState, type ReactElement, type ReactNode } from 'react'
import { declineText, formatDateTime, problemText, useT } from '../ui/i18n.tsx'
import { Icon, type IconName } from '../ui/icons.tsx'
import { moneyText } from '../ui/money.tsx'
import { SchemeMark, schemeText } from '../ui/scheme.tsx'
import { Amount } from './Amount.tsx'
import { Action } from './Action.tsx'
import { useKeys } from './keys.ts'
import { mayRescan, nextStep } from './next-step.ts'
import { Discount, useReasons, via } from './PaymentWords.tsx'
import { printReceipt } from './print.ts'
import { useStore } from './store.ts'
import { leaveResult, till, type Result as ResultOf } from './till.ts'

const returnAfterMs = 3_000

type Face = 'succeeded' | 'failed' | 'refused' | 'reversed' | 'not_made'
type PaidResult = Extract<ResultOf, { kind: 'payment' }>

const looks: Record<Face, { tone: string; icon: IconName }> = {
  succeeded: { tone: 'succeeded', icon: 'check' },
  failed: { tone: 'failed', icon: 'cross' },
  refused: { tone: 'failed', icon: 'cross' },
  reversed: { tone: 'neutral', icon: 'undo' },
  not_made: { tone: 'neutral', icon: 'undo' },
}

/** How it ended, so that nobody in the shop can misread it. Only success goes away by itself. */
export function Result({ result }: { result: ResultOf }): ReactElement {
  const t = useT()
  const face = faceOf(result)
  const look = looks[face]
  return (
    <div
      className={`till-screen till-result ot-tone-${look.tone}`}
      data-testid="till-result"
      data-screen="result"
    >
      <main>
        <span className="till-result-mark">
          <Icon name={look.icon} size={112} />
        </span>
        <h1 role="alert" data-testid="result-state" data-state={face}>
          {t(`result.${face}`)}
        </h1>
        <Amount className="till-huge" {...amountOf(result)} />
        {face === 'succeeded' ? <Paid result={result as PaidResult} /> : <Unpaid result={result} />}
      </main>
      {face === 'succeeded' ? (
        <PaidActions result={result as PaidResult} />
      ) : (
        <UnpaidActions result={result} />
      )}
    </div>
  )
}

function faceOf(result: ResultOf): Face {
  if (result.kind !== 'payment') return result.kind
  const { state } = result.payment
  return state === 'processing' ? 'failed' : state
}

function amountOf(result: ResultOf): { minor: bigint; currency: string } {
  return result.kind === 'payment'
    ? { minor: BigInt(result.payment.charged), currency: result.payment.currency }
    : { minor: BigInt(result.amountMinor), currency: till.get().currency }
}

function Paid({ result }: { result: PaidResult }): ReactElement {
  const t = useT()
  const { payment, leftMinor } = result
  const { payer_name: payer, order_no: orderNo, completed_at: at, currency } = payment
  const reasons = useReasons(payment)
  const isPart = leftMinor !== null && leftMinor !== '0'
  return (
    <>
      <p className="till-result-off">
        <Discount payment={payment} />
        {isPart && (
          <strong data-testid="result-left" data-minor={leftMinor}>
            {t('result.left', { amount: moneyText(BigInt(leftMinor), currency) })}
          </strong>
        )}
      </p>
      <dl className="till-facts">
        <Fact term={t('receipt.paid_by')} testId="result-scheme">
          <SchemeMark scheme={payment.scheme} size={18} />
          {via(payment) && ` ${t('pay.via')} ${schemeText(payment.road)}`}
          {payment.is_offline && ` · ${t('code.made_offline')}`}
        </Fact>
        {payer && (
          <Fact term={t('receipt.payer')} testId="result-payer">
            {payer}
          </Fact>
        )}
        <Fact term={t('receipt.order_no')} testId="result-order">
          {orderNo}
        </Fact>
        {at && <Fact term={t('receipt.time')}>{formatDateTime(at)}</Fact>}
        {reasons.length > 0 && (
          <Fact term={t('pay.why')} testId="result-why">
            {reasons.map((reason) => (
              <span key={reason}>{reason}</span>
            ))}
          </Fact>
        )}
      </dl>
    </>
  )
}

function Unpaid({ result }: { result: ResultOf }): ReactElement {
  const t = useT()
  const orderNo = result.kind === 'payment' ? result.payment.order_no : result.orderNo
  return (
    <div className="till-reason">
      <p className="till-reason-text" data-testid="result-reason">
        {reasonOf(result, t)}
      </p>
      <p className="till-reason-next" data-testid="result-next">
        <Icon name="chevronRight" size={20} /> {t(`next.${nextStep(result)}`)}
      </p>
      <p className="till-reason-ids">
        <span>
          {t('receipt.order_no')} <span className="ot-mono">{orderNo}</span>
        </span>
        {result.kind === 'refused' && result.problem.requestId && (
          <span>
            {t('common.request_id')} <span className="ot-mono">{result.problem.requestId}</span>
          </span>
        )}
      </p>
    </div>
  )
}

function reasonOf(result: ResultOf, t: (key: string) => string): string {
  if (result.kind === 'refused') return problemText(result.problem)
  if (result.kind === 'not_made') return t('result.not_made_why')
  const { payment } = result
  if (payment.state === 'reversed') return t('result.reversed_why')
  return declineText(payment.decline_reason) || t('common.unknown')
}

type FactProps = { term: string; children: ReactNode; testId?: string }

function Fact({ term, children, testId }: FactProps): ReactElement {
  return (
    <div>
      <dt>{term}</dt>
      <dd {...(testId ? { 'data-testid': testId } : {})}>{children}</dd>
    </div>
  )
}

function PaidActions({ result }: { result: PaidResult }): ReactElement {
  const t = useT()
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  const [isStaying, setIsStaying] = useState(false)
  const isPart = result.leftMinor !== null && result.leftMinor !== '0'
  const next = (): void => leaveResult('sell')
  const print = (): void => {
    // The dialog takes its time; afterwards the cashier says when the next one comes.
    setIsStaying(true)
    printReceipt({ ...result, isCopy: result.isPrinted })
    till.set({ result: { ...result, isPrinted: true } })
  }
  useEffect(() => {
    if (isStaying) return
    const timer = setTimeout(next, returnAfterMs)
    return () => clearTimeout(timer)
  }, [isStaying])
  useKeys({ Enter: next, Escape: next, p: print, P: print, 'Ctrl+p': print }, !isHelpOpen)
  return (
    <footer className="till-actions">
      <Action
        label={t(result.isPrinted ? 'result.print_again' : 'result.print')}
        keys="P"
        icon="print"
        onClick={print}
        testId="result-print"
      />
      <Action
        label={t(isPart ? 'result.collect_rest' : 'result.next_sale')}
        keys="Enter"
        icon={isPart ? 'scan' : 'check'}
        isPrimary
        onClick={next}
        testId="result-next-sale"
      />
      {!isStaying && <i className="till-countdown" aria-hidden />}
    </footer>
  )
}

function UnpaidActions({ result }: { result: ResultOf }): ReactElement {
  const t = useT()
  const { isHelpOpen, cart } = useStore(till, (state) => state)
  const isRescan = mayRescan(nextStep(result)) && cart.lines.length > 0
  const leave = (screen: 'sell' | 'collect') => () => leaveResult(screen)
  const again = leave(isRescan ? 'collect' : 'sell')
  const back = leave('sell')
  useKeys({ Enter: again, Escape: back }, !isHelpOpen)
  return (
    <footer className="till-actions">
      <Action label={t('result.back')} keys="Esc" icon="back" onClick={back} />
      {isRescan && (
        <Action label={t('result.rescan')} keys="Enter" icon="scan" isPrimary onClick={again} />
      )}
    </footer>
  )
}
