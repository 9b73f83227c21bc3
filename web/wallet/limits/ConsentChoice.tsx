import type { ReactElement } from 'react'
import { useWords } from '../text.ts'
import type { PartProps } from './LimitsForm.tsx'

/** Whether small amounts go by a standing consent, or each payment is confirmed. */
export function ConsentChoice({ draft, onChange }: PartProps): ReactElement {
  const t = useWords()
  return (
    <fieldset className="panel choices">
      <legend>{t('limits.consent')}</legend>
      {(['standing', 'each'] as const).map((consent) => (
        <label key={consent}>
          <input
            type="radio"
            name="consent"
            checked={draft.consent === consent}
            onChange={() => onChange({ ...draft, consent })}
          />
          <span>
            <strong>{t(`limits.consent_${consent}`)}</strong>
            <span className="small">{t(`limits.consent_${consent}_hint`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
