import type { ReactElement } from 'react'
import { formatDateTime, useT } from '../ui/i18n.tsx'
import { Money, moneyText } from '../ui/money.tsx'
import { SchemeMark } from '../ui/scheme.tsx'
import type { PaymentView, RefundView } from '../ui/types.ts'
import { paidByText } from './PaymentWords.tsx'
import { faceOfRefund, refundableMinor } from './refund-look.ts'
import { RefundForm } from './RefundForm.tsx'
import { RefundOutcome } from './RefundOutcome.tsx'
import { RefundTag } from './RefundTag.tsx'
import { usePrincipal, useRefunds } from './server.ts'
import { TopBar } from './TopBar.tsx'
import type { Refunding } from './till.ts'

/** Money back for one payment: what was paid, what went back before, and how much goes back now. */
export function Refund({ refunding }: { refunding: Refunding }): ReactElement {
  const { payment, goods, wanted } = refunding
  const refunds = useRefunds(payment.id)
  const known = refunds.data ?? []
  const leftMinor = refundableMinor(BigInt(payment.amount), known)
  return (
    <div className="till-screen" data-testid="till-refund" data-screen="refund">
      <TopBar />
      <main className="till-refund">
        <PaidFacts payment={payment} refunds={known} leftMinor={refunds.data ? leftMinor : null} />
        {wanted ? (
          <RefundOutcome wanted={wanted} payment={payment} goods={goods} />
        ) : (
          <RefundForm payment={payment} leftMinor={refunds.data ? leftMinor : null} />
        )}
      </main>
    </div>
  )
}

type PaidFactsProps = {
  payment: PaymentView
  refunds: readonly RefundView[]
  /** Null while it is not known. */
  leftMinor: bigint | null
}

function PaidFacts({ payment, refunds, leftMinor }: PaidFactsProps): ReactElement {
  const t = useT()
  const { data: principal } = usePrincipal()
  const { amount, discount, charged, currency } = payment
  const at = payment.completed_at ?? payment.created_at
  return (
    <section className="till-refund-paid" aria-label={t('refund.paid')}>
      <h2>{t('refund.paid')}</h2>
      <Money minor={amount} currency={currency} size="l" />
      {discount > 0 && (
        <p className="till-discount">
          {t('pay.discount', {
            off: moneyText(discount, currency),
            charged: moneyText(charged, currency),
          })}
        </p>
      )}
      <dl className="till-facts">
        <div>
          <dt>{t('receipt.paid_by')}</dt>
          <dd>
            <SchemeMark scheme={payment.scheme} size={18} />
            <span className="ot-hidden">{paidByText(payment, t('pay.via'))}</span>
          </dd>
        </div>
        <div>
          <dt>{t('receipt.order_no')}</dt>
          <dd className="ot-mono" data-testid="refund-order">
            {payment.order_no}
          </dd>
        </div>
        <div>
          <dt>{t('receipt.time')}</dt>
          <dd>{formatDateTime(at, principal?.institution.time_zone)}</dd>
        </div>
        <div>
          <dt>{t('refund.left')}</dt>
          <dd data-testid="refund-left" data-minor={leftMinor === null ? '' : String(leftMinor)}>
            {leftMinor === null ? t('common.loading') : moneyText(leftMinor, currency)}
          </dd>
        </div>
      </dl>
      {refunds.length > 0 && <Earlier refunds={refunds} />}
    </section>
  )
}

/** The refunds that a payment has had, newest first. */
export function Earlier({ refunds }: { refunds: readonly RefundView[] }): ReactElement {
  const t = useT()
  const { data: principal } = usePrincipal()
  return (
    <ul className="till-refund-list" aria-label={t('refund.list')} data-testid="refund-list">
      {refunds.map((refund) => (
        <li key={refund.id}>
          <time>{formatDateTime(refund.created_at, principal?.institution.time_zone)}</time>
          <RefundTag face={faceOfRefund(refund)} />
          <Money minor={-refund.amount} currency={refund.currency} />
        </li>
      ))}
    </ul>
  )
}
