import { useState, type ReactElement } from 'react'
import { asProblem, type Problem } from '../../ui/api.ts'
import { formatMonth } from '../../ui/i18n.tsx'
import { moneyText } from '../../ui/money.tsx'
import type { List, PaymentView, WalletDebit } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { Page } from '../parts/Page.tsx'
import { Empty, Failed, Skeleton } from '../parts/states.tsx'
import { Link } from '../router.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { useLoad, type Loaded } from '../use-load.ts'
import { BillRow } from './BillRow.tsx'
import { feedOf, joined, readNext, type Feed, type Read } from './feed.ts'
import { byMonth, type Month } from './months.ts'

const pageSize = 50

function readPayments(after?: string): Promise<List<PaymentView>> {
  return api.get('/v1/payments', { limit: pageSize, starting_after: after })
}

function readDebits(after?: string): Promise<List<WalletDebit>> {
  return api.get('/v1/wallet_debits', { limit: pageSize, starting_after: after })
}

async function readFirst(): Promise<Read> {
  const [payments, debits] = await Promise.all([readPayments(), readDebits()])
  return { payments, debits }
}

/** Everything this payer paid, here and to merchants of other institutions, by month. */
export function BillsScreen(): ReactElement {
  const t = useWords()
  const { first, feed, more } = useBills()
  return (
    <Page title={t('bills.title')}>
      {!first.value && first.problem && <Failed problem={first.problem} onRetry={first.reload} />}
      {!first.value && !first.problem && <Skeleton rows={6} />}
      {first.value && feed.spendings.length === 0 && (
        <Empty icon="bill" text={t('bills.empty')}>
          <Link to="" className="button button-main">
            {t('bills.show_code')}
          </Link>
        </Empty>
      )}
      {byMonth(feed.spendings, feed.hasMore).map((month) => (
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

/** The newest page of both lists, read again as money moves, over older pages that were asked for. */
function useBills(): { first: Loaded<Read>; feed: Feed; more: More } {
  const { version } = useLive()
  const first = useLoad(readFirst, version)
  const [payments, setPayments] = useState<List<PaymentView> | null>(null)
  const [debits, setDebits] = useState<List<WalletDebit> | null>(null)
  const [isReading, setReading] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const none = { object: 'list', data: [], has_more: false, url: '' } as const
  const all: Read = {
    payments: joined(first.value?.payments ?? { ...none, data: [] }, payments),
    debits: joined(first.value?.debits ?? { ...none, data: [] }, debits),
  }

  async function read(): Promise<void> {
    const which = readNext(all)
    if (!which) return
    setReading(true)
    setProblem(null)
    try {
      const after = all[which].data.at(-1)?.id
      if (which === 'payments') setPayments(joined(all.payments, await readPayments(after)))
      else setDebits(joined(all.debits, await readDebits(after)))
    } catch (thrown) {
      setProblem(asProblem(thrown))
    } finally {
      setReading(false)
    }
  }
  return { first, feed: feedOf(all), more: { read, isReading, problem } }
}

function MonthGroup({ month }: { month: Month }): ReactElement {
  const t = useWords()
  const paid = moneyText(month.paidMinor, month.currency)
  const toppedUp = moneyText(month.toppedUpMinor, month.currency)
  return (
    <section className="month">
      <header className="month-head">
        <h2>{formatMonth(`${month.key}-15T00:00:00Z`)}</h2>
        <p>{month.isWhole ? t('bills.month_total', { paid, toppedUp }) : t('bills.month_open')}</p>
      </header>
      <ul className="list">
        {month.spendings.map((spending) => (
          <BillRow key={spending.id} spending={spending} />
        ))}
      </ul>
    </section>
  )
}
