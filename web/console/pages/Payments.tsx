import { Button } from 'antd'
import { useMemo, type ReactElement } from 'react'
import type { PaymentView } from '../../ui/types.ts'
import { addDays, isDay, startOfDay } from '../days.ts'
import { useFilters } from '../filters.ts'
import { ExportCsv } from '../parts/ExportCsv.tsx'
import { ListTable } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { usePaymentColumns } from '../payment/columns.tsx'
import { paymentCsv } from '../payment/csv-columns.ts'
import { PaymentDrawer, useOpenPayment } from '../payment/PaymentDrawer.tsx'
import { PaymentFilters } from '../payment/PaymentFilters.tsx'
import { PeriodFilter } from '../payment/PeriodFilter.tsx'
import { useList, type Filters } from '../resources.ts'
import { useZone } from '../session.tsx'
import { useText, useWord } from '../text.ts'

const names = ['state', 'kind', 'merchant', 'store', 'terminal', 'order_no', 'from', 'to'] as const

/** All payments, filtered by what stands in the address. */
export default function Payments(): ReactElement {
  const t = useText()
  const word = useWord()
  const zone = useZone()
  const box = useFilters(names)
  const { openId, open, close } = useOpenPayment()
  const query = useMemo(() => queryOf(box.filters, zone), [box.filters, zone])
  const list = useList<PaymentView>('/v1/payments', query)
  const columns = usePaymentColumns('list')
  const csv = useMemo(() => paymentCsv({ t, word, zone }), [t, word, zone])
  const { from, to } = box.filters
  const fileName = `payments${from ? `-${from}` : ''}${to && to !== from ? `-${to}` : ''}.csv`

  return (
    <Page
      title={t('payments.title')}
      actions={<ExportCsv path="/v1/payments" filters={query} columns={csv} fileName={fileName} />}
    >
      <ListTable
        name="payment"
        title={t('payments.title')}
        columns={columns}
        list={list}
        onOpen={open}
        isOpen={(row) => row.id === openId}
        filter={box}
        empty={{
          title: t('payments.empty'),
          detail: t('payments.empty_detail'),
          action: <Button href="/till/">{t('overview.open_till')}</Button>,
        }}
        toolbar={
          <>
            <PeriodFilter box={box} />
            <PaymentFilters box={box} />
          </>
        }
      />
      <PaymentDrawer id={openId} onClose={close} />
    </Page>
  )
}

/** The days of the filter are whole days of the institution's zone; `to` is included. */
function queryOf(filters: { [name in (typeof names)[number]]?: string }, zone: string): Filters {
  const { from, to, ...same } = filters
  return {
    ...same,
    ...(isDay(from) ? { created_gte: startOfDay(from, zone) } : {}),
    ...(isDay(to) ? { created_lt: startOfDay(addDays(to, 1), zone) } : {}),
  }
}
