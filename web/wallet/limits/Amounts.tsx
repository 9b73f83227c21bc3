import type { ReactElement } from 'react'
import { decimalsOf, isCurrency } from '../../../modules/money/money.ts'
import { moneyText } from '../../ui/money.tsx'
import { amountText, readAmount } from '../me/amount-text.ts'
import { Field } from '../parts/Field.tsx'
import { useWords } from '../text.ts'
import { amountNames, capOf, stopAt, stopsUpTo, type AmountName, type Problems } from './draft.ts'
import type { PartProps } from './LimitsForm.tsx'

type AmountsProps = PartProps & { problems: Problems }

/** The amounts, each by a slider or to the fen in its field, and how many payments a day. */
export function Amounts({ problems, ...part }: AmountsProps): ReactElement {
  const t = useWords()
  const { draft, onChange } = part
  return (
    <fieldset className="panel">
      <legend>{t('limits.amounts')}</legend>
      {amountNames.map((name) => (
        <Amount key={name} name={name} problem={problems[name]} {...part} />
      ))}
      <Field
        label={t('limits.per_day_count')}
        inputMode="numeric"
        autoComplete="off"
        value={draft.count}
        hint={t('limits.per_day_count_hint')}
        {...(problems.count ? { problem: t('limits.not_count') } : {})}
        onChange={(event) => onChange({ ...draft, count: event.target.value })}
      />
    </fieldset>
  )
}

type AmountProps = PartProps & { name: AmountName; problem: Problems[AmountName] | undefined }

function Amount({ name, problem, mandate, draft, onChange }: AmountProps): ReactElement {
  const t = useWords()
  const { currency, caps } = mandate
  const typed = draft.amounts[name]
  const set = (text: string) => onChange({ ...draft, amounts: { ...draft.amounts, [name]: text } })
  const stops = stopsUpTo(capOf(mandate, draft, name), wholeUnit(currency))
  const at = stopAt(stops, readAmount(typed, currency) ?? 0)
  const label = t(`limits.${name}`)
  const money = (minor: number) => moneyText(minor, currency)
  const hints: Partial<Record<AmountName, string>> = {
    no_pin: t('limits.no_pin_cap', { amount: money(caps.no_pin_max) }),
    offline_per_day: t('limits.offline_hint'),
  }
  const problemText =
    problem === 'not_amount'
      ? t('limits.not_amount')
      : problem && t('limits.above', { amount: money(problem.above) })
  return (
    <div className="amount">
      <Field
        label={label}
        before="¥"
        inputMode="decimal"
        autoComplete="off"
        value={typed}
        {...(hints[name] ? { hint: hints[name] } : {})}
        {...(problemText ? { problem: problemText } : {})}
        onChange={(event) => set(event.target.value)}
      />
      <input
        type="range"
        className="slider"
        aria-label={t('limits.slider', { name: label })}
        aria-valuetext={money(stops[at] ?? 0)}
        min={0}
        max={stops.length - 1}
        step={1}
        value={at}
        onChange={(event) => set(amountText(stops[Number(event.target.value)] ?? 0, currency))}
      />
    </div>
  )
}

const wholeUnit = (currency: string): number =>
  isCurrency(currency) ? 10 ** decimalsOf(currency) : 1
