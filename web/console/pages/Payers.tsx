import { App, Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import type { Payer } from '../../ui/types.ts'
import { OpenCard } from '../forms/OpenCard.tsx'
import { CopyId } from '../parts/CopyId.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { Day } from '../parts/When.tsx'
import { api, useChange, useList } from '../resources.ts'
import { useText } from '../text.ts'

/** The payers' wallets, and what the operator does for them. */
export default function Payers(): ReactElement {
  const t = useText()
  const list = useList<Payer>('/v1/payers')
  const [cardFor, setCardFor] = useState<Payer | null>(null)
  const columns = useMemo<Column<Payer>[]>(
    () => [
      { key: 'name', title: t('field.name'), always: true, cell: (row) => row.name },
      { key: 'login', title: t('payers.login'), cell: (row) => row.login },
      {
        key: 'state',
        title: t('field.state'),
        width: 110,
        cell: (row) => <Standing group="payers.state_" word={row.state} />,
      },
      {
        key: 'created_at',
        title: t('field.created_at'),
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

/** Gives a frozen wallet back to its payer, after asking who that is. */
function UnfreezeButton({ payer }: { payer: Payer }): ReactElement {
  const t = useText()
  const { modal, message } = App.useApp()
  const unfreeze = useChange(
    '/v1/payers',
    () => api.post<Payer>(`/v1/payers/${payer.id}/unfreeze`, {}),
    () => void message.success(t('payers.unfrozen')),
  )
  const ask = (): void => {
    void modal.confirm({
      title: t('payers.unfreeze_title', { name: payer.name }),
      content: t('payers.unfreeze_note'),
      okText: t('payers.unfreeze'),
      cancelText: t('form.cancel'),
      onOk: () =>
        unfreeze.mutateAsync({}).catch((error: unknown) => void message.error(problemText(error))),
    })
  }
  return (
    <Button type="link" size="small" onClick={ask} data-testid="unfreeze">
      {t('payers.unfreeze')}
    </Button>
  )
}
