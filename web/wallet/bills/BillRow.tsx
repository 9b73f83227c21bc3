import type { ReactElement } from 'react'
import { declineText, formatDateTime } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money, moneyText } from '../../ui/money.tsx'
import { StateTag } from '../../ui/state.tsx'
import { Link } from '../router.ts'
import type { Spending } from '../spending.ts'
import { useWords, type Words } from '../text.ts'
import type { ComeBack } from './come-back.ts'
import { RefundTag } from './Refunds.tsx'

/** Who the money went to, as its owner would say it. */
export function useBillTitle(spending: Spending): string {
  const t = useWords()
  return spending.kind === 'top_up' ? t('topup.bill') : spending.shop
}

/** One spending in a list; what did not succeed says so and counts for nothing. */
export function BillRow({ spending }: { spending: Spending }): ReactElement {
  const t = useWords()
  const title = useBillTitle(spending)
  const { currency, state } = spending
  const isTopUp = spending.kind === 'top_up'
  const isOpen = state === 'processing'
  const isVoid = state === 'failed' || state === 'reversed'
  const note = noteOf(spending, t)
  return (
    <li>
      <Link to={`bills/${spending.id}`} className="bill">
        <span className="bill-icon">
          <Icon name={isTopUp ? 'plus' : spending.of === 'payment' ? 'shop' : 'bank'} size={18} />
        </span>
        <span className="bill-words">
          <span className="bill-title">{title}</span>
          <span className="bill-time">{formatDateTime(spending.createdAt)}</span>
          {note && <span className="bill-time">{note}</span>}
        </span>
        <span className={isVoid ? 'bill-amount bill-void' : 'bill-amount'}>
          <Money
            minor={isTopUp ? spending.amount : -spending.charged}
            currency={currency}
            signed={isTopUp}
          />
          {(isVoid || isOpen) && <StateTag state={state} nextAction={spending.nextAction} />}
        </span>
      </Link>
    </li>
  )
}

/** Money that came back, in a list; what failed counts for nothing. */
export function ComeBackRow({ back }: { back: ComeBack }): ReactElement {
  const { billId, shop, amount, currency, state, nextAction, createdAt } = back
  return (
    <li>
      <Link to={`bills/${billId}`} className="bill" data-testid="refund-row">
        <span className="bill-icon">
          <Icon name="undo" size={18} />
        </span>
        <span className="bill-words">
          <span className="bill-title">{shop}</span>
          <span className="bill-time">{formatDateTime(createdAt)}</span>
        </span>
        <span className={state === 'failed' ? 'bill-amount bill-void' : 'bill-amount'}>
          <Money minor={amount} currency={currency} signed />
          <RefundTag state={state} next_action={nextAction} />
        </span>
      </Link>
    </li>
  )
}

function noteOf(spending: Spending, t: Words): string {
  const { currency, discount, refunded, declineReason } = spending
  const isPaid = spending.state === 'succeeded'
  const notes = [
    declineReason && declineText(declineReason),
    isPaid && discount > 0 && t('discount.short', { off: moneyText(discount, currency) }),
    refunded > 0 && t('refunds.short', { amount: moneyText(refunded, currency) }),
    spending.of === 'wallet_debit' && t('debit.short'),
  ]
  return notes.filter(Boolean).join(' · ')
}
