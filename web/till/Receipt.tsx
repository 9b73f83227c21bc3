import type { ReactElement } from 'react'
import { createPortal } from 'react-dom'
import { declineText, formatDateTime, useT, type Translate } from '../ui/i18n.tsx'
import { moneyText } from '../ui/money.tsx'
import { schemeText } from '../ui/scheme.tsx'
import { stateLook } from '../ui/state.tsx'
import { Barcode } from '../ui/symbols.tsx'
import type { GoodsLine, PaymentView, RefundView } from '../ui/types.ts'
import { footerOf } from './settings-said.ts'
import { configurationStore } from './configuration.ts'
import { orderCodeOf } from './order-code.ts'
import { paidByText, useReceiptReasons } from './PaymentWords.tsx'
import { faceOfRefund } from './refund-look.ts'
import { usePrincipal } from './server.ts'
import { useStore } from './store.ts'
import { till, type Receipt } from './till.ts'

/** The receipt that was printed last, where only the printer sees it. */
export function ReceiptPaper(): ReactElement | null {
  const receipt = useStore(till, (state) => state.receipt)
  const root = document.getElementById('receipt-root')
  if (!receipt || !root) return null
  return createPortal(<ReceiptView {...receipt} />, root)
}

/** A receipt for 58 or 80 mm paper; the same on the screen and on the paper. */
export function ReceiptView({ refund, ...paid }: Receipt): ReactElement {
  const t = useT()
  const { data: principal } = usePrincipal()
  const paperMm = useStore(till, (state) => state.options.paperMm)
  const footer = useStore(configurationStore, ({ current }) => footerOf(current?.settings))
  const { payment, isCopy } = paid
  const at = refund?.created_at ?? payment.completed_at ?? payment.created_at
  return (
    <article className="till-receipt" data-paper={paperMm} data-testid="receipt">
      <h2>{payment.merchant_name}</h2>
      {payment.store_name !== payment.merchant_name && <p>{payment.store_name}</p>}
      {refund && <p className="till-receipt-copy">{t('receipt.refund')}</p>}
      {payment.state === 'processing' && (
        <p className="till-receipt-copy">{t('receipt.pending')}</p>
      )}
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
      {refund ? <RefundLines refund={refund} payment={payment} /> : <PaidLines {...paid} />}
      {payment.state === 'succeeded' && (
        <OrderBarcode orderNo={payment.order_no} paperMm={paperMm} />
      )}
      <p className="till-receipt-foot" data-testid="receipt-foot">
        {footOf(payment, refund, t) ?? footer ?? t('receipt.thanks')}
      </p>
    </article>
  )
}

// Thanks are for money that came.
function footOf(payment: PaymentView, refund: RefundView | undefined, t: Translate): string | null {
  if (refund) return t('receipt.keep')
  if (payment.state === 'processing') return t('receipt.keep_pending')
  return payment.state === 'succeeded' ? null : t('receipt.not_paid')
}

function PaidLines({ payment, goods, before, leftMinor }: Omit<Receipt, 'refund'>): ReactElement {
  const t = useT()
  const { amount, discount, charged, currency } = payment
  const text = (minor: number | bigint): string => moneyText(minor, currency)
  const reasons = useReceiptReasons(payment)
  const saleMinor = goods.reduce((sum, one) => sum + BigInt(one.unit_price * one.quantity), 0n)
  const isPart = saleMinor > 0n && saleMinor !== BigInt(amount)
  const paidBy = [
    paidByText(payment, t('pay.via')),
    ...(payment.is_offline ? [t('code.made_offline')] : []),
  ]
  return (
    <>
      {goods.length > 0 && <Goods goods={goods} currency={currency} />}
      {isPart && <Row label={t('receipt.sale_total')} value={text(saleMinor)} />}
      {before.map((one) => (
        <Row
          key={one.id}
          label={t('receipt.paid_before', { scheme: schemeText(one.scheme) })}
          value={text(one.amount)}
        />
      ))}
      {discount > 0 && (
        <>
          <Row label={t(isPart ? 'receipt.this_part' : 'receipt.total')} value={text(amount)} />
          <Row label={t('receipt.discount')} value={text(-discount)} />
        </>
      )}
      <p className="till-receipt-total">
        <span>
          {t(discount > 0 ? 'receipt.charged' : isPart ? 'receipt.this_part' : 'receipt.total')}
        </span>
        <strong>{text(charged)}</strong>
      </p>
      {leftMinor !== null && leftMinor !== '0' && (
        <Row label={t('receipt.left')} value={text(BigInt(leftMinor))} />
      )}
      <Row label={t('receipt.paid_by')} value={paidBy.join(' · ')} />
      {payment.payer_name && <Row label={t('receipt.payer')} value={payment.payer_name} />}
      {reasons.map((reason) => (
        <p key={reason} className="till-receipt-why">
          {reason}
        </p>
      ))}
      <Row label={t('receipt.state')} value={stateText(payment, t)} />
      <hr />
    </>
  )
}

type RefundLinesProps = { refund: RefundView; payment: PaymentView }

function RefundLines({ refund, payment }: RefundLinesProps): ReactElement {
  const t = useT()
  const { amount, payer_amount: payerAmount, currency, reason } = refund
  const face = faceOfRefund(refund)
  return (
    <>
      <Row label={t('refund.paid')} value={moneyText(payment.amount, currency)} />
      <p className="till-receipt-total">
        <span>{t('receipt.refund')}</span>
        <strong>{moneyText(-amount, currency)}</strong>
      </p>
      {payerAmount > 0 && payerAmount !== amount && (
        <Row label={t('receipt.refund_payer')} value={moneyText(payerAmount, currency)} />
      )}
      <Row label={t('receipt.refund_to')} value={paidByText(payment, t('pay.via'))} />
      {reason && <Row label={t('refund.reason')} value={reason} />}
      <Row label={t('receipt.state')} value={t(`refund.tag.${face}`)} />
      <Row label={t('receipt.refund_no')} value={refund.id} />
      <hr />
    </>
  )
}

// Two dots of a printer of 203 dots an inch on 58 mm paper, three on 80 mm: what a wedge reads.
const moduleMm = { 58: 0.25, 80: 0.375 } as const
const pxPerMm = 96 / 25.4

/** What a refund is scanned by. An order that no till made has none. */
function OrderBarcode(props: { orderNo: string; paperMm: 58 | 80 }): ReactElement | null {
  const t = useT()
  const code = orderCodeOf(props.orderNo)
  if (code === null) return null
  return (
    <p className="till-receipt-code" data-testid="receipt-code" data-code={code}>
      <Barcode
        digits={code}
        module={moduleMm[props.paperMm] * pxPerMm}
        height={44}
        label={t('receipt.order_no')}
      />
    </p>
  )
}

function stateText(payment: PaymentView, t: Translate): string {
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
