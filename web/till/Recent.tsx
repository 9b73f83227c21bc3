import { Button, Empty, Input, Skeleton, type InputRef } from 'antd'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react'
import { formatTime, problemText, useT } from '../ui/i18n.tsx'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Money } from '../ui/money.tsx'
import { asProblem } from '../ui/problem.ts'
import { SchemeMark } from '../ui/scheme.tsx'
import { StateTag } from '../ui/state.tsx'
import type { PaymentView, RefundView } from '../ui/types.ts'
import { openAsides } from './aside.ts'
import { DayTotals } from './DayTotals.tsx'
import { useKeys } from './keys.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { printReceipt } from './print.ts'
import { recentRows, rowOfPayment, type RecentRow } from './recent-rows.ts'
import { Earlier } from './Refund.tsx'
import { openRefund } from './refund-desk.ts'
import { faceOfRefund } from './refund-look.ts'
import { RefundTag } from './RefundTag.tsx'
import { ReceiptView } from './Receipt.tsx'
import {
  recentLimit,
  useOrder,
  usePayment,
  usePrincipal,
  useRecent,
  useRecentRefunds,
  useRefunds,
} from './server.ts'
import { useStore } from './store.ts'
import { show, till } from './till.ts'
import { TopBar } from './TopBar.tsx'

/** What was taken and given back last, and the day so far, by keyboard; and every receipt again. */
export function Recent(): ReactElement {
  const t = useT()
  const [search, setSearch] = useState('')
  const { rows, query, isEmptyForSearch } = useFound(search)
  const [chosenId, setChosenId] = useState<string>()
  const field = useRef<InputRef>(null)
  const chosen = rows.find(({ id }) => id === chosenId) ?? rows[0]
  const detail = usePayment(chosen?.paymentId)
  const refunds = useRefunds(detail.data?.state === 'succeeded' ? detail.data.id : undefined)
  const move = (by: number): void => {
    const place = chosen ? rows.indexOf(chosen) : 0
    setChosenId(rows[Math.min(Math.max(place + by, 0), rows.length - 1)]?.id)
  }
  const print = (): void => {
    if (!detail.data) return
    printReceipt({ ...copyOf(detail.data), isCopy: true })
  }
  const refund = (): void => {
    if (detail.data) openRefund(detail.data)
  }
  useRecentKeys({ move, print, refund, focusSearch: () => field.current?.focus({ cursor: 'all' }) })
  return (
    <div className="till-screen" data-testid="till-recent" data-screen="recent">
      <TopBar />
      <main className="till-recent">
        <section className="till-recent-list">
          <Search ref={field} search={search} onSearch={setSearch} onMove={move} onPrint={print} />
          <Rows
            rows={rows}
            chosenId={chosen?.id}
            onChoose={setChosenId}
            query={query}
            isEmptyForSearch={isEmptyForSearch}
            onClear={() => setSearch('')}
          />
        </section>
        <section className="till-recent-day">
          <DayTotals />
        </section>
        <section className="till-recent-receipt">
          {detail.data && <ReceiptView {...copyOf(detail.data)} isCopy />}
          {detail.isLoading && <Skeleton active paragraph={{ rows: 8 }} />}
          {refunds.data && refunds.data.length > 0 && <Earlier refunds={refunds.data} />}
          <div className="till-recent-buttons">
            <PaperButton
              icon="print"
              keys="P"
              label={t('recent.reprint')}
              onClick={print}
              isDisabled={!detail.data}
              testId="recent-print"
            />
            <PaperButton
              icon="undo"
              keys="F8"
              label={t('recent.refund')}
              onClick={refund}
              isDisabled={detail.data?.state !== 'succeeded'}
              testId="recent-refund"
            />
          </div>
        </section>
      </main>
      <NoteStrip />
    </div>
  )
}

type Found = {
  rows: RecentRow[]
  query: ReturnType<typeof useRecent>
  isEmptyForSearch: boolean
}

// Fifty are looked through here; a whole number that is not among them is asked of the server.
function useFound(search: string): Found {
  const query = useRecent()
  const { data: refunds } = useRecentRefunds()
  const words = search.trim().toLowerCase()
  const near = useMemo(
    () => recentRows(query.data ?? [], refunds ?? [], { words, most: recentLimit }),
    [query.data, refunds, words],
  )
  const isFar = words.length >= 6 && query.isSuccess && near.length === 0
  const far = useOrder(search.trim(), isFar)
  const rows = near.length > 0 || !far.data ? near : [rowOfPayment(far.data)]
  return { rows, query, isEmptyForSearch: words !== '' && rows.length === 0 }
}

// A receipt that is printed again knows its own payment only.
const copyOf = (payment: PaymentView) => ({
  ...{ payment, goods: payment.goods ?? [] },
  ...{ before: [], leftMinor: null },
})

type Moves = {
  move: (by: number) => void
  print: () => void
  refund: () => void
  focusSearch: () => void
}

function useRecentKeys({ move, print, refund, focusSearch }: Moves): void {
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  useKeys(
    {
      Escape: () => show('sell'),
      F6: () => openAsides(),
      'Shift+F6': () => openAsides(),
      F7: () => show('sell'),
      F1: () => till.set({ isHelpOpen: true }),
      '?': () => till.set({ isHelpOpen: true }),
      F3: focusSearch,
      F8: refund,
      '/': focusSearch,
      ArrowUp: () => move(-1),
      ArrowDown: () => move(1),
      PageUp: () => move(-10),
      PageDown: () => move(10),
      Enter: print,
      p: print,
      P: print,
      F10: print,
      'Ctrl+p': print,
    },
    !isHelpOpen,
  )
}

type SearchProps = {
  ref: React.Ref<InputRef>
  search: string
  onSearch: (search: string) => void
  onMove: (by: number) => void
  onPrint: () => void
}

function Search({ ref, search, onSearch, onMove, onPrint }: SearchProps): ReactElement {
  const t = useT()
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') onMove(1)
    else if (event.key === 'ArrowUp') onMove(-1)
    else if (event.key === 'Enter') onPrint()
    else return
    event.preventDefault()
  }
  return (
    <Input
      ref={ref}
      size="large"
      allowClear
      prefix={<Icon name="search" size={18} />}
      suffix={<kbd>F3</kbd>}
      placeholder={t('recent.search')}
      aria-label={t('recent.search')}
      data-testid="recent-search"
      value={search}
      onChange={(event) => onSearch(event.target.value)}
      onKeyDown={onKeyDown}
    />
  )
}

type RowsProps = {
  rows: readonly RecentRow[]
  chosenId: string | undefined
  onChoose: (id: string) => void
  query: ReturnType<typeof useRecent>
  isEmptyForSearch: boolean
  onClear: () => void
}

function Rows(props: RowsProps): ReactElement {
  const t = useT()
  const { rows, chosenId, onChoose, query, isEmptyForSearch } = props
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [chosenId])
  if (query.isLoading) return <Skeleton active paragraph={{ rows: 10 }} />
  if (query.isError)
    return <ListFailure thrown={query.error} onRetry={() => void query.refetch()} />
  if (rows.length === 0) {
    return (
      <Empty
        image={Empty.PRESENTED_IMAGE_SIMPLE}
        description={t(isEmptyForSearch ? 'recent.no_match' : 'recent.empty')}
      >
        {isEmptyForSearch && <Button onClick={props.onClear}>{t('till.clear_search')}</Button>}
      </Empty>
    )
  }
  return (
    <ul ref={list} role="listbox" aria-label={t('till.recent')} data-testid="recent-list">
      {rows.map((row) => (
        <Row
          key={row.id}
          row={row}
          isChosen={row.id === chosenId}
          onChoose={() => onChoose(row.id)}
        />
      ))}
    </ul>
  )
}

type RowProps = { row: RecentRow; isChosen: boolean; onChoose: () => void }

function Row({ row, isChosen, onChoose }: RowProps): ReactElement {
  return (
    <li
      role="option"
      aria-selected={isChosen}
      className="till-recent-row"
      onClick={onChoose}
      data-testid={row.kind === 'refund' ? 'recent-refund-row' : 'recent-row'}
    >
      {row.kind === 'refund' ? <GivenBack refund={row.refund} /> : <Taken payment={row.payment} />}
    </li>
  )
}

function Taken({ payment }: { payment: PaymentView }): ReactElement {
  const { data: principal } = usePrincipal()
  const { order_no: orderNo, charged, currency, state, next_action: nextAction, scheme } = payment
  return (
    <>
      <time>{formatTime(payment.created_at, principal?.institution.time_zone)}</time>
      <StateTag state={state} nextAction={nextAction} />
      <SchemeMark scheme={scheme} size={16} />
      <span className="till-recent-order ot-mono">{orderNo}</span>
      <Money minor={charged} currency={currency} />
    </>
  )
}

function GivenBack({ refund }: { refund: RefundView }): ReactElement {
  const t = useT()
  const { data: principal } = usePrincipal()
  const { order_no: orderNo, amount, payer_amount: payerAmount, currency, state } = refund
  // Before it is done nobody can say what of a discounted price goes back.
  const minor = state === 'succeeded' ? payerAmount : amount
  return (
    <>
      <time>{formatTime(refund.created_at, principal?.institution.time_zone)}</time>
      <RefundTag face={faceOfRefund(refund)} />
      <span>{t('recent.given_back')}</span>
      <span className="till-recent-order ot-mono">{orderNo}</span>
      <Money minor={-minor} currency={currency} />
    </>
  )
}

function ListFailure({ thrown, onRetry }: { thrown: unknown; onRetry: () => void }): ReactElement {
  const t = useT()
  const { requestId } = asProblem(thrown)
  return (
    <div className="till-empty" role="alert">
      <Icon name="warning" size={32} />
      <p>{problemText(thrown)}</p>
      {requestId && (
        <small>
          {t('common.request_id')} {requestId}
        </small>
      )}
      <Button onClick={onRetry}>{t('action.retry')}</Button>
    </div>
  )
}

type PaperButtonProps = {
  icon: IconName
  keys: string
  label: string
  onClick: () => void
  isDisabled: boolean
  testId: string
}

function PaperButton(props: PaperButtonProps): ReactElement {
  const { icon, keys, label, onClick, isDisabled, testId } = props
  return (
    <Button
      size="large"
      block
      disabled={isDisabled}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onClick}
      data-testid={testId}
    >
      <Icon name={icon} size={18} /> {label} <kbd>{keys}</kbd>
    </Button>
  )
}
