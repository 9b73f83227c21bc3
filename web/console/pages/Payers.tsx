import { useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import type { Payer } from '../../ui/types.ts'
import { useFilters } from '../filters.ts'
import { OpenCard } from '../forms/OpenCard.tsx'
import { CopyId } from '../parts/CopyId.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { SearchField } from '../parts/SearchField.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { Day } from '../parts/When.tsx'
import { maskLogin } from '../payers/mask.ts'
import { UnfreezeButton } from '../payers/UnfreezeButton.tsx'
import '../payers/payers.css'
import { useList } from '../resources.ts'
import { useText } from '../text.ts'

const names = ['q'] as const

/** The payers' wallets, and what the operator does for them. */
export default function Payers(): ReactElement {
  const t = useText()
  const navigate = useNavigate()
  const box = useFilters(names)
  const list = useList<Payer>('/v1/payers', box.filters)
  const [cardFor, setCardFor] = useState<Payer | null>(null)
  const columns = useMemo<Column<Payer>[]>(
    () => [
      { key: 'name', title: t('payers.name'), always: true, cell: (row) => row.name },
      { key: 'login', title: t('payers.login'), cell: (row) => maskLogin(row.login) },
      {
        key: 'state',
        title: t('field.state'),
        width: 110,
        cell: (row) => <Standing group="payers.state_" word={row.state} />,
      },
      {
        key: 'created_at',
        title: t('payers.since'),
        cell: (row) => <Day at={row.created_at} />,
      },
      {
        key: 'id',
        title: t('field.id'),
        cell: (row) => <CopyId id={row.id} what={t('field.id')} short />,
      },
      {
        key: 'actions',
        title: t('list.actions'),
        always: true,
        width: 200,
        cell: (row) => (
          <InRow>
            <Button
              type="link"
              size="small"
              onClick={() => setCardFor(row)}
              data-testid="open-card"
            >
              {t('payers.open_card')}
            </Button>
            {row.state === 'frozen' && <UnfreezeButton payer={row} />}
          </InRow>
        ),
      },
    ],
    [t],
  )
  return (
    <Page title={t('payers.title')}>
      <ListTable
        name="payer"
        title={t('payers.title')}
        columns={columns}
        list={list}
        onOpen={({ id }) => void navigate({ to: '/payers/$id', params: { id } })}
        filter={box}
        toolbar={<SearchField box={box} placeholder={t('payers.search')} />}
        empty={{
          title: t('payers.empty'),
          detail: t('payers.empty_detail'),
          action: <Button href="/wallet/">{t('payers.open_wallet')}</Button>,
        }}
      />
      {cardFor && <OpenCard payer={cardFor} onClose={() => setCardFor(null)} />}
    </Page>
  )
}
