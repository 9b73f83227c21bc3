import { App, Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import { CodeModal } from '../codes/CodeModal.tsx'
import { CreateCode } from '../codes/CreateCode.tsx'
import { useFilters } from '../filters.ts'
import { useMerchantNames, useStoreNames } from '../names.ts'
import { useAsk } from '../parts/actions.ts'
import { CopyId } from '../parts/CopyId.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { MerchantFilter } from '../parts/MerchantFilter.tsx'
import { Page } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { Day } from '../parts/When.tsx'
import { api, useChange, useList } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'
import type { MerchantCode } from '../types.ts'

const names = ['merchant'] as const

/** Codes that hang on the wall: the payer scans one and says how much. */
export default function Codes(): ReactElement {
  const t = useText()
  const box = useFilters(names)
  const list = useList<MerchantCode>('/v1/merchant_codes', box.filters)
  const columns = useColumns()
  const [isCreating, setCreating] = useState(false)
  const [shown, setShown] = useState<MerchantCode | null>(null)
  const create = (
    <Button type="primary" onClick={() => setCreating(true)} data-testid="create">
      {t('codes.create')}
    </Button>
  )
  return (
    <Page title={t('codes.title')} actions={create}>
      <ListTable
        name="code"
        title={t('codes.title')}
        columns={columns}
        list={list}
        onOpen={setShown}
        filter={box}
        toolbar={<MerchantFilter box={box} />}
        empty={{
          title: t('codes.empty'),
          detail: t('codes.empty_detail'),
          action: create,
          whenFiltered: true,
        }}
      />
      {isCreating && (
        <CreateCode
          onClose={() => setCreating(false)}
          onDone={(code) => {
            setCreating(false)
            setShown(code)
          }}
        />
      )}
      {shown && <CodeModal code={shown} onClose={() => setShown(null)} />}
    </Page>
  )
}

function useColumns(): Column<MerchantCode>[] {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const merchantName = useMerchantNames()
  const storeName = useStoreNames()
  return useMemo(() => {
    const merchant: Column<MerchantCode> = {
      key: 'merchant',
      title: t('field.merchant'),
      cell: (row) => merchantName(row.merchant),
    }
    return [
      { key: 'name', title: t('field.name'), always: true, cell: (row) => row.name },
      ...(operator ? [merchant] : []),
      { key: 'store', title: t('field.store'), cell: (row) => storeName(row.store) },
      {
        key: 'state',
        title: t('field.state'),
        width: 110,
        cell: (row) => <Standing group="codes.state_" word={row.state} />,
      },
      {
        key: 'created_at',
        title: t('field.created_at'),
        wide: true,
        cell: (row) => <Day at={row.created_at} />,
      },
      {
        key: 'actions',
        title: t('list.actions'),
        width: 150,
        cell: (row) => <CodeActions code={row} />,
      },
      {
        key: 'id',
        title: t('field.id'),
        hidden: true,
        cell: (row) => <CopyId id={row.id} what={t('field.id')} short />,
      },
    ]
  }, [t, operator, merchantName, storeName])
}

function CodeActions({ code }: { code: MerchantCode }): ReactElement | null {
  const t = useText()
  const ask = useAsk()
  const { message } = App.useApp()
  const close = useChange(
    '/v1/merchant_codes',
    () => api.del(`/v1/merchant_codes/${code.id}`),
    () => void message.success(t('codes.closed')),
  )
  if (code.state !== 'active') return null
  const question = {
    ...{ title: t('codes.close_title', { name: code.name }), note: t('codes.close_note') },
    ...{ ok: t('codes.close'), isDanger: true },
  }
  return (
    <InRow>
      <Button
        type="link"
        size="small"
        href={code.print_url}
        target="_blank"
        rel="noreferrer"
        data-testid="print"
      >
        {t('copy.print')}
      </Button>
      <Button
        type="link"
        size="small"
        danger
        onClick={() => ask(question, () => close.mutateAsync(undefined))}
        data-testid="close-code"
      >
        {t('codes.close')}
      </Button>
    </InRow>
  )
}
