import { formatDateTime } from '../../ui/i18n.tsx'
import type { PaymentView } from '../../ui/types.ts'
import { plainAmount } from '../amounts.ts'
import type { CsvColumn } from '../csv.ts'
import type { Text, useWord } from '../text.ts'

type Words = { t: Text; word: ReturnType<typeof useWord>; zone: string }

/** The columns of an exported payment: times in the institution's zone, amounts as plain decimals. */
export function paymentCsv({ t, word, zone }: Words): CsvColumn<PaymentView>[] {
  const time = (at: string | null): string => (at ? formatDateTime(at, zone) : '')
  return [
    { title: t('field.created_at'), cell: (row) => time(row.created_at) },
    { title: t('field.completed_at'), cell: (row) => time(row.completed_at) },
    { title: t('field.state'), cell: (row) => word('state.', row.state) },
    { title: t('field.kind'), cell: (row) => word('kind.', row.kind) },
    { title: t('field.amount'), cell: (row) => plainAmount(row.amount, row.currency) },
    { title: t('field.currency'), cell: (row) => row.currency },
    { title: t('field.merchant'), cell: (row) => row.merchant_name },
    { title: t('field.store'), cell: (row) => row.store_name ?? '' },
    { title: t('field.terminal'), cell: (row) => row.terminal_name ?? '' },
    { title: t('field.payer'), cell: (row) => row.payer_name ?? '' },
    { title: t('payments.scheme'), cell: (row) => (row.scheme ? word('scheme.', row.scheme) : '') },
    {
      title: t('payments.decline_reason'),
      cell: (row) => (row.decline_reason ? word('decline.', row.decline_reason) : ''),
    },
    { title: t('field.order_no'), cell: (row) => row.order_no },
    { title: t('field.sale_no'), cell: (row) => row.sale_no },
    { title: t('detail.payment_id'), cell: (row) => row.id },
  ]
}
