import { useState, type ReactElement } from 'react'
import { asProblem, type Problem } from '../../ui/api.ts'
import { formatMonth } from '../../ui/i18n.tsx'
import { moneyText } from '../../ui/money.tsx'
import type { List, PaymentView, RefundView, WalletDebit } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { Page } from '../parts/Page.tsx'
import { Empty, Failed, Skeleton } from '../parts/states.tsx'
import { Link } from '../router.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { useLoad, type Loaded } from '../use-load.ts'
import { BillRow, ComeBackRow } from './BillRow.tsx'
import { feedOf, joined, readNext, type Feed, type Read } from './feed.ts'
import { byMonth, type Month } from './months.ts'

const pageSize = 50

const paths = {
  payments: '/v1/payments',
  debits: '/v1/wallet_debits',
  refunds: '/v1/refunds',
} as const satisfies Record<keyof Read, string>

function readPage<Item>(which: keyof Read, after?: string): Promise<List<Item>> {
  return api.get(paths[which], { limit: pageSize, starting_after: after })
}

async function readFirst(): Promise<Read> {
  const [payments, debits, refunds] = await Promise.all([
    readPage<PaymentView>('payments'),
    readPage<WalletDebit>('debits'),
    readPage<RefundView>('refunds'),
  ])
  return { payments, debits, refunds }
}

/** What this payer paid, here and to merchants of other institutions, and what came back, by month. */
export function BillsScreen(): ReactElement {
  const t = useWords()
  const { first, feed, more } = useBills()
  return (
    <Page title={t('bills.title')}>
      {!first.value && first.problem && <Failed problem={first.problem} onRetry={first.reload} />}
      {!first.value && !first.problem && <Skeleton rows={6} />}
      {first.value && feed.bills.length === 0 && (
        <Empty icon="bill" text={t('bills.empty')}>
          <Link to="" className="button button-main">
            {t('bills.show_code')}
          </Link>
        </Empty>
      )}
      {byMonth(feed.bills, feed.hasMore).map((month) => (
        <MonthGroup key={month.key} month={month} />
      ))}
      {more.problem && <Failed problem={more.problem} onRetry={() => void more.read()} />}
      {feed.hasMore && !more.problem && (
        <button
          type="button"
          className="button button-quiet"
          disabled={more.isReading}
          onClick={() => void more.read()}
        >
          {more.isReading ? t('common.loading') : t('bills.more')}
        </button>
      )}
    </Page>
  )
}

type More = { read: () => Promise<void>; isReading: boolean; problem: Problem | null }

/** The newest page of each list, read again as money moves, over older pages that were asked for. */
function useBills(): { first: Loaded<Read>; feed: Feed; more: More } {
  const { version } = useLive()
  const first = useLoad(readFirst, version)
  const [older, setOlder] = useState<Partial<Read>>({})
  const [isReading, setReading] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const all: Read = {
    payments: joined(first.value?.payments ?? nothing(), older.payments ?? null),
    debits: joined(first.value?.debits ?? nothing(), older.debits ?? null),
    refunds: joined(first.value?.refunds ?? nothing(), older.refunds ?? null),
  }

  async function read(): Promise<void> {
    const which = readNext(all)
    if (!which) return
    setReading(true)
    setProblem(null)
    try {
      const page = await readPage<never>(which, all[which].data.at(-1)?.id)
      const grown = joined<{ id: string }>(all[which], page)
      setOlder((before) => ({ ...before, [which]: grown }))
    } catch (thrown) {
      setProblem(asProblem(thrown))
    } finally {
      setReading(false)
    }
  }
  return { first, feed: feedOf(all), more: { read, isReading, problem } }
}

const nothing = <Item,>(): List<Item> => ({ object: 'list', data: [], has_more: false, url: '' })

function MonthGroup({ month }: { month: Month }): ReactElement {
  const t = useWords()
  const paid = moneyText(month.paidMinor, month.currency)
  const toppedUp = moneyText(month.toppedUpMinor, month.currency)
  const refunded = moneyText(month.refundedMinor, month.currency)
  const total = t('bills.month_total', { paid, toppedUp })
  const back = month.refundedMinor > 0n ? ` · ${t('bills.month_back', { refunded })}` : ''
  return (
    <section className="month">
      <header className="month-head">
        <h2>{formatMonth(`${month.key}-15T00:00:00Z`)}</h2>
        <p>{month.isWhole ? total + back : t('bills.month_open')}</p>
      </header>
      <ul className="list">
        {month.bills.map((bill) =>
          bill.of === 'refund' ? (
            <ComeBackRow key={bill.id} back={bill} />
          ) : (
            <BillRow key={bill.id} spending={bill} />
          ),
        )}
      </ul>
    </section>
  )
}
