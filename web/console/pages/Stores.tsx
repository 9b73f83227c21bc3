import { Link, useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import type { Store } from '../../ui/types.ts'
import { useFilters } from '../filters.ts'
import { StoreForm } from '../forms/StoreForm.tsx'
import { useMerchantNames } from '../names.ts'
import { CloseButton } from '../parts/CloseButton.tsx'
import { CopyId } from '../parts/CopyId.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { MerchantFilter } from '../parts/MerchantFilter.tsx'
import { Page } from '../parts/Page.tsx'
import { SearchField } from '../parts/SearchField.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { useList } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText, useWord } from '../text.ts'

const names = ['merchant', 'q'] as const

/** The stores, each with where it is. */
export default function Stores(): ReactElement {
  const t = useText()
  const navigate = useNavigate()
  const box = useFilters(names)
  const list = useList<Store>('/v1/stores', box.filters)
  // The store in the drawer; null: a new one.
  const [opened, setOpened] = useState<Store | null | undefined>()
  const columns = useStoreColumns(setOpened)
  const create = (
    <Button type="primary" onClick={() => setOpened(null)} data-testid="create">
      {t('stores.create')}
    </Button>
  )
  return (
    <Page title={t('stores.title')} actions={create}>
      <ListTable
        name="store"
        title={t('stores.title')}
        columns={columns}
        list={list}
        onOpen={(store) => void navigate({ to: '/terminals', search: { store: store.id } })}
        filter={box}
        toolbar={
          <>
            <SearchField box={box} />
            <MerchantFilter box={box} />
          </>
        }
        empty={{
          title: t('stores.empty'),
          detail: t('stores.empty_detail'),
          action: create,
          whenFiltered: true,
        }}
      />
      {opened !== undefined && (
        <StoreForm
          store={opened}
          merchant={box.filters.merchant}
          onClose={() => setOpened(undefined)}
        />
      )}
    </Page>
  )
}

function useStoreColumns(onEdit: (store: Store) => void): Column<Store>[] {
  const t = useText()
  const word = useWord()
  const operator = isOperator(usePrincipal())
  const merchantName = useMerchantNames()
  return useMemo(() => {
    const merchant: Column<Store> = {
      key: 'merchant',
      title: t('field.merchant'),
      cell: (row) => merchantName(row.merchant),
    }
    return [
      { key: 'name', title: t('field.name'), always: true, cell: (row) => row.name },
      ...(operator ? [merchant] : []),
      { key: 'kind', title: t('stores.kind'), cell: (row) => word('stores.kind_', row.kind) },
      { key: 'address', title: t('stores.address'), cell: (row) => row.address ?? '–' },
      {
        key: 'position',
        title: t('stores.position'),
        wide: true,
        cell: (row) =>
          row.position
            ? `${row.position.latitude.toFixed(5)}, ${row.position.longitude.toFixed(5)}`
            : '–',
      },
      {
        key: 'state',
        title: t('field.state'),
        cell: (row) => <Standing group="merchants.state_" word={row.state} />,
      },
      {
        key: 'links',
        title: t('list.actions'),
        cell: (row) => (
          <InRow>
            <Link to="/payments" search={{ store: row.id }}>
              {t('nav.payments')}
            </Link>
            <Button type="link" size="small" onClick={() => onEdit(row)} data-testid="edit">
              {t('merchants.change')}
            </Button>
            <CloseButton of="stores" row={row} isInRow />
          </InRow>
        ),
      },
      {
        key: 'id',
        title: t('field.id'),
        hidden: true,
        cell: (row) => <CopyId id={row.id} what={t('field.id')} short />,
      },
    ]
  }, [t, word, operator, merchantName, onEdit])
}
