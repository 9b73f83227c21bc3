import { useMemo } from 'react'
import { Money } from '../../ui/money.tsx'
import { StateTag } from '../../ui/state.tsx'
import type { PaymentView } from '../../ui/types.ts'
import { CopyId } from '../parts/CopyId.tsx'
import type { Column } from '../parts/TableRows.tsx'
import { When } from '../parts/When.tsx'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText, useWord, type Text } from '../text.ts'

type Words = { t: Text; word: ReturnType<typeof useWord>; operator: boolean }

/** The columns of a payment: few while it happens, all of them in the list of payments. */
export function usePaymentColumns(where: 'live' | 'list' | 'latest'): Column<PaymentView>[] {
  const t = useText()
  const word = useWord()
  const operator = isOperator(usePrincipal())
  return useMemo(() => {
    const { main, more } = columnsOf({ t, word, operator })
    if (where === 'latest') return main.filter(({ key }) => !latestLeavesOut.includes(key))
    return where === 'live' ? main : [...main, ...more]
  }, [t, word, operator, where])
}

const latestLeavesOut = ['order_no', 'terminal', 'kind', 'merchant']

function columnsOf({ t, word, operator }: Words): {
  main: Column<PaymentView>[]
  more: Column<PaymentView>[]
} {
  const merchant: Column<PaymentView> = {
    key: 'merchant',
    title: t('field.merchant'),
    wide: true,
    cell: (row) => row.merchant_name,
  }
  const main: Column<PaymentView>[] = [
    {
      key: 'time',
      title: t('field.time'),
      width: 96,
      always: true,
      cell: (row) => <When at={row.created_at} />,
    },
    {
      key: 'state',
      title: t('field.state'),
      width: 124,
      always: true,
      cell: (row) => <StateTag state={row.state} nextAction={row.next_action} />,
    },
    {
      key: 'amount',
      title: t('field.amount'),
      align: 'right',
      width: 112,
      always: true,
      cell: (row) => <Money minor={row.amount} currency={row.currency} size="s" />,
    },
    ...(operator ? [merchant] : []),
    { key: 'store', title: t('field.store'), cell: (row) => row.store_name ?? '–' },
    { key: 'terminal', title: t('field.terminal'), cell: (row) => row.terminal_name ?? '–' },
    { key: 'payer', title: t('field.payer'), cell: (row) => row.payer_name ?? '–' },
    { key: 'kind', title: t('field.kind'), wide: true, cell: (row) => word('kind.', row.kind) },
    {
      key: 'order_no',
      title: t('field.order_no'),
      cell: (row) => <CopyId id={row.order_no} what={t('field.order_no')} />,
    },
  ]
  return { main, more: moreColumns({ t, word, operator }) }
}

function moreColumns({ t, word }: Words): Column<PaymentView>[] {
  return [
    {
      key: 'decline_reason',
      title: t('payments.decline_reason'),
      cell: (row) => (row.decline_reason ? word('decline.', row.decline_reason) : '–'),
    },
    {
      key: 'code',
      title: t('payments.code'),
      hidden: true,
      cell: (row) => row.payment_code ?? '–',
    },
    {
      key: 'source',
      title: t('payments.source'),
      hidden: true,
      cell: (row) => row.source_label ?? '–',
    },
    {
      key: 'scheme',
      title: t('payments.scheme'),
      wide: true,
      cell: (row) => (row.scheme ? word('scheme.', row.scheme) : '–'),
    },
    {
      key: 'completed_at',
      title: t('field.completed_at'),
      hidden: true,
      cell: (row) => (row.completed_at ? <When at={row.completed_at} /> : '–'),
    },
    { key: 'sale_no', title: t('field.sale_no'), hidden: true, cell: (row) => row.sale_no },
    {
      key: 'id',
      title: t('detail.payment_id'),
      hidden: true,
      cell: (row) => <CopyId id={row.id} what={t('detail.payment_id')} short />,
    },
  ]
}
