import { lazy, Suspense, type ReactElement } from 'react'
import { declineText, formatDateTime } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money, moneyText } from '../../ui/money.tsx'
import { StateTag } from '../../ui/state.tsx'
import type { GoodsLine, PaymentView, TimelineEntry, WalletDebit } from '../../ui/types.ts'
import { appText, sourceText } from '../accounts/source-words.ts'
import { useLive } from '../live.tsx'
import { Page } from '../parts/Page.tsx'
import { Failed, Skeleton } from '../parts/states.tsx'
import { Discount, reasonText } from '../pay/Discount.tsx'
import { underWayWord } from '../pay/under-way.ts'
import { api } from '../session.ts'
import { isUnderWay, pathOf, spendingOf, type Spending } from '../spending.ts'
import { useWords, type WordKey } from '../text.ts'
import { useLoad } from '../use-load.ts'
import { useBillTitle } from './BillRow.tsx'
import { Refunds } from './Refunds.tsx'

const BillFeedback = lazy(async () => {
  const { BillFeedback } = await import('../feed/later.ts')
  return { default: BillFeedback }
})
const FollowLine = lazy(async () => {
  const { FollowLine } = await import('../feed/later.ts')
  return { default: FollowLine }
})

/** One payment, or one debit by another institution, with what was bought and how it went. */
export function BillScreen({ id }: { id: string }): ReactElement {
  const t = useWords()
  const { version } = useLive()
  const of = id.startsWith('wdb_') ? 'wallet_debit' : 'payment'
  const loaded = useLoad(
    () =>
      api.get<PaymentView | WalletDebit>(
        pathOf({ of, id }),
        of === 'payment' ? { expand: 'timeline,goods' } : {},
      ),
    `${id} ${version}`,
  )
  return (
    <Page title={t('bill.title')} back="bills">
      {!loaded.value && loaded.problem && (
        <Failed problem={loaded.problem} onRetry={loaded.reload} />
      )}
      {!loaded.value && !loaded.problem && <Skeleton rows={5} />}
      {loaded.value && <Bill shown={loaded.value} />}
    </Page>
  )
}

function Bill({ shown }: { shown: PaymentView | WalletDebit }): ReactElement {
  const payment = shown.object === 'payment' ? shown : null
  const spending = spendingOf(shown)
  const mayHaveRefunds = payment?.kind === 'purchase' && payment.state !== 'processing'
  return (
    <>
      <Face spending={spending} />
      {payment && mayHaveRefunds && <Refunds paymentId={payment.id} />}
      {payment?.goods && payment.goods.length > 0 && (
        <Goods lines={payment.goods} currency={payment.currency} />
      )}
      <Facts shown={shown} spending={spending} />
      {payment?.kind === 'purchase' && payment.state === 'succeeded' && (
        <Suspense fallback={null}>
          <BillFeedback paymentId={payment.id} />
          <FollowLine merchant={payment.merchant} by="chosen" />
        </Suspense>
      )}
      {payment?.timeline && (
        <Timeline entries={payment.timeline} isScanned={payment.payment_code !== null} />
      )}
    </>
  )
}

function Face({ spending }: { spending: Spending }): ReactElement {
  const t = useWords()
  const title = useBillTitle(spending)
  const isTopUp = spending.kind === 'top_up'
  return (
    <section className="bill-face">
      <p className="bill-face-title">{title}</p>
      <Money
        minor={isTopUp ? spending.amount : -spending.charged}
        currency={spending.currency}
        size="xl"
        signed={isTopUp}
      />
      <Discount spending={spending} />
      <StateTag state={spending.state} nextAction={spending.nextAction} />
      {isUnderWay(spending) && (
        <p className="hint" role="status">
          <Icon name="clock" size={18} />
          <span>{t(underWayWord(spending), { source: appText(spending) })}</span>
        </p>
      )}
    </section>
  )
}

type FactsProps = { shown: PaymentView | WalletDebit; spending: Spending }

function Facts({ shown, spending }: FactsProps): ReactElement {
  const t = useWords()
  const payment = shown.object === 'payment' ? shown : null
  const { discount, refunded, currency, reasons } = spending
  const [reason] = reasons
  const facts: [string, string | null | false | undefined, boolean?][] = [
    [t('code.pay_from'), sourceText(spending)],
    [t('bill.by_code'), spending.isOffline && t('code.made_offline')],
    [t('bill.why_this'), reason && discount > 0 && reasonText(reason)],
    [t('bill.merchant'), payment?.kind === 'purchase' && payment.merchant_name],
    [t('bill.through'), spending.of === 'wallet_debit' && t('debit.elsewhere')],
    [t('refunds.title'), refunded > 0 && moneyText(refunded, currency)],
    [t('bill.why_not'), declineText(spending.declineReason)],
    [t('bill.time'), formatDateTime(spending.createdAt)],
    [t('bill.order_no'), spending.orderNo, true],
    [t('bill.payment_no'), spending.id, true],
  ]
  return (
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
  channel: 'actor.channel',
  notice: 'actor.channel',
}

type TimelineProps = { entries: TimelineEntry[]; isScanned: boolean }

function Timeline({ entries, isScanned }: TimelineProps): ReactElement {
  const t = useWords()
  // How it began: by the payer's code, or by one that the merchant showed.
  const begun: WordKey = isScanned ? 'timeline.processing' : 'timeline.shown'
  return (
    <section className="panel">
      <h2>{t('bill.timeline')}</h2>
      <ol className="timeline">
        {entries.map((entry, place) => (
          <li key={place}>
            <span>{t(wordOf(entry, begun))}</span>
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

function wordOf({ from, to }: TimelineEntry, begun: WordKey): WordKey {
  if (to === 'processing') return from === null ? begun : 'timeline.goes_on'
  return timelineWords[to] ?? 'common.unknown'
}
