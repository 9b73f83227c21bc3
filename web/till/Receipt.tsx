import type { ReactElement } from 'react'
import { createPortal } from 'react-dom'
import { declineText, formatDateTime, useT } from '../ui/i18n.tsx'
import { moneyText } from '../ui/money.tsx'
import { stateLook } from '../ui/state.tsx'
import type { GoodsLine, PaymentView } from '../ui/types.ts'
import { usePrincipal } from './server.ts'
import { useStore } from './store.ts'
import { till } from './till.ts'

/** The receipt that was printed last, where only the printer sees it. */
export function ReceiptPaper(): ReactElement | null {
  const receipt = useStore(till, (state) => state.receipt)
  const root = document.getElementById('receipt-root')
  if (!receipt || !root) return null
  return createPortal(<ReceiptView {...receipt} />, root)
}

type ReceiptProps = { payment: PaymentView; goods: readonly GoodsLine[]; isCopy: boolean }

/** A receipt for 58 or 80 mm paper; the same on the screen and on the paper. */
export function ReceiptView({ payment, goods, isCopy }: ReceiptProps): ReactElement {
  const t = useT()
  const { data: principal } = usePrincipal()
  const paperMm = useStore(till, (state) => state.options.paperMm)
  const { amount, currency } = payment
  const at = payment.completed_at ?? payment.created_at
  return (
    <article className="till-receipt" data-paper={paperMm} data-testid="receipt">
      <h2>{payment.merchant_name}</h2>
      {payment.store_name !== payment.merchant_name && <p>{payment.store_name}</p>}
      {isCopy && (
        <p className="till-receipt-copy" data-testid="receipt-copy">
          ** {t('receipt.copy')} **
        </p>
      )}
      <hr />
      <Row label={t('receipt.order_no')} value={payment.order_no} />
      <Row label={t('receipt.time')} value={formatDateTime(at, principal?.institution.time_zone)} />
      <Row label={t('receipt.terminal')} value={payment.terminal_name ?? ''} />
      <hr />
      {goods.length > 0 && <Goods goods={goods} currency={currency} />}
      <p className="till-receipt-total">
        <span>{t('receipt.total')}</span>
        <strong>{moneyText(amount, currency)}</strong>
      </p>
      <Row
        label={t('receipt.paid_by')}
        value={payment.scheme ? t(`scheme.${payment.scheme}`) : t('common.unknown')}
      />
      {payment.payer_name && <Row label={t('receipt.payer')} value={payment.payer_name} />}
      <Row label={t('receipt.state')} value={stateText(payment, t)} />
      <hr />
      <p>{t('receipt.thanks')}</p>
    </article>
  )
}

function stateText(payment: PaymentView, t: (key: string) => string): string {
  const word = t(stateLook(payment.state, payment.next_action).word)
  return payment.decline_reason ? `${word} · ${declineText(payment.decline_reason)}` : word
}

function Row({ label, value }: { label: string; value: string }): ReactElement {
  return (
    <p className="till-receipt-row">
      <span>{label}</span>
      <span>{value}</span>
    </p>
  )
}

function Goods(props: { goods: readonly GoodsLine[]; currency: string }): ReactElement {
  const { goods, currency } = props
  return (
    <>
      <ul className="till-receipt-goods">
        {goods.map(({ sku, name, quantity, unit_price: unitPrice }, i) => (
          <li key={`${sku}${i}`}>
            <span>{name}</span>
            <span>
              {quantity} × {moneyText(unitPrice, currency)}
            </span>
            <span>{moneyText(BigInt(unitPrice) * BigInt(quantity), currency)}</span>
          </li>
        ))}
      </ul>
      <hr />
    </>
  )
}
