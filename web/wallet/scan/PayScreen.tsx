import { lazy, Suspense, useEffect, useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { Money, moneyText } from '../../ui/money.tsx'
import type { MerchantOrder } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { readAmount } from '../me/amount-text.ts'
import { Field } from '../parts/Field.tsx'
import { Page } from '../parts/Page.tsx'
import { Empty, Failed, Skeleton } from '../parts/states.tsx'
import { useSecondsTo } from '../pay/use-seconds-to.ts'
import { Link } from '../router.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { useLoad } from '../use-load.ts'
import { PayFrom, usePayFrom } from './PayFrom.tsx'
import { PaySheet } from './PaySheet.tsx'

const FollowLine = lazy(async () => {
  const { FollowLine } = await import('../feed/later.ts')
  return { default: FollowLine }
})

/** What a merchant shows: who, how much, from what; and then it is paid. */
export function PayScreen({ token }: { token: string }): ReactElement {
  const t = useWords()
  const { version } = useLive()
  const order = useLoad(() => api.get<MerchantOrder>(`/v1/orders/${token}`), `${token} ${version}`)
  return (
    <Page title={t('order.title')} back="scan">
      {!order.value && order.problem?.code === 'NOT_FOUND' && (
        <Empty icon="qr" text={t('order.not_ours')}>
          <ScanAgain />
        </Empty>
      )}
      {!order.value && order.problem && order.problem.code !== 'NOT_FOUND' && (
        <Failed problem={order.problem} onRetry={order.reload} />
      )}
      {!order.value && !order.problem && <Skeleton rows={4} />}
      {order.value && <Order order={order.value} onStale={order.reload} />}
    </Page>
  )
}

function ScanAgain(): ReactElement {
  const t = useWords()
  return (
    <Link to="scan" className="button button-main">
      <Icon name="scan" />
      {t('order.scan_again')}
    </Link>
  )
}

type OrderProps = { order: MerchantOrder; onStale: () => void }

function Order({ order, onStale }: OrderProps): ReactElement {
  const secondsLeft = useSecondsTo(order.expires_at)
  const hasEnded = order.expires_at !== null && secondsLeft === 0
  if (order.state !== 'open' || hasEnded) return <Ended order={order} />
  return (
    <>
      <Merchant order={order} secondsLeft={order.expires_at === null ? null : secondsLeft} />
      <PayForm order={order} onStale={onStale} />
      <Suspense fallback={null}>
        <FollowLine merchant={order.merchant} by="scanned" />
      </Suspense>
    </>
  )
}

/** It cannot be paid any more, and why. */
function Ended({ order }: { order: MerchantOrder }): ReactElement {
  const t = useWords()
  if (order.state === 'paid' && order.payment) {
    return (
      <Empty icon="check" text={t('order.paid_by_me')}>
        <Link to={`bills/${order.payment}`} className="button button-main">
          {t('result.details')}
        </Link>
      </Empty>
    )
  }
  const closed = order.kind === 'static' ? 'order.wall_closed' : 'order.expired'
  return (
    <Empty icon="clock" text={t(order.state === 'paid' ? 'order.paid' : closed)}>
      <ScanAgain />
    </Empty>
  )
}

type MerchantProps = { order: MerchantOrder; secondsLeft: number | null }

function Merchant({ order, secondsLeft }: MerchantProps): ReactElement {
  const t = useWords()
  const { merchant_name, store_name, name } = order
  const places = [store_name, name].filter((place) => place && place !== merchant_name)
  return (
    <section className="order-face">
      <span className="bill-icon">
        <Icon name="shop" size={18} />
      </span>
      <h2>{merchant_name}</h2>
      {places.length > 0 && <p className="small">{places.join(' · ')}</p>}
      {order.amount !== null && <Money minor={order.amount} currency={order.currency} size="xl" />}
      {secondsLeft !== null && (
        <p className="small" role="timer">
          {t('order.left', {
            time: `${Math.floor(secondsLeft / 60)}:${String(secondsLeft % 60).padStart(2, '0')}`,
          })}
        </p>
      )}
    </section>
  )
}

function PayForm({ order, onStale }: OrderProps): ReactElement {
  const t = useWords()
  const [typed, setTyped] = useState('')
  const [isPaying, setPaying] = useState(false)
  const from = usePayFrom()
  const amount = order.amount ?? readAmount(typed, order.currency)
  const isTooMuch = order.kind === 'static' && (amount ?? 0) > staticDayCapMinor
  const problem = typed && amount === null ? t('limits.not_amount') : ''
  useEffect(() => setPaying(false), [order.token])
  return (
    <>
      <form
        className="pay-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (amount && from.source) setPaying(true)
        }}
      >
        {order.amount === null && (
          <section className="panel">
            <Field
              label={t('order.amount')}
              before="¥"
              name="amount"
              inputMode="decimal"
              autoComplete="off"
              placeholder="0.00"
              hint={t('order.cap')}
              value={typed}
              {...(problem ? { problem } : isTooMuch ? { problem: t('order.over_cap') } : {})}
              onChange={(event) => setTyped(event.target.value)}
            />
          </section>
        )}
        <PayFrom from={from} />
        <button
          type="submit"
          className="button button-main"
          disabled={!amount || isTooMuch || !from.source}
        >
          {amount
            ? t('order.pay', { amount: moneyText(amount, order.currency) })
            : t('order.title')}
        </button>
      </form>
      {isPaying && amount && from.source && (
        <PaySheet
          order={order}
          amount={amount}
          source={from.source}
          onStale={onStale}
          onClose={() => setPaying(false)}
        />
      )}
    </>
  )
}

// What the law lets one payer pay by codes on walls in a day, in fen; the server counts the day.
const staticDayCapMinor = 50_000
