import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import type { PaymentView } from '../../ui/types.ts'
import { CopyId } from '../parts/CopyId.tsx'
import { Facts } from '../parts/Facts.tsx'
import { When } from '../parts/When.tsx'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText, useWord } from '../text.ts'

/** Who took part, when, and under which numbers. */
export function PaymentFacts({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const word = useWord()
  const operator = isOperator(usePrincipal())
  const payer = [payment.payer_name, payment.source_label].filter(Boolean).join(' · ')
  const codeWords = [
    ...(payment.scheme ? [word('scheme.', payment.scheme)] : []),
    ...(payment.is_offline ? [word('code.', 'made_offline')] : []),
  ]
  const id = (value: string, what: string): ReactNode => <CopyId id={value} what={what} />
  const facts = [
    {
      label: t('field.merchant'),
      value: operator ? (
        <Link to={`/merchants/${payment.merchant}`}>{payment.merchant_name}</Link>
      ) : (
        payment.merchant_name
      ),
    },
    { label: t('field.store'), value: payment.store_name ?? '–' },
    { label: t('field.terminal'), value: payment.terminal_name ?? '–' },
    { label: t('field.payer'), value: payer || '–' },
    { label: t('field.kind'), value: word('kind.', payment.kind) },
    {
      label: t('detail.payment_code'),
      value: payment.payment_code ? (
        <>
          <code>{payment.payment_code}</code>{' '}
          <span className="ct-muted">{codeWords.join(' · ')}</span>
        </>
      ) : (
        '–'
      ),
    },
    { label: t('field.created_at'), value: <When at={payment.created_at} full /> },
    {
      label: t('field.completed_at'),
      value: payment.completed_at ? <When at={payment.completed_at} full /> : '–',
    },
    { label: t('field.order_no'), value: id(payment.order_no, t('field.order_no')) },
    ...(payment.sale_no === payment.order_no
      ? []
      : [{ label: t('field.sale_no'), value: id(payment.sale_no, t('field.sale_no')) }]),
    {
      label: t('detail.payment_id'),
      value: id(payment.id, t('detail.payment_id')),
      isWide: true,
    },
  ]
  return <Facts facts={facts} />
}
