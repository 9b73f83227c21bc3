import { useNavigate } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import type { Terminal } from '../../ui/types.ts'
import { useFilters } from '../filters.ts'
import { CreateTerminal } from '../forms/CreateTerminal.tsx'
import { Choose } from '../parts/fields.tsx'
import { ClearFilters } from '../parts/ListStates.tsx'
import { ListTable } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { useList } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { ActivationCode } from '../terminal/ActivationCode.tsx'
import { AllOnMap } from '../terminal/AllOnMap.tsx'
import { BulkChange } from '../terminal/BulkChange.tsx'
import { useTerminalColumns } from '../terminal/columns.tsx'
import { useText } from '../text.ts'

const names = ['merchant', 'store'] as const

/** The terminals: what each may do, and when it was last heard of. */
export default function Terminals(): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const box = useFilters(names)
  const { merchant, store } = box.filters
  const list = useList<Terminal>('/v1/terminals', { merchant, store })
  const [isBulk, setBulk] = useState(false)
  const [isMap, setMap] = useState(false)
  const shown = useMemo(() => list.data?.pages.flatMap(({ data }) => data) ?? [], [list.data])
  const [isCreating, setCreating] = useState(false)
  const [coded, setCoded] = useState<Terminal | null>(null)
  const columns = useTerminalColumns(setCoded)
  const create = (
    <Button type="primary" onClick={() => setCreating(true)} data-testid="create">
      {t('terminals.create')}
    </Button>
  )
  const toolbar = useMemo(() => <Filters box={box} />, [box])
  return (
    <Page
      title={t('terminals.title')}
      actions={
        <>
          <Button onClick={() => setMap(!isMap)} data-testid="show-map">
            {t(isMap ? 'terminals.map_hide' : 'terminals.map_show')}
          </Button>
          <Button onClick={() => setBulk(true)} disabled={!shown.length} data-testid="bulk">
            {t('terminals.bulk')}
          </Button>
          {create}
        </>
      }
    >
      {isMap && <AllOnMap terminals={shown} />}
      <ListTable
        name="terminal"
        title={t('terminals.title')}
        columns={columns}
        list={list}
        onOpen={({ id }) => void navigate({ to: '/terminals/$id', params: { id } })}
        filter={box}
        toolbar={toolbar}
        empty={{
          title: t('terminals.empty'),
          detail: t('terminals.empty_detail'),
          action: create,
          whenFiltered: true,
        }}
      />
      {isCreating && (
        <CreateTerminal
          store={store}
          onClose={() => setCreating(false)}
          onDone={(terminal) => {
            setCreating(false)
            setCoded(terminal)
            // A repeated answer, after one that was lost on the way, comes without the code.
            if (!terminal.activation_code) void message.warning(t('once.lost_code'), 10)
          }}
        />
      )}
      {isBulk && <BulkChange terminals={shown} onClose={() => setBulk(false)} />}
      {coded && <ActivationCode terminal={coded} onClose={() => setCoded(null)} />}
    </Page>
  )
}

function Filters({
  box,
}: {
  box: ReturnType<typeof useFilters<'merchant' | 'store'>>
}): ReactElement {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const { filters, set } = box
  return (
    <>
      {operator && (
        <Choose
          path="/v1/merchants"
          value={filters.merchant}
          onChange={(merchant) => set({ merchant, store: undefined })}
          placeholder={t('field.merchant')}
          clearable
          testId="filter-merchant"
        />
      )}
      <Choose
        path="/v1/stores"
        filters={filters.merchant ? { merchant: filters.merchant } : {}}
        value={filters.store}
        onChange={(store) => set({ store })}
        placeholder={t('field.store')}
        clearable
        testId="filter-store"
      />
      {box.isFiltered && <ClearFilters onClear={box.clear} />}
    </>
  )
}
