import type { ReactElement } from 'react'
import { moneyText } from '../../ui/money.tsx'
import type { AllocationLine } from '../../ui/types.ts'
import { homeCurrency } from '../amounts.ts'
import { usePartyNames } from '../names.ts'
import { useText, useWord } from '../text.ts'
import { percentText } from './example.ts'

/** The lines of a rule in words. */
export function LineList({ lines }: { lines: readonly AllocationLine[] }): ReactElement {
  const t = useText()
  const word = useWord()
  const partyName = usePartyNames()
  if (lines.length === 0) return <span className="ct-muted">{t('rules.no_lines')}</span>
  return (
    <ul className="ct-lines">
      {lines.map((line, place) => (
        <li key={`${line.role} ${place}`}>
          <span>
            {word('rules.share_', line.role)}
            {line.party ? ` · ${partyName(line.party)}` : ''}
          </span>
          <strong>{percentText(line.bps)}</strong>
          {line.base === 'fee' && <small>{t('rules.of_fee')}</small>}
          {!!line.minimum && (
            <small>
              {t('rules.minimum')} {moneyText(line.minimum, homeCurrency)}
            </small>
          )}
          {line.cap != null && (
            <small>
              {t('rules.cap')} {moneyText(line.cap, homeCurrency)}
            </small>
          )}
        </li>
      ))}
    </ul>
  )
}
