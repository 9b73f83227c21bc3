import type { ReactElement } from 'react'
import { declineText, formatDateTime } from '../../ui/i18n.tsx'
import { Money, moneyText } from '../../ui/money.tsx'
import { StateTag } from '../../ui/state.tsx'
import type { GoodsLine, PaymentView, TimelineEntry } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { Page } from '../parts/Page.tsx'
import { Failed, Skeleton } from '../parts/states.tsx'
import { api } from '../session.ts'
import { useWords, type WordKey } from '../text.ts'
import { useLoad } from '../use-load.ts'
import { useBillTitle } from './BillRow.tsx'

/** One payment, with what was bought and how it went. */
export function BillScreen({ id }: { id: string }): ReactElement {
  const t = useWords()
  const { version } = useLive()
  const loaded = useLoad(
    () => api.get<PaymentView>(`/v1/payments/${id}`, { expand: 'timeline,goods' }),
    `${id} ${version}`,
  )
  return (
    <Page title={t('bill.title')} back="bills">
      {!loaded.value && loaded.problem && (
        <Failed problem={loaded.problem} onRetry={loaded.reload} />
      )}
      {!loaded.value && !loaded.problem && <Skeleton rows={5} />}
      {loaded.value && <Bill payment={loaded.value} />}
    </Page>
  )
}

function Bill({ payment }: { payment: PaymentView }): ReactElement {
  const t = useWords()
  const title = useBillTitle(payment)
  const facts: [string, string | null, boolean?][] = [
    [t('code.pay_from'), payment.source_label],
    [t('bill.merchant'), payment.kind === 'purchase' ? payment.merchant_name : null],
    [t('bill.why_not'), declineText(payment.decline_reason)],
    [t('bill.time'), formatDateTime(payment.created_at)],
    [t('bill.order_no'), payment.order_no, true],
    [t('bill.payment_no'), payment.id, true],
  ]
  return (
    <>
      <section className="bill-face">
        <p className="bill-face-title">{title}</p>
        <Money
          minor={payment.kind === 'top_up' ? payment.amount : -payment.amount}
          currency={payment.currency}
          size="xl"
          signed={payment.kind === 'top_up'}
        />
        <StateTag state={payment.state} nextAction={payment.next_action} />
      </section>
      {payment.goods && payment.goods.length > 0 && (
        <Goods lines={payment.goods} currency={payment.currency} />
      )}
      <dl className="rows">
        {facts.map(
          ([name, value, isCode]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd className={isCode ? 'ot-mono' : ''}>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {payment.timeline && <Timeline entries={payment.timeline} />}
    </>
  )
}

function Goods({ lines, currency }: { lines: GoodsLine[]; currency: string }): ReactElement {
  const t = useWords()
  return (
    <section className="panel">
      <h2>{t('bill.goods')}</h2>
      <ul className="goods">
        {lines.map((line) => (
          <li key={line.sku}>
            <span className="goods-name">{line.name}</span>
            <span className="goods-count">
              {moneyText(line.unit_price, currency)} × {line.quantity}
            </span>
            <Money minor={line.unit_price * line.quantity} currency={currency} size="s" />
          </li>
        ))}
      </ul>
    </section>
  )
}

const timelineWords: Record<string, WordKey> = {
  processing: 'timeline.processing',
  succeeded: 'timeline.succeeded',
  failed: 'timeline.failed',
  reversed: 'timeline.reversed',
}

const actorWords: Record<string, WordKey> = {
  terminal: 'actor.terminal',
  merchant: 'actor.merchant',
  payer: 'actor.payer',
  operator: 'actor.operator',
  clock: 'actor.clock',
}

function Timeline({ entries }: { entries: TimelineEntry[] }): ReactElement {
  const t = useWords()
  return (
    <section className="panel">
      <h2>{t('bill.timeline')}</h2>
      <ol className="timeline">
        {entries.map((entry, place) => (
          <li key={place}>
            <span>{t(timelineWords[entry.to] ?? 'common.unknown')}</span>
            <span className="small">
              {actorWords[entry.actor] && `${t(actorWords[entry.actor]!)} · `}
              <time dateTime={entry.at}>{formatDateTime(entry.at)}</time>
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
