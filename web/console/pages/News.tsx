import { Button, Segmented } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import type { News as OneNews } from '../../ui/news-types.ts'
import { useFilters } from '../filters.ts'
import { useMerchantNames } from '../names.ts'
import { NewsButtons } from '../news/NewsButtons.tsx'
import { NewsDrawer } from '../news/NewsDrawer.tsx'
import { NewsForm } from '../news/NewsForm.tsx'
import '../news/news.css'
import { newsWord } from '../news/standing.ts'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { MerchantFilter } from '../parts/MerchantFilter.tsx'
import { Page } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { Day, When } from '../parts/When.tsx'
import { useList } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'

const names = ['state', 'merchant'] as const
const shows = ['all', 'draft', 'published', 'withdrawn'] as const

/** What the shop tells those who have paid there. */
export default function News(): ReactElement {
  const t = useText()
  const box = useFilters(names)
  const list = useList<OneNews>('/v1/news', box.filters)
  const columns = useColumns()
  const [openId, setOpenId] = useState<string | null>(null)
  // As it stands now, so that what is published while it is open is no draft any more.
  const open = list.data?.pages.flatMap(({ data }) => data).find(({ id }) => id === openId)
  const close = (): void => setOpenId(null)
  const create = (
    <Button type="primary" onClick={() => setOpenId('new')} data-testid="create">
      {t('news.create')}
    </Button>
  )
  const isForm = openId === 'new' || open?.state === 'draft'
  return (
    <Page title={t('news.title')} actions={create}>
      <ListTable
        name="news"
        title={t('news.title')}
        columns={columns}
        list={list}
        onOpen={({ id }) => setOpenId(id)}
        isOpen={({ id }) => id === openId}
        filter={box}
        toolbar={
          <>
            <Segmented
              className="ct-groups"
              value={box.filters.state ?? 'all'}
              onChange={(chosen) => box.set({ state: chosen === 'all' ? undefined : chosen })}
              options={shows.map((value) => ({
                value: value as string,
                label: t(`news.show_${value}`),
              }))}
              data-testid="filter-show"
            />
            <MerchantFilter box={box} />
          </>
        }
        empty={{
          title: t('news.empty'),
          detail: t('news.empty_detail'),
          action: create,
          whenFiltered: true,
        }}
      />
      {isForm && (
        <NewsForm
          key={openId}
          news={open ?? null}
          merchant={box.filters.merchant}
          onClose={close}
        />
      )}
      {open && !isForm && <NewsDrawer news={open} onClose={close} />}
    </Page>
  )
}

function useColumns(): Column<OneNews>[] {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const merchantName = useMerchantNames()
  return useMemo(() => {
    const merchant: Column<OneNews> = {
      key: 'merchant',
      title: t('field.merchant'),
      cell: (row) => merchantName(row.merchant),
    }
    return [
      {
        key: 'state',
        title: t('field.state'),
        width: 110,
        always: true,
        cell: (row) => <Standing group="news.state_" word={newsWord(row, Date.now())} />,
      },
      { key: 'title', title: t('news.heading'), always: true, cell: (row) => row.title },
      ...(operator ? [merchant] : []),
      {
        key: 'price',
        title: t('news.price'),
        align: 'right',
        cell: (row) =>
          row.price === null ? '–' : <Money minor={row.price} currency={row.currency} size="s" />,
      },
      {
        key: 'period',
        title: t('news.period'),
        cell: (row) => (
          <>
            <Day at={row.valid_from} /> – <Day at={row.valid_until} />
          </>
        ),
      },
      {
        key: 'reached',
        title: t('news.reached'),
        align: 'right',
        cell: (row) =>
          row.published_at === null ? '–' : `${row.delivered_count} / ${row.read_count}`,
      },
      {
        key: 'published_at',
        title: t('news.published_at'),
        wide: true,
        cell: (row) => (row.published_at ? <When at={row.published_at} /> : '–'),
      },
      {
        key: 'actions',
        title: t('list.actions'),
        width: 100,
        cell: (row) => <NewsButtons news={row} />,
      },
    ]
  }, [t, operator, merchantName])
}
