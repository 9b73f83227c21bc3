import { Input, type InputRef } from 'antd'
import { useEffect, useRef, useState, type ReactElement } from 'react'
import { formatDecimal, isCurrency } from '../../modules/money/money.ts'
import { useT } from '../ui/i18n.tsx'
import { moneyText } from '../ui/money.tsx'
import { totalMinor } from './cart.ts'
import { takeTyped } from './scans.ts'
import { useStore } from './store.ts'
import { leftMinor } from './tender.ts'
import { choosePart, till } from './till.ts'

/** The digits of a payment code, by hand. */
export function CodeField({ onEnd }: { onEnd: () => void }): ReactElement {
  const t = useT()
  const take = (text: string): void => {
    if (text.trim() === '') return
    onEnd()
    takeTyped(text)
  }
  return (
    <Field
      id="manual-code"
      label={t('collect.manual_hint')}
      button={t('collect.charge')}
      maxLength={64}
      onEnter={take}
    />
  )
}

/** How much of what is left the next code pays; the rest stays for another one. */
export function PartField({ onEnd }: { onEnd: () => void }): ReactElement {
  const t = useT()
  const { cart, tenders, currency } = useStore(till, (state) => state)
  const left = leftMinor({ totalMinor: totalMinor(cart.lines), tenders })
  return (
    <Field
      id="part-amount"
      label={t('collect.part_hint', { left: moneyText(left, currency) })}
      button={t('collect.part_take')}
      maxLength={12}
      first={isCurrency(currency) ? formatDecimal(left, currency) : ''}
      onEnter={(text) => {
        if (choosePart(text.trim().replace('。', '.'))) onEnd()
      }}
    />
  )
}

type FieldProps = {
  id: string
  label: string
  button: string
  maxLength: number
  first?: string
  onEnter: (text: string) => void
}

function Field({ id, label, button, maxLength, first = '', onEnter }: FieldProps): ReactElement {
  const [text, setText] = useState(first)
  const field = useRef<InputRef>(null)
  useEffect(() => field.current?.focus({ cursor: 'all' }), [])
  return (
    <form
      className="till-prompt"
      onSubmit={(event) => {
        event.preventDefault()
        onEnter(text)
      }}
    >
      <label htmlFor={id}>{label}</label>
      <Input
        ref={field}
        id={id}
        className="till-code-input"
        size="large"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        maxLength={maxLength}
        data-testid={id}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="till-pay">
        {button} <kbd>Enter</kbd>
      </button>
    </form>
  )
}
