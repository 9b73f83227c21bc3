import { useNavigate } from '@tanstack/react-router'
import { App, Button, Select } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import type { Terminal } from '../../ui/types.ts'
import { useFilters, type FilterBox } from '../filters.ts'
import { CreateTerminal } from '../forms/CreateTerminal.tsx'
import { Choose } from '../parts/fields.tsx'
import { ClearFilters } from '../parts/ListStates.tsx'
import { ListTable } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { SearchField } from '../parts/SearchField.tsx'
import { useList } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { ActivationCode } from '../terminal/ActivationCode.tsx'
import { AllOnMap } from '../terminal/AllOnMap.tsx'
import { BulkChange } from '../terminal/BulkChange.tsx'
import { useTerminalColumns } from '../terminal/columns.tsx'
import { useText, useWord } from '../text.ts'

const names = ['merchant', 'store', 'state', 'q'] as const
type Names = (typeof names)[number]

const states = ['new', 'active', 'locked']

/** The terminals: what each may do, and when it was last heard of. */
export default function Terminals(): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const box = useFilters(names)
  const { store } = box.filters
  const list = useList<Terminal>('/v1/terminals', box.filters)
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

function Filters({ box }: { box: FilterBox<Names> }): ReactElement {
  const t = useText()
  const word = useWord()
  const operator = isOperator(usePrincipal())
  const { filters, set } = box
  return (
    <>
      <SearchField box={box} />
      <Select
        value={filters.state ?? null}
        onChange={(state: string | null | undefined) => set({ state: state ?? undefined })}
        options={states.map((value) => ({ value, label: word('terminals.state_', value) }))}
        placeholder={t('field.state')}
        aria-label={t('field.state')}
        allowClear
        popupMatchSelectWidth={false}
        data-testid="filter-state"
      />
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
