import { Input } from 'antd'
import { useEffect, useState, type ReactElement } from 'react'
import type { FilterBox } from '../filters.ts'
import { ClearFilters } from '../parts/ListStates.tsx'
import { useText } from '../text.ts'

/** A part of the name, phone or login; it takes effect on Enter, or when the field is left. */
export function SearchField({ box }: { box: FilterBox<'search'> }): ReactElement {
  const t = useText()
  const inAddress = box.filters.search ?? ''
  const [typed, setTyped] = useState(inAddress)
  useEffect(() => setTyped(inAddress), [inAddress])
  const apply = (): void => box.set({ search: typed.trim() || undefined })
  return (
    <>
      <Input.Search
        className="ct-payer-search"
        value={typed}
        maxLength={64}
        onChange={(event) => {
          setTyped(event.target.value)
          if (event.target.value === '') box.set({ search: undefined })
        }}
        onSearch={apply}
        onBlur={apply}
        placeholder={t('payers.search')}
        aria-label={t('payers.search')}
        allowClear
        data-testid="search-payer"
      />
      {box.isFiltered && <ClearFilters onClear={box.clear} />}
    </>
  )
}
