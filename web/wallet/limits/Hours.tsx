import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import type { WeekHours } from '../../ui/types.ts'
import { Field } from '../parts/Field.tsx'
import { useWords } from '../text.ts'
import { Bounded } from './Bounded.tsx'
import type { PartProps } from './LimitsForm.tsx'

const week = [1, 2, 3, 4, 5, 6, 7] as const
const usual: WeekHours = { days: [...week], from: '07:00', until: '23:00' }
const MOST_HOURS = 14

type HoursProps = PartProps & { isWrong: boolean }

/** When codes may be charged, by day of the week and time of day. */
export function Hours({ draft, onChange, isWrong }: HoursProps): ReactElement {
  const t = useWords()
  const { hours } = draft
  const set = (next: WeekHours[] | null) => onChange({ ...draft, hours: next })
  return (
    <Bounded
      title={t('limits.hours')}
      open={t('limits.any_hour')}
      isOpen={hours === null}
      onToggle={(isOpen) => set(isOpen ? null : [usual])}
    >
      {hours && hours.length > 0 && <p className="small">{t('limits.only_hours')}</p>}
      {(hours ?? []).map((one, at) => (
        <Span
          key={at}
          number={at + 1}
          span={one}
          onChange={(next) =>
            set((hours ?? []).map((other, place) => (place === at ? next : other)))
          }
          onRemove={() => set((hours ?? []).filter((_, place) => place !== at))}
        />
      ))}
      {isWrong && (
        <p className="problem" role="alert">
          {t('limits.no_day')}
        </p>
      )}
      <button
        type="button"
        className="button"
        disabled={(hours?.length ?? 0) >= MOST_HOURS}
        onClick={() => set([...(hours ?? []), usual])}
      >
        <Icon name="plus" size={20} />
        {t('limits.add_hours')}
      </button>
    </Bounded>
  )
}

type SpanProps = {
  number: number
  span: WeekHours
  onChange: (span: WeekHours) => void
  onRemove: () => void
}

function Span({ number, span, onChange, onRemove }: SpanProps): ReactElement {
  const t = useWords()
  const { days, from, until } = span
  const name = t('limits.hours_number', { number })
  // A clock on a phone knows no 24:00; midnight at the end of a day is shown as 00:00.
  const shownUntil = until === '24:00' ? '00:00' : until
  const isOver = until !== '24:00' && until <= from
  const toggle = (day: number) =>
    onChange({ ...span, days: week.filter((one) => (one === day) !== days.includes(one)) })
  return (
    <div className="bound" role="group" aria-label={name}>
      <div className="bound-head">
        <div className="chips days" role="group" aria-label={t('limits.days')}>
          {week.map((day) => (
            <button
              key={day}
              type="button"
              className="chip chip-day"
              aria-pressed={days.includes(day)}
              onClick={() => toggle(day)}
            >
              {t(`limits.day_${day}`)}
            </button>
          ))}
        </div>
        <button
          type="button"
          className="icon-button"
          aria-label={t('limits.remove', { name })}
          onClick={onRemove}
        >
          <Icon name="cross" />
        </button>
      </div>
      <div className="from-until">
        <Field
          label={t('limits.from')}
          type="time"
          value={from}
          onChange={(event) =>
            event.target.value && onChange({ ...span, from: event.target.value })
          }
        />
        <Field
          label={t('limits.until')}
          type="time"
          value={shownUntil}
          {...(isOver ? { hint: t('limits.over_midnight', { time: shownUntil }) } : {})}
          onChange={(event) => {
            const next = event.target.value
            if (next) onChange({ ...span, until: next === '00:00' ? '24:00' : next })
          }}
        />
      </div>
    </div>
  )
}
