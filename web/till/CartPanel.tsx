import { useEffect, useRef, useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { Money } from '../ui/money.tsx'
import { largestQuantity, lineMinor, type CartLine } from './cart.ts'
import { useStore } from './store.ts'
import {
  changeQuantity,
  clearSale,
  enterQuantity,
  removeSelected,
  selectLine,
  till,
} from './till.ts'

/** What the customer buys: one line each, the selected one for + − Del and F4. */
export function CartPanel(): ReactElement {
  const t = useT()
  const { lines, selectedId } = useStore(till, (state) => state.cart)
  const isQuantityOpen = useStore(till, (state) => state.isQuantityOpen)
  const currency = useStore(till, (state) => state.currency)
  return (
    <section className="till-cart" aria-label={t('till.cart')}>
      {lines.length === 0 && <EmptyCart />}
      <ol className="till-lines" data-testid="cart-lines">
        {lines.map((line) => (
          <Line
            key={line.id}
            line={line}
            currency={currency}
            isSelected={line.id === selectedId}
            isQuantityOpen={isQuantityOpen && line.id === selectedId}
          />
        ))}
      </ol>
      <Deeds />
    </section>
  )
}

/** What the keys do with the selected line, for a hand on a touch screen. */
function Deeds(): ReactElement {
  const t = useT()
  const isEmpty = useStore(till, ({ cart }) => cart.lines.length === 0)
  const deed = (label: string, keys: string, act: () => void, word?: string): ReactElement => (
    <button
      type="button"
      disabled={isEmpty}
      aria-label={label}
      onMouseDown={(event) => event.preventDefault()}
      onClick={act}
    >
      {word ?? label} {keys && <kbd>{keys}</kbd>}
    </button>
  )
  return (
    <div className="till-cart-keys" role="toolbar" aria-label={t('till.cart_line')}>
      {deed(t('till.less'), '', () => changeQuantity(-1), '−')}
      {deed(t('till.more'), '', () => changeQuantity(1), '+')}
      {deed(t('till.quantity'), 'F4', () => till.set({ isQuantityOpen: true }))}
      {deed(t('keys.remove'), 'Del', removeSelected)}
      {deed(t('keys.clear'), 'Ctrl Del', clearSale)}
    </div>
  )
}

function EmptyCart(): ReactElement {
  const t = useT()
  return (
    <div className="till-empty" data-testid="cart-empty">
      <Icon name="scan" size={44} />
      <strong>{t('till.empty_title')}</strong>
      <p>{t('till.empty')}</p>
    </div>
  )
}

type LineProps = {
  line: CartLine
  currency: string
  isSelected: boolean
  isQuantityOpen: boolean
}

function Line({ line, currency, isSelected, isQuantityOpen }: LineProps): ReactElement {
  const isEnglish = useTranslation().i18n.language === 'en'
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isSelected) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isSelected, line.quantity])
  return (
    <li
      ref={row}
      className="till-line"
      aria-current={isSelected}
      onClick={() => selectLine(line.id)}
      data-testid="cart-line"
    >
      <span className="till-line-name">{(isEnglish && line.nameEn) || line.name}</span>
      <span className="till-line-price">
        <Money minor={BigInt(line.priceMinor)} currency={currency} size="s" />
      </span>
      <span className="till-line-quantity" data-testid="line-quantity">
        {isQuantityOpen ? <QuantityField quantity={line.quantity} /> : <>× {line.quantity}</>}
      </span>
      <span className="till-line-sum">
        <Money minor={lineMinor(line)} currency={currency} />
      </span>
    </li>
  )
}

function QuantityField({ quantity }: { quantity: number }): ReactElement {
  const t = useT()
  const [text, setText] = useState(String(quantity))
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [])
  const close = (): void => till.set({ isQuantityOpen: false })
  return (
    <input
      ref={field}
      className="till-quantity-field"
      inputMode="numeric"
      maxLength={String(largestQuantity).length}
      aria-label={t('keys.quantity')}
      data-testid="quantity-field"
      value={text}
      onChange={(event) => setText(event.target.value.replace(/\D/g, ''))}
      onBlur={close}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && text !== '') enterQuantity(Number(text))
        if (event.key === 'Enter' || event.key === 'Escape') close()
      }}
    />
  )
}
