import { Select } from 'antd'
import { useMemo, type ReactElement } from 'react'
import type { FilterBox } from '../filters.ts'
import { zhCN } from '../locales/zh-CN.ts'
import { PeriodFilter } from '../payment/PeriodFilter.tsx'
import { useText, useWord } from '../text.ts'
import { Choose } from './fields.tsx'
import { ClearFilters } from './ListStates.tsx'

export type TrailFilterName = 'actor' | 'action' | 'from' | 'to'

const actions = Object.keys(zhCN)
  .filter((key) => key.startsWith('action.'))
  .map((key) => key.slice('action.'.length))
const staff = 'person:'

/** What the trail is filtered by: when, who of the staff, and what was done. */
export function TrailFilters({ box }: { box: FilterBox<TrailFilterName> }): ReactElement {
  const t = useText()
  const word = useWord()
  const { actor, action } = box.filters
  const options = useMemo(
    () => actions.map((value) => ({ value, label: word('action.', value) })),
    [word],
  )
  return (
    <div className="ct-filters" role="search" aria-label={t('trail.title')}>
      <PeriodFilter box={box} />
      <Choose
        path="/v1/people"
        value={actor?.startsWith(staff) ? actor.slice(staff.length) : actor}
        onChange={(person) => box.set({ actor: person && staff + person })}
        placeholder={t('trail.actor')}
        clearable
        testId="filter-actor"
      />
      <Select
        value={action ?? null}
        onChange={(chosen: string | null | undefined) => box.set({ action: chosen ?? undefined })}
        options={options}
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={t('trail.action')}
        aria-label={t('trail.action')}
        allowClear
        popupMatchSelectWidth={false}
        data-testid="filter-action"
      />
      {box.isFiltered && <ClearFilters onClear={box.clear} />}
    </div>
  )
}
