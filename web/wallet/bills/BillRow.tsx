import type { ReactElement } from 'react'
import { declineText, formatDateTime } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import { StateTag } from '../../ui/state.tsx'
import type { PaymentView } from '../../ui/types.ts'
import { Link } from '../router.ts'
import { useWords } from '../text.ts'

/** Who the money went to, as its owner would say it. */
export function useBillTitle(payment: PaymentView): string {
  const t = useWords()
  if (payment.kind === 'top_up') return t('topup.bill')
  return payment.store_name ?? payment.merchant_name
}

/** One payment in a list; what did not succeed says so and counts for nothing. */
export function BillRow({ payment }: { payment: PaymentView }): ReactElement {
  const title = useBillTitle(payment)
  const isTopUp = payment.kind === 'top_up'
  const isPaid = payment.state === 'succeeded'
  const amount = isTopUp ? payment.amount : -payment.amount
  return (
    <li>
      <Link to={`bills/${payment.id}`} className="bill">
        <span className="bill-icon">
          <Icon name={isTopUp ? 'plus' : 'shop'} size={18} />
        </span>
        <span className="bill-words">
          <span className="bill-title">{title}</span>
          <span className="bill-time">
            {formatDateTime(payment.created_at)}
            {payment.decline_reason && ` · ${declineText(payment.decline_reason)}`}
          </span>
        </span>
        <span className={isPaid ? 'bill-amount' : 'bill-amount bill-void'}>
          <Money minor={amount} currency={payment.currency} signed={isTopUp} />
          {!isPaid && <StateTag state={payment.state} nextAction={payment.next_action} />}
        </span>
      </Link>
    </li>
  )
}
