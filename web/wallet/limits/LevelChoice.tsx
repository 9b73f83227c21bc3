import type { ReactElement } from 'react'
import { moneyText } from '../../ui/money.tsx'
import { useWords } from '../text.ts'
import { levels, withLevel } from './draft.ts'
import type { PartProps } from './LimitsForm.tsx'

/** The levels of the regulation: what each allows, and which the payer may choose. */
export function LevelChoice({ mandate, draft, onChange }: PartProps): ReactElement {
  const t = useWords()
  return (
    <fieldset className="panel choices">
      <legend>{t('limits.level')}</legend>
      <p className="small">{t('limits.level_why')}</p>
      {levels.map((level) => {
        const cap = mandate.caps.per_day_by_level.find((one) => one.level === level)?.per_day_max
        // A is the best; what is better than the granted one is not the payer's to choose.
        const mayChoose = level >= mandate.granted_level
        const most =
          cap === null || cap === undefined
            ? t('limits.level_agreed')
            : t('limits.level_cap', { amount: moneyText(cap, mandate.currency) })
        return (
          <label key={level} className={mayChoose ? '' : 'choice-closed'}>
            <input
              type="radio"
              name="level"
              checked={draft.level === level}
              disabled={!mayChoose}
              onChange={() => onChange(withLevel(mandate, draft, level))}
            />
            <span>
              <strong>{t(`limits.level_${level}`)}</strong>
              <span className="small">{mayChoose ? most : t('limits.level_not_granted')}</span>
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}
