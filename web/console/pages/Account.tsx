import { Link, useParams } from '@tanstack/react-router'
import { useMemo, type ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import type { LedgerAccount, LedgerTransfer } from '../../ui/types.ts'
import { AccountName } from '../parts/AccountName.tsx'
import { CopyId, shortId } from '../parts/CopyId.tsx'
import { Facts } from '../parts/Facts.tsx'
import { Bars, ErrorState } from '../parts/ListStates.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { When } from '../parts/When.tsx'
import { useList, useOne } from '../resources.ts'
import { useText, useWord } from '../text.ts'

/** One account of the books with everything that moved it. */
export default function Account(): ReactElement {
  const t = useText()
  const { id = '' } = useParams({ strict: false })
  const account = useOne<LedgerAccount>(`/v1/ledger_accounts/${encodeURIComponent(id)}`)
  const transfers = useList<LedgerTransfer>('/v1/ledger_transfers', { account: id })
  const columns = useTransferColumns(id)
  return (
    <Page title={t('accounts.account')} beside={<AccountTitle id={id} />}>
      {account.error && !account.data ? (
        <ErrorState error={account.error} onRetry={() => void account.refetch()} />
      ) : !account.data ? (
        <Bars rows={2} columns={4} />
      ) : (
        <Balance account={account.data} />
      )}
      <ListTable
        name="transfer"
        title={t('accounts.transfers')}
        columns={columns}
        list={transfers}
        toolbar={<h2 className="ct-list-title">{t('accounts.transfers')}</h2>}
        empty={{ title: t('accounts.transfers_empty') }}
      />
    </Page>
  )
}

function AccountTitle({ id }: { id: string }): ReactElement {
  const t = useText()
  return (
    <span className="ct-beside-id">
      <CopyId id={id} what={t('accounts.account')} />
    </span>
  )
}

function Balance({ account }: { account: LedgerAccount }): ReactElement {
  const t = useText()
  const word = useWord()
  const money = (minor: number): ReactElement => (
    <Money minor={minor} currency={account.currency} size="m" />
  )
  return (
    <div className="ct-panel ct-panel-body">
      <Facts
        facts={[
          {
            label: t('accounts.balance'),
            value: <Money minor={account.balance} currency={account.currency} size="l" />,
          },
          { label: t('accounts.debits'), value: money(account.debits_posted) },
          { label: t('accounts.credits'), value: money(account.credits_posted) },
          {
            label: t('accounts.floor'),
            value: account.floor === null ? t('accounts.floor_none') : money(account.floor),
          },
          {
            label: t('accounts.normal_side'),
            value: word('accounts.side_', account.normal_side),
          },
        ]}
      />
    </div>
  )
}

function useTransferColumns(accountId: string): Column<LedgerTransfer>[] {
  const t = useText()
  const word = useWord()
  return useMemo(() => {
    const isOut = (row: LedgerTransfer): boolean => row.debit_account === accountId
    const side = (row: LedgerTransfer, wanted: boolean): ReactElement | string =>
      isOut(row) === wanted ? <Money minor={row.amount} currency={row.currency} size="s" /> : ''
    return [
      {
        key: 'event_at',
        title: t('field.time'),
        always: true,
        width: 160,
        cell: (row) => <When at={row.event_at} />,
      },
      { key: 'kind', title: t('field.kind'), cell: (row) => word('detail.kind_', row.kind) },
      {
        key: 'counterparty',
        title: t('accounts.counterparty'),
        cell: (row) => <AccountName id={isOut(row) ? row.credit_account : row.debit_account} />,
      },
      {
        key: 'debit',
        title: t('accounts.side_debit'),
        align: 'right',
        always: true,
        cell: (row) => side(row, true),
      },
      {
        key: 'credit',
        title: t('accounts.side_credit'),
        align: 'right',
        always: true,
        cell: (row) => side(row, false),
      },
      {
        key: 'subject',
        title: t('accounts.subject'),
        cell: (row) =>
          row.subject.startsWith('pay_') ? (
            <Link to="/payments/$id" params={{ id: row.subject }}>
              <code>{shortId(row.subject)}</code>
            </Link>
          ) : (
            <code>{shortId(row.subject)}</code>
          ),
      },
    ]
  }, [t, word, accountId])
}
