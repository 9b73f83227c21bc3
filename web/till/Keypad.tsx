import { useEffect, useRef, type KeyboardEvent, type ReactElement } from 'react'
import { decimalsOf, isCurrency } from '../../modules/money/money.ts'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { useStore } from './store.ts'
import { removeSelected, restoreSale, select, sellTyped, till, type as typeAmount } from './till.ts'

const rows = ['7', '8', '9', '4', '5', '6', '1', '2', '3', '00', '0', '.'] as const

/** An amount without goods: typed on the keyboard, or touched. Enter makes a line of it. */
export function Keypad(): ReactElement {
  const t = useT()
  const { typed, currency, isHelpOpen, isQuantityOpen } = useStore(till, (state) => state)
  const field = useRef<HTMLInputElement>(null)
  const typedName = t('till.typed_amount')
  const hasCents = isCurrency(currency) && decimalsOf(currency) > 0
  useEffect(() => {
    if (!isHelpOpen && !isQuantityOpen) field.current?.focus()
  }, [isHelpOpen, isQuantityOpen])
  const onKeyDown = (event: KeyboardEvent): void => {
    // The field has nothing of its own to bring back while it is empty.
    const isUndo = event.ctrlKey && event.key === 'z' && typed === ''
    const action = isUndo ? restoreSale : fieldKeys(typed, typedName)[event.key]
    if (!action || (event.ctrlKey && !isUndo)) return
    event.preventDefault()
    action()
  }
  return (
    <div className="till-keypad">
      <label className="till-typed">
        <span>{t('till.amount')}</span>
        <input
          ref={field}
          // Touch tills have the keys below; a keyboard on the screen would hide them.
          inputMode="none"
          autoComplete="off"
          aria-label={t('till.amount')}
          data-testid="keypad-amount"
          placeholder={hasCents ? '0.00' : '0'}
          value={typed}
          onChange={(event) => typeAmount(event.target.value.replace('。', '.'))}
          onKeyDown={onKeyDown}
        />
      </label>
      <div className="till-keys">
        {rows.map((key) => (
          <Key key={key} label={key} onPress={() => typeAmount(typed + key)} />
        ))}
        <Key label={t('keys.erase')} onPress={() => typeAmount(typed.slice(0, -1))} name="erase">
          <Icon name="backspace" size={28} />
        </Key>
        <Key label={t('keys.clear')} onPress={() => typeAmount('')} name="clear">
          C
        </Key>
        <Key label={t('till.add_line')} onPress={() => sellTyped(typedName)} name="add">
          <Icon name="plus" size={24} /> {t('till.add_line')} <kbd>Enter</kbd>
        </Key>
      </div>
    </div>
  )
}

function fieldKeys(typed: string, typedName: string): Record<string, () => void> {
  return {
    Enter: () => sellTyped(typedName),
    '+': () => sellTyped(typedName),
    ArrowUp: () => select(-1),
    ArrowDown: () => select(1),
    '*': () => till.set({ isQuantityOpen: true }),
    Delete: () => (typed === '' ? removeSelected() : typeAmount('')),
  }
}

type KeyProps = {
  label: string
  onPress: () => void
  name?: string
  children?: React.ReactNode
}

function Key({ label, onPress, name, children }: KeyProps): ReactElement {
  return (
    <button
      type="button"
      className={`till-key ${name ? `till-key-${name}` : ''}`}
      aria-label={label}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onPress}
    >
      {children ?? label}
    </button>
  )
}
