import { Form, Input, type FormInstance } from 'antd'
import { useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { Money, moneyText } from '../../ui/money.tsx'
import { currencySign, homeCurrency, minorFromTyped } from '../amounts.ts'
import { useText, useWord, type Text } from '../text.ts'
import { isOverWhole, percentText, shareOf, sumOfRates, type Line } from './example.ts'
import { readLine, type TypedLine, type TypedRule } from './lines.ts'

/** What the typed rule does with an amount: every part, and that they make the whole. */
export function WorkedExample({ form }: { form: FormInstance<TypedRule> }): ReactElement {
  const t = useText()
  const [typed, setTyped] = useState('100.00')
  const watched = Form.useWatch('lines', form) as (Partial<TypedLine> | undefined)[] | undefined
  const lines = (watched ?? []).map((line) => readLine(line ?? {}))
  const grossMinor = BigInt(minorFromTyped(typed) ?? 0)
  return (
    <section className="ct-example" aria-live="polite" data-testid="worked-example">
      <div className="ct-example-head">
        <h3>{t('rules.example')}</h3>
        <Input
          prefix={currencySign}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          inputMode="decimal"
          aria-label={t('rules.example_amount')}
          className="ct-amount"
        />
      </div>
      <Parts grossMinor={grossMinor} lines={lines} />
      <p className="ct-small">{t('rules.rounding')}</p>
    </section>
  )
}

function Parts({ grossMinor, lines }: { grossMinor: bigint; lines: Line[] }): ReactElement {
  const t = useText()
  const word = useWord()
  if (isOverWhole(lines)) return <Over lines={lines} t={t} />
  const { partsMinor, merchantMinor } = shareOf(grossMinor, lines)
  const shares = [
    { name: t('rules.share_merchant'), minor: merchantMinor },
    ...lines.map((line, place) => ({
      name: word('rules.share_', line.role),
      minor: partsMinor[place] ?? 0n,
    })),
  ]
  const sumMinor = shares.reduce((sum, { minor }) => sum + minor, 0n)
  const sentence = shares.map(({ name, minor }) => `${name} ${moneyText(minor, homeCurrency)}`)
  return (
    <>
      <p className="ct-example-line" data-testid="example-sentence">
        {moneyText(grossMinor, homeCurrency)} → {sentence.join(' / ')}
      </p>
      <div className="ct-example-bar" aria-hidden>
        {shares.map(({ minor }, place) => (
          <i key={place} style={{ flexGrow: Number(minor) || 0 }} />
        ))}
      </div>
      <ul className="ct-example-parts">
        {shares.map(({ name, minor }, place) => (
          <li key={place}>
            <span>{name}</span>
            <Money minor={minor} currency={homeCurrency} size="s" />
          </li>
        ))}
      </ul>
      <p className="ct-good" data-testid="example-sum">
        <Icon name="check" size={14} />
        {t('rules.sum_ok', { sum: moneyText(sumMinor, homeCurrency) })}
      </p>
    </>
  )
}

function Over({ lines, t }: { lines: Line[]; t: Text }): ReactElement {
  return (
    <p className="ct-bad" role="alert" data-testid="example-over">
      <Icon name="warning" size={14} />
      {t('rules.sum_over', { sum: percentText(sumOfRates(lines)) })}
    </p>
  )
}
