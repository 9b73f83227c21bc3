import { Link } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useCallback, useMemo, type ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import { isRefundEvent, type RefundView } from '../../ui/types.ts'
import { useFilters } from '../filters.ts'
import { ActorName } from '../parts/ActorName.tsx'
import { CopyId, shortId } from '../parts/CopyId.tsx'
import { Choose } from '../parts/fields.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { When } from '../parts/When.tsx'
import { PaymentDrawer, useOpenPayment } from '../payment/PaymentDrawer.tsx'
import { AskAgain, Decide } from '../refunds/Decide.tsx'
import { refundWord } from '../refunds/left.ts'
import { useForget, useList } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useEvents } from '../stream.tsx'
import { useText, useWord, type Text } from '../text.ts'

const names = ['show', 'merchant'] as const
const shows = ['all', 'approval', 'processing', 'succeeded', 'failed'] as const

/** Money given back: the queue that waits for a second person, and all the others. */
export default function Refunds(): ReactElement {
  const t = useText()
  const word = useWord()
  const forget = useForget()
  const operator = isOperator(usePrincipal())
  const box = useFilters(names)
  const { show = 'all', merchant } = box.filters
  const state = show === 'approval' ? 'processing' : show === 'all' ? undefined : show
  const { openId, open, close } = useOpenPayment()
  const list = useList<RefundView>('/v1/refunds', {
    ...(state ? { state } : {}),
    ...(merchant ? { merchant } : {}),
  })
  // The API filters by state; what waits for a person is one part of what is processing.
  const keep = useCallback(
    ({ next_action }: RefundView) => show !== 'approval' || next_action === 'second_approval',
    [show],
  )
  const columns = useMemo(() => columnsOf(t, word), [t, word])
  useEvents((event) => {
    if (isRefundEvent(event)) void forget('/v1/refunds')
  })
  return (
    <Page title={t('refunds.title')}>
      <ListTable
        name="refund"
        title={t('refunds.title')}
        columns={columns}
        list={list}
        keep={keep}
        onOpen={({ payment }) => open({ id: payment })}
        isOpen={({ payment }) => payment === openId}
        {...(show === 'approval' && !merchant ? {} : { filter: box })}
        empty={
          show === 'approval'
            ? { title: t('refunds.empty_approval'), detail: t('refunds.empty_approval_detail') }
            : { title: t('refunds.empty'), detail: t('refunds.empty_detail') }
        }
        toolbar={
          <>
            <Segmented
              className="ct-groups"
              value={show}
              onChange={(chosen) => box.set({ show: chosen === 'all' ? undefined : chosen })}
              options={shows.map((value) => ({
                value: value as string,
                label: value === 'all' ? t('accounts.group_all') : t(`refunds.show_${value}`),
              }))}
              data-testid="filter-show"
            />
            {operator && (
              <Choose
                path="/v1/merchants"
                value={merchant}
                onChange={(chosen) => box.set({ merchant: chosen })}
                placeholder={t('field.merchant')}
                clearable
                testId="filter-merchant"
              />
            )}
          </>
        }
      />
      <PaymentDrawer id={openId} onClose={close} tab="refunds" />
    </Page>
  )
}

function columnsOf(t: Text, word: ReturnType<typeof useWord>): Column<RefundView>[] {
  return [
    {
      key: 'time',
      title: t('field.time'),
      always: true,
      width: 96,
      cell: (row) => <When at={row.created_at} />,
    },
    {
      key: 'state',
      title: t('field.state'),
      always: true,
      width: 140,
      cell: (row) => <Standing group="refunds.state_" word={refundWord(row)} />,
    },
    {
      key: 'amount',
      title: t('field.amount'),
      align: 'right',
      width: 112,
      always: true,
      cell: (row) => <Money minor={row.amount} currency={row.currency} size="s" />,
    },
    {
      key: 'reason',
      title: t('refunds.reason'),
      cell: (row) =>
        row.decline_reason ? (
          <span className="ct-bad">{word('refunds.why_', row.decline_reason)}</span>
        ) : (
          (row.reason ?? (row.is_late ? t('refunds.is_late') : '–'))
        ),
    },
    {
      key: 'requested_by',
      title: t('refunds.requested_by'),
      cell: (row) => (row.requested_by ? <ActorName of={row.requested_by} /> : '–'),
    },
    {
      key: 'approved_by',
      title: t('refunds.approved_by'),
      wide: true,
      cell: (row) => (row.approved_by ? <ActorName of={row.approved_by} /> : '–'),
    },
    {
      key: 'payment',
      title: t('exceptions.payment'),
      wide: true,
      cell: (row) => (
        <InRow>
          <Link to="/payments/$id" params={{ id: row.payment }} title={row.payment}>
            {row.order_no ?? <code>{shortId(row.payment)}</code>}
          </Link>
        </InRow>
      ),
    },
    {
      key: 'decide',
      title: t('list.actions'),
      width: 150,
      cell: (row) => (
        <>
          <Decide refund={row} />
          <AskAgain refund={row} />
        </>
      ),
    },
    {
      key: 'id',
      title: t('field.id'),
      hidden: true,
      cell: (row) => <CopyId id={row.id} what={t('field.id')} short />,
    },
  ]
}
