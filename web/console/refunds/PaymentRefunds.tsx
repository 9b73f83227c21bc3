import { Button } from 'antd'
import { useState, type ReactElement } from 'react'
import { Money, moneyText } from '../../ui/money.tsx'
import type { List, PaymentView, RefundView } from '../../ui/types.ts'
import { ActorName } from '../parts/ActorName.tsx'
import { Bars, EmptyState, ErrorState } from '../parts/ListStates.tsx'
import { Standing } from '../parts/Standing.tsx'
import { When } from '../parts/When.tsx'
import { useOne } from '../resources.ts'
import { useText, useWord } from '../text.ts'
import { AskAgain, Decide } from './Decide.tsx'
import { leftMinor, refundWord } from './left.ts'
import { MakeRefund } from './MakeRefund.tsx'

/** The refunds of one payment. */
export function useRefundsOf(payment: PaymentView) {
  return useOne<List<RefundView>>('/v1/refunds', { payment: payment.id, limit: 100 })
}

/** What was given back of a payment, what is on its way, and a button for more. */
export function PaymentRefunds({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const refunds = useRefundsOf(payment)
  const [isMaking, setMaking] = useState(false)
  if (refunds.error) {
    return <ErrorState error={refunds.error} onRetry={() => void refunds.refetch()} />
  }
  if (!refunds.data) return <Bars rows={2} columns={3} />
  const rows = refunds.data.data
  const left = leftMinor(payment, rows)
  const make = left > 0 && (
    <Button onClick={() => setMaking(true)} data-testid="make-refund">
      {t('refunds.make')}
    </Button>
  )
  return (
    <div className="ct-refunds">
      {rows.length === 0 ? (
        <EmptyState
          title={t('refunds.none')}
          detail={t(left > 0 ? 'refunds.none_detail' : 'refunds.none_possible')}
          action={make}
        />
      ) : (
        <>
          <ul className="ct-refund-list">
            {rows.map((refund) => (
              <RefundRow key={refund.id} refund={refund} />
            ))}
          </ul>
          <p className="ct-actions">
            <span className="ct-muted">
              {t('refunds.left', { left: moneyText(left, payment.currency) })}
            </span>
            {make}
          </p>
        </>
      )}
      {isMaking && (
        <MakeRefund payment={payment} leftMinor={left} onClose={() => setMaking(false)} />
      )}
    </div>
  )
}

function RefundRow({ refund }: { refund: RefundView }): ReactElement {
  const t = useText()
  const word = useWord()
  return (
    <li data-testid="refund" data-id={refund.id} data-state={refund.state}>
      <div className="ct-charge-head">
        <Money minor={refund.amount} currency={refund.currency} size="s" />
        <Standing group="refunds.state_" word={refundWord(refund)} />
        {refund.is_late && <span className="ct-muted">{t('refunds.is_late')}</span>}
        <When at={refund.created_at} />
        <Decide refund={refund} />
        <AskAgain refund={refund} />
      </div>
      <p className="ct-small">
        {refund.reason && <span>{refund.reason} · </span>}
        {refund.requested_by && (
          <>
            {t('refunds.requested_by')} <ActorName of={refund.requested_by} />
          </>
        )}
        {refund.approved_by && (
          <>
            {' · '}
            {t('refunds.approved_by')} <ActorName of={refund.approved_by} />
          </>
        )}
        {refund.decline_reason && (
          <strong className="ct-bad"> {word('refunds.why_', refund.decline_reason)}</strong>
        )}
        {refund.channel_code && <code> {refund.channel_code}</code>}
      </p>
    </li>
  )
}
