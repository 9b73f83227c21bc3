import type { ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { moneyText } from '../ui/money.tsx'
import { SchemeMark } from '../ui/scheme.tsx'
import { totalMinor } from './cart.ts'
import { useStore } from './store.ts'
import { leftMinor, paidMinor } from './tender.ts'
import { tenderMinor, till } from './till.ts'

/** What of the sale is paid by which codes, what this code pays and what stays; always as high. */
export function Tenders(): ReactElement {
  const t = useT()
  const state = useStore(till, (value) => value)
  const { cart, tenders, currency } = state
  const total = totalMinor(cart.lines)
  const rest = leftMinor({ totalMinor: total, tenders }) - tenderMinor(state)
  const isWhole = tenders.length === 0 && rest === 0n
  return (
    <div className="till-tenders" data-testid="tenders">
      {!isWhole && (
        <p data-testid="tenders-sum" data-left={String(rest + tenderMinor(state))}>
          <span>{t('tender.total', { amount: moneyText(total, currency) })}</span>
          <span>{t('tender.paid', { amount: moneyText(paidMinor(tenders), currency) })}</span>
          {rest > 0n && <span>{t('tender.rest', { amount: moneyText(rest, currency) })}</span>}
        </p>
      )}
      {tenders.length > 0 && (
        <ul aria-label={t('tender.list')}>
          {tenders.map(({ payment }) => (
            <li key={payment.id} data-testid="tender">
              <SchemeMark scheme={payment.scheme} size={16} />
              {moneyText(payment.amount, currency)}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
