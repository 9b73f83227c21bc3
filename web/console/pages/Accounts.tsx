import { useNavigate } from '@tanstack/react-router'
import { Input, Segmented } from 'antd'
import { useEffect, useMemo, useState, type ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import type { LedgerAccount } from '../../ui/types.ts'
import { plainAmount } from '../amounts.ts'
import type { CsvColumn } from '../csv.ts'
import { useFilters, type FilterBox } from '../filters.ts'
import { ExportCsv } from '../parts/ExportCsv.tsx'
import { AccountName, useAccountWords } from '../parts/AccountName.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { useList } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText, useWord } from '../text.ts'

const names = ['prefix'] as const
const groups = ['merchant', 'wallet', 'card', 'institution', 'platform', 'agent', 'bank']

/** The books: every account with its balance, by the kind of account. */
export default function Accounts(): ReactElement {
  const t = useText()
  const navigate = useNavigate()
  const operator = isOperator(usePrincipal())
  const box = useFilters(names)
  const list = useList<LedgerAccount>('/v1/ledger_accounts', box.filters)
  const columns = useAccountColumns()
  const csv = useAccountCsv()
  const group = box.filters.prefix?.replace(/[^a-z0-9_]+/g, '-').replace(/-$/, '')
  const exporting = {
    ...{ path: '/v1/ledger_accounts', filters: box.filters, columns: csv },
    fileName: `accounts${group ? `-${group}` : ''}.csv`,
  }
  return (
    <Page title={t('accounts.title')} actions={<ExportCsv {...exporting} />}>
      <ListTable
        name="account"
        title={t('accounts.title')}
        columns={columns}
        list={list}
        onOpen={({ id }) => void navigate({ to: '/accounts/$id', params: { id } })}
        filter={box}
        toolbar={operator && <PrefixFilter box={box} />}
        empty={{ title: t('accounts.empty'), detail: t('accounts.empty_detail') }}
      />
    </Page>
  )
}

function PrefixFilter({ box }: { box: FilterBox<'prefix'> }): ReactElement {
  const t = useText()
  const word = useWord()
  const prefix = box.filters.prefix ?? ''
  const [typed, setTyped] = useState(prefix)
  useEffect(() => setTyped(prefix), [prefix])
  const isGroup = prefix === '' || groups.some((group) => prefix === `${group}:`)
  // The API takes what an account's name may hold, so the rest is not sent at all.
  const apply = (): void => box.set({ prefix: typed.replace(/[^a-z0-9_:]/g, '') || undefined })
  return (
    <>
      <Segmented
        value={isGroup ? prefix : null}
        onChange={(value) => box.set({ prefix: value || undefined })}
        options={[
          { value: '', label: t('accounts.group_all') },
          ...groups.map((group) => ({ value: `${group}:`, label: word('account.', group) })),
        ]}
        className="ct-groups"
      />
      <Input
        className="ct-prefix"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={apply}
        onBlur={apply}
        placeholder={t('accounts.prefix')}
        aria-label={t('accounts.prefix')}
        allowClear
        data-testid="filter-prefix"
      />
    </>
  )
}

function useAccountColumns(): Column<LedgerAccount>[] {
  const t = useText()
  const word = useWord()
  return useMemo(() => {
    const money = (minor: number, { currency }: LedgerAccount): ReactElement => (
      <Money minor={minor} currency={currency} size="s" />
    )
    return [
      {
        key: 'id',
        title: t('accounts.account'),
        always: true,
        cell: (row) => <AccountName id={row.id} />,
      },
      {
        key: 'balance',
        title: t('accounts.balance'),
        align: 'right',
        always: true,
        cell: (row) => money(row.balance, row),
      },
      {
        key: 'floor',
        title: t('accounts.floor'),
        align: 'right',
        cell: (row) => (row.floor === null ? t('accounts.floor_none') : money(row.floor, row)),
      },
      {
        key: 'normal_side',
        title: t('accounts.normal_side'),
        cell: (row) => word('accounts.side_', row.normal_side),
      },
      {
        key: 'debits',
        title: t('accounts.debits'),
        align: 'right',
        cell: (row) => money(row.debits_posted, row),
      },
      {
        key: 'credits',
        title: t('accounts.credits'),
        align: 'right',
        cell: (row) => money(row.credits_posted, row),
      },
    ]
  }, [t, word])
}

/** The columns of the exported accounts: amounts as plain decimals, names beside the ids. */
function useAccountCsv(): CsvColumn<LedgerAccount>[] {
  const t = useText()
  const word = useWord()
  const wordsOf = useAccountWords()
  return useMemo(() => {
    const amount = (title: string, of: (row: LedgerAccount) => number | null) => ({
      title,
      cell: (row: LedgerAccount): string => {
        const amountMinor = of(row)
        return amountMinor === null ? '' : plainAmount(amountMinor, row.currency)
      },
    })
    return [
      { title: t('accounts.account'), cell: (row) => row.id },
      { title: t('field.kind'), cell: (row) => wordsOf(row.id).kind },
      { title: t('accounts.owner'), cell: (row) => wordsOf(row.id).owner ?? '' },
      { title: t('field.currency'), cell: (row) => row.currency },
      amount(t('accounts.balance'), (row) => row.balance),
      amount(t('accounts.floor'), (row) => row.floor),
      { title: t('accounts.normal_side'), cell: (row) => word('accounts.side_', row.normal_side) },
      amount(t('accounts.debits'), (row) => row.debits_posted),
      amount(t('accounts.credits'), (row) => row.credits_posted),
    ]
  }, [t, word, wordsOf])
}
