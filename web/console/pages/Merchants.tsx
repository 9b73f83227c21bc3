import { useNavigate } from '@tanstack/react-router'
import { App, Button, Segmented } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import type { Merchant } from '../../ui/types.ts'
import { CreateMerchant } from '../forms/CreateMerchant.tsx'
import { useFilters } from '../filters.ts'
import { categoryText } from '../merchant/category.ts'
import { usePartyNames } from '../names.ts'
import { CopyId } from '../parts/CopyId.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { SearchField } from '../parts/SearchField.tsx'
import { SecretOnce } from '../parts/SecretOnce.tsx'
import { Standing } from '../parts/Standing.tsx'
import { Day } from '../parts/When.tsx'
import { useList } from '../resources.ts'
import { useText, useWord } from '../text.ts'

const names = ['q', 'state'] as const

/** The institution's merchants. */
export default function Merchants(): ReactElement {
  const t = useText()
  const word = useWord()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const box = useFilters(names)
  const list = useList<Merchant>('/v1/merchants', box.filters)
  const columns = useMerchantColumns()
  const [isCreating, setCreating] = useState(false)
  const [made, setMade] = useState<Merchant | null>(null)
  const create = (
    <Button type="primary" onClick={() => setCreating(true)} data-testid="create">
      {t('merchants.create')}
    </Button>
  )
  const open = (merchant: Merchant): void => {
    void navigate({ to: '/merchants/$id', params: { id: merchant.id } })
  }

  return (
    <Page title={t('merchants.title')} actions={create}>
      <ListTable
        name="merchant"
        title={t('merchants.title')}
        columns={columns}
        list={list}
        onOpen={open}
        filter={box}
        toolbar={
          <>
            <Segmented
              value={box.filters.state ?? 'all'}
              onChange={(state) => box.set({ state: state === 'all' ? undefined : state })}
              options={['all', 'active', 'closed'].map((value) => ({
                value,
                label: word('merchants.state_', value),
              }))}
            />
            <SearchField box={box} />
          </>
        }
        empty={{
          title: t('merchants.empty'),
          detail: t('merchants.empty_detail'),
          action: create,
        }}
      />
      {isCreating && (
        <CreateMerchant
          onClose={() => setCreating(false)}
          onDone={(merchant) => {
            setCreating(false)
            setMade(merchant)
            // A repeated answer, after one that was lost on the way, comes without the key.
            if (!merchant.api_key) void message.warning(t('once.lost_key'), 10)
          }}
        />
      )}
      {made?.api_key && (
        <SecretOnce
          title={t('once.key_title')}
          of={t('merchants.key_what', { name: made.name })}
          secret={made.api_key}
          note={t('once.key_note')}
          onClose={() => {
            setMade(null)
            open(made)
          }}
        />
      )}
    </Page>
  )
}

function useMerchantColumns(): Column<Merchant>[] {
  const t = useText()
  const word = useWord()
  const partyName = usePartyNames()
  return useMemo(
    () => [
      { key: 'name', title: t('field.name'), always: true, cell: (row) => row.name },
      {
        key: 'state',
        title: t('field.state'),
        width: 110,
        cell: (row) => <Standing group="merchants.state_" word={row.state} />,
      },
      {
        key: 'category',
        title: t('merchants.category'),
        cell: (row) => categoryText(word, row.category),
      },
      { key: 'agent', title: t('merchants.agent'), cell: (row) => partyName(row.agent) },
      { key: 'platform', title: t('merchants.platform'), cell: (row) => partyName(row.platform) },
      {
        key: 'created_at',
        title: t('field.created_at'),
        width: 120,
        cell: (row) => <Day at={row.created_at} />,
      },
      {
        key: 'id',
        title: t('field.id'),
        width: 170,
        cell: (row) => <CopyId id={row.id} what={t('field.id')} short />,
      },
    ],
    [t, word, partyName],
  )
}
