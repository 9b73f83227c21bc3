import { Input, Select } from 'antd'
import { useEffect, useState, type ReactElement } from 'react'
import { useFilters, type FilterBox } from '../filters.ts'
import { Choose } from '../parts/fields.tsx'
import { ClearFilters } from '../parts/ListStates.tsx'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText, useWord } from '../text.ts'

export type PaymentFilterName = 'state' | 'kind' | 'merchant' | 'store' | 'terminal' | 'order_no'

const names = ['state', 'kind', 'merchant', 'store', 'terminal', 'order_no'] as const

/** The filters of the live flow, in the address. */
export function useLiveFilters(): FilterBox<PaymentFilterName> {
  return useFilters(names)
}

const states = ['processing', 'succeeded', 'failed', 'reversed']
const kinds = ['purchase', 'top_up']

/** Where the terminals to choose from stand. */
const placeOf = ({ merchant, store }: { merchant?: string; store?: string }) => ({
  ...(merchant ? { merchant } : {}),
  ...(store ? { store } : {}),
})

/** What payments are filtered by. Stores follow the merchant, terminals the store. */
export function PaymentFilters({ box }: { box: FilterBox<PaymentFilterName> }): ReactElement {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const { filters, set } = box
  return (
    <div className="ct-filters" role="search" aria-label={t('payments.filters')}>
      <WordFilter name="state" words={states} title={t('field.state')} box={box} />
      <WordFilter name="kind" words={kinds} title={t('field.kind')} box={box} />
      {operator && (
        <Choose
          path="/v1/merchants"
          value={filters.merchant}
          onChange={(merchant) => set({ merchant, store: undefined, terminal: undefined })}
          placeholder={t('field.merchant')}
          clearable
          testId="filter-merchant"
        />
      )}
      <Choose
        path="/v1/stores"
        filters={filters.merchant ? { merchant: filters.merchant } : {}}
        value={filters.store}
        onChange={(store) => set({ store, terminal: undefined })}
        placeholder={t('field.store')}
        clearable
        testId="filter-store"
      />
      <Choose
        path="/v1/terminals"
        filters={placeOf(filters)}
        value={filters.terminal}
        onChange={(terminal) => set({ terminal })}
        placeholder={t('field.terminal')}
        clearable
        testId="filter-terminal"
      />
      <OrderFilter box={box} />
      {box.isFiltered && <ClearFilters onClear={box.clear} />}
    </div>
  )
}

type WordFilterProps = {
  name: 'state' | 'kind'
  words: string[]
  title: string
  box: FilterBox<PaymentFilterName>
}

function WordFilter({ name, words, title, box }: WordFilterProps): ReactElement {
  const word = useWord()
  return (
    <Select
      value={box.filters[name] ?? null}
      onChange={(value: string | null | undefined) => box.set({ [name]: value ?? undefined })}
      options={words.map((value) => ({ value, label: word(`${name}.`, value) }))}
      placeholder={title}
      aria-label={title}
      allowClear
      popupMatchSelectWidth={false}
      data-testid={`filter-${name}`}
    />
  )
}

/** The order number takes effect when it is typed out: on Enter, or when the field is left. */
function OrderFilter({ box }: { box: FilterBox<PaymentFilterName> }): ReactElement {
  const t = useText()
  const inAddress = box.filters.order_no ?? ''
  const [typed, setTyped] = useState(inAddress)
  useEffect(() => setTyped(inAddress), [inAddress])
  const apply = (): void => box.set({ order_no: typed.trim() || undefined })
  return (
    <Input
      className="ct-order-filter"
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value)
        if (event.target.value === '') box.set({ order_no: undefined })
      }}
      onPressEnter={apply}
      onBlur={apply}
      placeholder={t('field.order_no')}
      aria-label={t('field.order_no')}
      allowClear
      data-testid="filter-order-no"
    />
  )
}
