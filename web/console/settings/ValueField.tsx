import { Input, Segmented, Select, Switch } from 'antd'
import type { ReactElement } from 'react'
import { moneyText } from '../../ui/money.tsx'
import { currencySign, homeCurrency } from '../amounts.ts'
import { useText, useWord } from '../text.ts'
import type { Setting } from './types.ts'

export type ValueFieldProps = {
  setting: Setting
  /** What the field holds. */
  typed: string | boolean
  label: string
  isWrong: boolean
  onChange: (typed: string | boolean) => void
}

// So many choices stand side by side; more open as a list.
const SIDE_BY_SIDE = 4

/** The field of one setting, by its kind, with its range below it. */
export function ValueField(props: ValueFieldProps): ReactElement {
  const { setting, typed, label, isWrong, onChange } = props
  const t = useText()
  const word = useWord()
  const range = useRange(setting)
  const status = isWrong ? ({ status: 'error' } as const) : {}
  const field = ((): ReactElement => {
    switch (setting.kind) {
      case 'boolean':
        return (
          <Switch
            checked={typed === true}
            onChange={onChange}
            aria-label={label}
            checkedChildren={t('settings.on')}
            unCheckedChildren={t('settings.off')}
          />
        )
      case 'choice': {
        const options = (setting.choices ?? []).map((value) => ({
          value,
          label: word(`settings.choice_${setting.name}_`, value),
        }))
        const common = { value: String(typed), options, onChange, 'aria-label': label }
        return options.length <= SIDE_BY_SIDE ? <Segmented {...common} /> : <Select {...common} />
      }
      case 'text':
        return (
          <Input
            value={String(typed)}
            onChange={(event) => onChange(event.target.value)}
            maxLength={setting.max ?? 200}
            showCount
            aria-label={label}
            {...status}
          />
        )
      case 'integer':
      case 'money':
        return (
          <Input
            className="ct-setting-number"
            value={String(typed)}
            onChange={(event) => onChange(event.target.value)}
            inputMode={setting.kind === 'money' ? 'decimal' : 'numeric'}
            aria-label={label}
            {...(setting.kind === 'money' ? { prefix: currencySign } : {})}
            {...(setting.unit ? { suffix: word('settings.unit_', setting.unit) } : {})}
            {...status}
          />
        )
    }
  })()
  return (
    <div className="ct-setting-field">
      {field}
      {range && (
        <p
          className={isWrong ? 'ct-bad ct-small' : 'ct-small'}
          role={isWrong ? 'alert' : undefined}
        >
          {range}
        </p>
      )}
    </div>
  )
}

/** What may be typed, in words; null where the field itself says it. */
function useRange({ kind, min, max }: Setting): string | null {
  const t = useText()
  if (kind === 'integer') return t('settings.range', { min: String(min), max: String(max) })
  if (kind !== 'money') return null
  const amount = (minor: number | null) => moneyText(minor ?? 0, homeCurrency)
  return t('settings.range', { min: amount(min), max: amount(max) })
}
