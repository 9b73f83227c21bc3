import { useState, type ReactElement } from 'react'
import { asProblem, type Problem } from '../../ui/api.ts'
import { formatMonth } from '../../ui/i18n.tsx'
import { moneyText } from '../../ui/money.tsx'
import type { List, PaymentView } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { Page } from '../parts/Page.tsx'
import { Empty, Failed, Skeleton } from '../parts/states.tsx'
import { Link } from '../router.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { useLoad } from '../use-load.ts'
import { BillRow } from './BillRow.tsx'
import { byMonth, type Month } from './months.ts'

const pageSize = 50

function readPage(after?: string): Promise<List<PaymentView>> {
  return api.get('/v1/payments', { limit: pageSize, starting_after: after })
}

/** The newest page again, over the older pages that were read before. */
function merge(newest: readonly PaymentView[], older: readonly PaymentView[]): PaymentView[] {
  const known = new Set(newest.map((payment) => payment.id))
  return [...newest, ...older.filter((payment) => !known.has(payment.id))]
}

/** Everything this payer paid, by month. */
export function BillsScreen(): ReactElement {
  const t = useWords()
  const { version } = useLive()
  const first = useLoad(() => readPage(), version)
  const [older, setOlder] = useState<List<PaymentView> | null>(null)
  const [isReading, setReading] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const payments = merge(first.value?.data ?? [], older?.data ?? [])
  const hasMore = (older ?? first.value)?.has_more ?? false

  async function readMore(): Promise<void> {
    setReading(true)
    setProblem(null)
    try {
      const next = await readPage(payments.at(-1)?.id)
      setOlder((last) => ({ ...next, data: [...(last?.data ?? []), ...next.data] }))
    } catch (thrown) {
      setProblem(asProblem(thrown))
    } finally {
      setReading(false)
    }
  }

  return (
    <Page title={t('bills.title')}>
      {!first.value && first.problem && <Failed problem={first.problem} onRetry={first.reload} />}
      {!first.value && !first.problem && <Skeleton rows={6} />}
      {first.value && payments.length === 0 && (
        <Empty icon="bill" text={t('bills.empty')}>
          <Link to="" className="button button-main">
            {t('bills.show_code')}
          </Link>
        </Empty>
      )}
      {byMonth(payments, hasMore).map((month) => (
        <MonthGroup key={month.key} month={month} />
      ))}
      {problem && <Failed problem={problem} onRetry={() => void readMore()} />}
      {hasMore && !problem && (
        <button
          type="button"
          className="button button-quiet"
          disabled={isReading}
          onClick={() => void readMore()}
        >
          {isReading ? t('common.loading') : t('bills.more')}
        </button>
      )}
    </Page>
  )
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
        {month.payments.map((payment) => (
          <BillRow key={payment.id} payment={payment} />
        ))}
      </ul>
    </section>
  )
}
