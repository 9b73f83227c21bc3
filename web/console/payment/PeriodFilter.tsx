import { Input, Select } from 'antd'
import { useState, type ReactElement } from 'react'
import { addDays, isDay, today } from '../days.ts'
import type { FilterBox } from '../filters.ts'
import { useZone } from '../session.tsx'
import { useText } from '../text.ts'

type Preset = 'all' | 'today' | 'yesterday' | 'week' | 'month' | 'own'

/** From which day to which: the usual spans by one choice, any other by two dates. */
export function PeriodFilter({ box }: { box: FilterBox<'from' | 'to'> }): ReactElement {
  const t = useText()
  const zone = useZone()
  const now = today(zone)
  const { from, to } = box.filters
  const spans: Record<Exclude<Preset, 'own'>, [string | undefined, string | undefined]> = {
    all: [undefined, undefined],
    today: [now, now],
    yesterday: [addDays(now, -1), addDays(now, -1)],
    week: [addDays(now, -6), now],
    month: [addDays(now, -29), now],
  }
  const presets = Object.entries(spans) as [Exclude<Preset, 'own'>, (typeof spans)['all']][]
  const fitting = presets.find(([, span]) => span[0] === from && span[1] === to)?.[0]
  const [isOwn, setOwn] = useState(false)
  const shown: Preset = isOwn ? 'own' : (fitting ?? 'own')

  function choose(preset: Preset): void {
    setOwn(preset === 'own')
    if (preset === 'own') return
    const [first, last] = spans[preset]
    box.set({ from: first, to: last })
  }

  return (
    <>
      <Select<Preset>
        value={shown}
        onChange={choose}
        aria-label={t('payments.period')}
        popupMatchSelectWidth={false}
        options={[
          { value: 'all', label: t('payments.preset_all') },
          { value: 'today', label: t('payments.preset_today') },
          { value: 'yesterday', label: t('payments.preset_yesterday') },
          { value: 'week', label: t('payments.preset_week') },
          { value: 'month', label: t('payments.preset_month') },
          { value: 'own', label: t('payments.preset_own') },
        ]}
        data-testid="filter-period"
      />
      {shown === 'own' && (
        <span className="ct-period">
          <DayInput
            label={t('field.from')}
            value={from}
            max={to ?? now}
            onChange={(day) => box.set({ from: day })}
          />
          –
          <DayInput
            label={t('field.to')}
            value={to}
            min={from}
            max={now}
            onChange={(day) => box.set({ to: day })}
          />
        </span>
      )}
    </>
  )
}

export type DayInputProps = {
  label: string
  value: string | undefined
  min?: string | undefined
  max?: string | undefined
  onChange: (day: string | undefined) => void
}

/** The browser's own day field: it knows the keyboard, the screen reader and the local writing. */
export function DayInput({ label, value, min, max, onChange }: DayInputProps): ReactElement {
  return (
    <Input
      type="date"
      className="ct-day"
      aria-label={label}
      value={value ?? ''}
      min={min}
      max={max}
      onChange={(event) => onChange(isDay(event.target.value) ? event.target.value : undefined)}
    />
  )
}
