import { Button, Segmented } from 'antd'
import { Link } from '@tanstack/react-router'
import { useMemo, useState, type ReactElement } from 'react'
import type { Feedback as OneFeedback } from '../../ui/news-types.ts'
import { useFilters } from '../filters.ts'
import { useMerchantNames } from '../names.ts'
import { AnswerForm } from '../news/AnswerForm.tsx'
import '../news/news.css'
import { Rating } from '../news/Rating.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { MerchantFilter } from '../parts/MerchantFilter.tsx'
import { Page } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { When } from '../parts/When.tsx'
import { useForget, useList } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useEvents } from '../stream.tsx'
import { useText } from '../text.ts'

const names = ['show', 'merchant'] as const
const shows = ['all', 'open', 'answered'] as const

/** What payers say of their payments, and what is answered. */
export default function Feedback(): ReactElement {
  const t = useText()
  const forget = useForget()
  const box = useFilters(names)
  const { show = 'all', merchant } = box.filters
  const list = useList<OneFeedback>('/v1/feedback', {
    ...(show === 'all' ? {} : { answered: String(show === 'answered') }),
    ...(merchant ? { merchant } : {}),
  })
  const [open, setOpen] = useState<OneFeedback | null>(null)
  const columns = useColumns(setOpen)
  useEvents(({ type }) => {
    if (type === 'feedback.created' || type === 'feedback.answered') void forget('/v1/feedback')
  })
  return (
    <Page title={t('feedback.title')}>
      <ListTable
        name="feedback"
        title={t('feedback.title')}
        columns={columns}
        list={list}
        onOpen={setOpen}
        isOpen={({ id }) => id === open?.id}
        {...(show === 'open' && !merchant ? {} : { filter: box })}
        toolbar={
          <>
            <Segmented
              className="ct-groups"
              value={show}
              onChange={(chosen) => box.set({ show: chosen === 'all' ? undefined : chosen })}
              options={shows.map((value) => ({
                value: value as string,
                label: t(`feedback.show_${value}`),
              }))}
              data-testid="filter-show"
            />
            <MerchantFilter box={box} />
          </>
        }
        empty={
          show === 'open'
            ? { title: t('feedback.empty_open') }
            : { title: t('feedback.empty'), detail: t('feedback.empty_detail') }
        }
      />
      {open && <AnswerForm key={open.id} feedback={open} onClose={() => setOpen(null)} />}
    </Page>
  )
}

function useColumns(onAnswer: (feedback: OneFeedback) => void): Column<OneFeedback>[] {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const merchantName = useMerchantNames()
  return useMemo(() => {
    const merchant: Column<OneFeedback> = {
      key: 'merchant',
      title: t('field.merchant'),
      cell: (row) => merchantName(row.merchant),
    }
    return [
      {
        key: 'time',
        title: t('field.time'),
        always: true,
        width: 96,
        cell: (row) => <When at={row.created_at} />,
      },
      {
        key: 'rating',
        title: t('feedback.rating'),
        always: true,
        width: 110,
        cell: (row) => <Rating rating={row.rating} />,
      },
      {
        key: 'text',
        title: t('feedback.text'),
        always: true,
        cell: (row) => <Said feedback={row} />,
      },
      { key: 'payer', title: t('field.payer'), width: 80, cell: (row) => row.payer_name },
      ...(operator ? [merchant] : []),
      {
        key: 'payment',
        title: t('feedback.payment'),
        wide: true,
        cell: (row) => (
          <InRow>
            <Link to="/payments/$id" params={{ id: row.payment }}>
              <code>{row.payment.slice(-8)}</code>
            </Link>
          </InRow>
        ),
      },
      {
        key: 'state',
        title: t('field.state'),
        width: 110,
        cell: (row) => (
          <Standing group="feedback.state_" word={row.answer === null ? 'pending' : 'answered'} />
        ),
      },
      {
        key: 'actions',
        title: t('list.actions'),
        width: 110,
        cell: (row) => (
          <InRow>
            <Button
              size="small"
              type={row.answer === null ? 'primary' : 'default'}
              onClick={() => onAnswer(row)}
              data-testid="answer"
            >
              {t('feedback.answer')}
            </Button>
          </InRow>
        ),
      },
    ]
  }, [t, operator, merchantName, onAnswer])
}

function Said({ feedback }: { feedback: OneFeedback }): ReactElement {
  const t = useText()
  const { text, answer } = feedback
  return (
    <>
      {text ?? <span className="ct-muted">{t('feedback.no_text')}</span>}
      {answer !== null && (
        <div className="ct-answered">
          {t('feedback.answer')}: {answer}
        </div>
      )}
    </>
  )
}
