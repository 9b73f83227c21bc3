import type { ReactElement } from 'react'
import type { Payer, PaymentView } from '../../ui/types.ts'
import { ListTable } from '../parts/ListTable.tsx'
import { Panel } from '../parts/Page.tsx'
import { usePaymentColumns } from '../payment/columns.tsx'
import { PaymentDrawer, useOpenPayment } from '../payment/PaymentDrawer.tsx'
import { useList } from '../resources.ts'
import { useText } from '../text.ts'

/** What the payer has paid and topped up, the newest first. */
export function RecentPayments({ payer }: { payer: Payer }): ReactElement {
  const t = useText()
  const { openId, open, close } = useOpenPayment()
  const list = useList<PaymentView>('/v1/payments', { payer: payer.id })
  const columns = usePaymentColumns('list').filter(({ key }) => key !== 'payer')
  return (
    <Panel title={t('payers.recent')} flush>
      <ListTable
        name="payer-payment"
        title={t('payers.recent')}
        columns={columns}
        list={list}
        onOpen={open}
        isOpen={(row) => row.id === openId}
        empty={{ title: t('payers.recent_empty') }}
      />
      <PaymentDrawer id={openId} onClose={close} />
    </Panel>
  )
}
