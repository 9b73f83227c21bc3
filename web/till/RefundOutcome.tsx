import i18next from 'i18next'
import type { ReactElement } from 'react'
import { problemText, useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { moneyText } from '../ui/money.tsx'
import { Problem } from '../ui/problem.ts'
import { schemeText } from '../ui/scheme.tsx'
import type { GoodsLine, PaymentView, RefundView } from '../ui/types.ts'
import { Action } from './Action.tsx'
import { Amount } from './Amount.tsx'
import { useKeys } from './keys.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { printReceipt } from './print.ts'
import { askAnother, closeRefund } from './refund-desk.ts'
import { faceOfTry, refundLooks, type RefundFace } from './refund-look.ts'
import type { RefundTry } from './refund-try.ts'
import { useStore } from './store.ts'
import { till } from './till.ts'

type OutcomeProps = { wanted: RefundTry; payment: PaymentView; goods: GoodsLine[] }

/** How the refund stands, in words that say what to do; it changes by itself until it is definite. */
export function RefundOutcome({ wanted, payment, goods }: OutcomeProps): ReactElement {
  const t = useT()
  const face = faceOfTry(wanted)
  const { tone, icon } = refundLooks[face]
  const { refund } = wanted
  const values = wordsOf(wanted, payment)
  const reason = reasonOf(wanted)
  return (
    <section
      className={`till-refund-now till-refund-outcome ot-tone-${tone}`}
      data-testid="refund-outcome"
      data-face={face}
    >
      <div className="till-refund-form">
        <Icon name={icon} size={72} />
        <h1 role="alert">{t(`refund.face.${face}`, values)}</h1>
        <Amount
          className="till-huge"
          minor={BigInt(wanted.amountMinor)}
          currency={payment.currency}
        />
        {reason && (
          <p className="till-reason-text" data-testid="refund-reason">
            {reason}
          </p>
        )}
        <p className="till-reason-next" data-testid="refund-next">
          {t(`refund.next.${face}`, values)}
        </p>
        <p className="till-reason-ids">
          {refund && <span className="ot-mono">{refund.id}</span>}
          {wanted.problem?.requestId && (
            <span>
              {t('common.request_id')} <span className="ot-mono">{wanted.problem.requestId}</span>
            </span>
          )}
        </p>
      </div>
      <NoteStrip />
      <Actions face={face} refund={refund} payment={payment} goods={goods} />
    </section>
  )
}

function wordsOf({ refund, amountMinor }: RefundTry, payment: PaymentView) {
  const back = BigInt(refund?.payer_amount || amountMinor)
  return { amount: moneyText(back, payment.currency), scheme: schemeText(payment.scheme) }
}

function reasonOf({ problem, refund }: RefundTry): string {
  if (problem) {
    const { code, detail, param } = problem
    return problemText(new Problem({ code, detail, ...(param ? { param } : {}) }))
  }
  const key = `refund.decline.${refund?.decline_reason ?? ''}`
  return refund?.decline_reason && i18next.exists(key) ? i18next.t(key) : ''
}

type ActionsProps = {
  face: RefundFace
  refund: RefundView | null
  payment: PaymentView
  goods: GoodsLine[]
}

function Actions({ face, refund, payment, goods }: ActionsProps): ReactElement {
  const t = useT()
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  const isAgain = face === 'refused' || face === 'failed'
  // Until the server has the refund, the till stays with it.
  const mayLeave = face !== 'asking' && face !== 'unknown'
  // Nothing on paper says "refund" before it may begin.
  const mayPrint = face === 'succeeded' || face === 'query'
  const print = (): void => {
    if (!mayPrint || !refund) return
    printReceipt({ payment, goods, refund, before: [], leftMinor: null, isCopy: false })
  }
  const leave = (): void => {
    if (mayLeave) closeRefund('sell')
  }
  const enter = (): void => (isAgain ? askAnother() : leave())
  useKeys(
    {
      Enter: enter,
      Escape: leave,
      ...{ p: print, P: print, 'Ctrl+p': print },
      F1: () => till.set({ isHelpOpen: true }),
    },
    !isHelpOpen,
  )
  return (
    <footer className="till-actions">
      <Action
        label={t('refund.print')}
        keys="P"
        icon="print"
        isDisabled={!mayPrint}
        onClick={print}
        testId="refund-print"
      />
      {isAgain && <Action label={t('action.close')} keys="Esc" icon="back" onClick={leave} />}
      <Action
        label={t(isAgain ? 'refund.again' : 'refund.done')}
        keys="Enter"
        icon={isAgain ? 'refresh' : 'check'}
        isPrimary
        isDisabled={!mayLeave}
        onClick={enter}
        testId="refund-done"
      />
    </footer>
  )
}
