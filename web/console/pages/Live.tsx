import { Button, Switch } from 'antd'
import { useCallback, useMemo, useRef, type ReactElement } from 'react'
import { formatTime } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import { ConnectionBar, ConnectionMark } from '../live/Connection.tsx'
import { useHeld } from '../live/useHeld.ts'
import { useLiveFlow } from '../live/useLiveFlow.ts'
import { usePaymentColumns } from '../payment/columns.tsx'
import { PaymentDrawer, useOpenPayment } from '../payment/PaymentDrawer.tsx'
import { PaymentFilters, useLiveFilters } from '../payment/PaymentFilters.tsx'
import { Bars, EmptyState, ErrorState, FilteredEmpty } from '../parts/ListStates.tsx'
import { Page } from '../parts/Page.tsx'
import { Sparkline } from '../parts/Sparkline.tsx'
import { TableRows } from '../parts/TableRows.tsx'
import { useZone } from '../session.tsx'
import { useText } from '../text.ts'
import { sumOfSucceeded } from '../payment/sums.ts'

/** Payments as they happen, newest on top. */
export default function Live(): ReactElement {
  const t = useText()
  const zone = useZone()
  const box = useLiveFilters()
  const frame = useRef<HTMLDivElement>(null)
  const top = useRef<HTMLDivElement>(null)
  const { openId, open, close } = useOpenPayment()
  const held = useHeld(frame, top, openId !== null)
  const live = useLiveFlow(box.filters, held.isHeld)
  const { rows, held: waiting } = live.flow
  const sum = useMemo(() => sumOfSucceeded(rows), [rows])
  const perMinute = live.perSecond.reduce((total, count) => total + count, 0)
  const last = rows[0]

  const showWaiting = useCallback(() => {
    live.releaseNow()
    top.current?.scrollIntoView({ block: 'center' })
  }, [live])

  return (
    <Page
      title={t('live.title')}
      beside={<ConnectionMark />}
      actions={
        <label className="ct-pause">
          <Switch
            checked={held.because === 'paused'}
            onChange={held.setPaused}
            size="small"
            data-testid="live-pause"
          />
          {t('live.pause')}
        </label>
      }
    >
      <ConnectionBar />
      <div className="ct-pulse">
        <Sparkline counts={live.perSecond} label={t('live.per_second')} />
        <span>{t('live.per_second_now', { count: perMinute })}</span>
        <span>
          {t('live.sum', { count: sum.count })}{' '}
          <Money minor={sum.amountMinor} currency={sum.currency} size="s" />
        </span>
        {last && <span>{t('live.last', { time: formatTime(last.created_at, zone) })}</span>}
        <span className="ct-pulse-why" role="status">
          {held.because && t(held.because === 'hover' ? 'live.paused_hover' : 'live.paused')}
        </span>
      </div>
      <div className="ct-toolbar">
        <PaymentFilters box={box} />
      </div>
      <div ref={frame} className="ct-live">
        <div ref={top} className="ct-live-top" />
        {waiting.length > 0 && (
          <Button
            type="primary"
            shape="round"
            className="ct-pill"
            onClick={showWaiting}
            icon={<Icon name="back" size={14} className="ct-up" />}
            data-testid="live-pill"
          >
            {t('live.new_rows', { count: waiting.length })}
          </Button>
        )}
        <LiveRows live={live} box={box} openId={openId} open={open} />
      </div>
      <PaymentDrawer id={openId} onClose={close} />
    </Page>
  )
}

type LiveRowsProps = {
  live: ReturnType<typeof useLiveFlow>
  box: ReturnType<typeof useLiveFilters>
  openId: string | null
  open: (payment: { id: string }) => void
}

function LiveRows({ live, box, openId, open }: LiveRowsProps): ReactElement {
  const t = useText()
  const columns = usePaymentColumns('live')
  const { rows } = live.flow
  if (rows.length > 0) {
    return (
      <TableRows
        name="live"
        title={t('live.title')}
        columns={columns}
        rows={rows}
        dense
        onOpen={open}
        isOpen={(row) => row.id === openId}
        isFresh={(row) => live.freshIds.has(row.id)}
      />
    )
  }
  if (live.first.isPending) return <Bars rows={10} columns={6} />
  if (live.first.error) {
    return <ErrorState error={live.first.error} onRetry={() => void live.first.refetch()} />
  }
  if (box.isFiltered) return <FilteredEmpty onClear={box.clear} />
  return (
    <EmptyState
      title={t('live.empty')}
      detail={t('live.empty_detail')}
      action={<Button href="/till/">{t('overview.open_till')}</Button>}
    />
  )
}
