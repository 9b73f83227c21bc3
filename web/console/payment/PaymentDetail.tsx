import { Tabs } from 'antd'
import { useState, type ReactElement } from 'react'
import { asProblem } from '../../ui/api.ts'
import { isPaymentEvent, isRefundEvent, type PaymentView } from '../../ui/types.ts'
import { Bars, EmptyState, ErrorState } from '../parts/ListStates.tsx'
import { Panel } from '../parts/Page.tsx'
import { JsonView } from '../parts/JsonView.tsx'
import { PaymentRefunds } from '../refunds/PaymentRefunds.tsx'
import { useForget, useOne } from '../resources.ts'
import { useEvents } from '../stream.tsx'
import { useText } from '../text.ts'
import { Charges } from './Charges.tsx'
import { Goods } from './Goods.tsx'
import { PaymentFacts } from './PaymentFacts.tsx'
import { PaymentHead } from './PaymentHead.tsx'
import { Place } from './Place.tsx'
import { RouteReasons } from './RouteReasons.tsx'
import { Timeline } from './Timeline.tsx'
import { Transfers } from './Transfers.tsx'

/** Everything about one payment, in tabs at the side of a list; it changes when the payment does. */
export function PaymentDetail(props: { id: string; isPage?: boolean; tab?: string }): ReactElement {
  const { id, isPage, tab } = props
  const t = useText()
  const forget = useForget()
  const path = `/v1/payments/${id}`
  const payment = useOne<PaymentView>(path, {
    expand: 'timeline,transfers,goods,charges,candidates',
  })
  useEvents((event) => {
    const isOurs = isPaymentEvent(event)
      ? event.data.id === id
      : isRefundEvent(event) && event.data.payment === id
    if (isOurs) void forget(path, '/v1/refunds')
  })

  if (payment.data && isPage) return <WholePage payment={payment.data} />
  if (payment.data) return <InTabs payment={payment.data} first={tab ?? 'steps'} />
  if (!payment.error) return <Bars rows={8} columns={2} />
  if (asProblem(payment.error).status === 404) {
    return <EmptyState title={t('detail.not_found')} detail={t('detail.not_found_detail')} />
  }
  return <ErrorState error={payment.error} onRetry={() => void payment.refetch()} />
}

function InTabs({ payment, first }: { payment: PaymentView; first: string }): ReactElement {
  const t = useText()
  const [tab, setTab] = useState(first)
  const goods = payment.goods ?? []
  const items = [
    {
      key: 'steps',
      label: t('detail.tab_steps'),
      children: (
        <>
          <Timeline payment={payment} />
          <Charges payment={payment} />
          <RouteReasons payment={payment} />
        </>
      ),
    },
    {
      key: 'refunds',
      label: t('refunds.title'),
      children: <PaymentRefunds payment={payment} />,
    },
    { key: 'money', label: t('detail.tab_money'), children: <Transfers payment={payment} /> },
    {
      key: 'goods',
      label: goods.length > 0 ? `${t('detail.tab_goods')} ${goods.length}` : t('detail.tab_goods'),
      children: <Goods goods={goods} payment={payment} />,
    },
    { key: 'place', label: t('detail.tab_place'), children: <Place payment={payment} /> },
    { key: 'json', label: t('detail.tab_json'), children: <JsonView of={payment} /> },
  ]
  return (
    <article className="ct-detail" data-testid="detail">
      <PaymentHead payment={payment} />
      <PaymentFacts payment={payment} />
      <Tabs activeKey={tab} onChange={setTab} items={items} size="small" />
    </article>
  )
}

/** On a page of its own there is room to see all parts at once. */
function WholePage({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const goods = payment.goods ?? []
  return (
    <article className="ct-detail" data-testid="detail">
      <div className="ct-panel ct-panel-body">
        <PaymentHead payment={payment} />
        <PaymentFacts payment={payment} />
      </div>
      <div className="ct-columns">
        <div>
          <div className="ct-panel ct-panel-body">
            <Timeline payment={payment} />
            <Charges payment={payment} />
            <RouteReasons payment={payment} />
          </div>
          <Panel title={t('detail.tab_place')}>
            <Place payment={payment} />
          </Panel>
        </div>
        <div>
          <Panel title={t('refunds.title')}>
            <PaymentRefunds payment={payment} />
          </Panel>
          <Panel title={t('detail.transfers')} flush>
            <Transfers payment={payment} />
          </Panel>
          <Panel title={t('detail.goods')} flush>
            <Goods goods={goods} payment={payment} />
          </Panel>
          <Panel title={t('detail.tab_json')}>
            <JsonView of={payment} />
          </Panel>
        </div>
      </div>
    </article>
  )
}
