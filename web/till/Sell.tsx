import { useRef, type ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { moneyText } from '../ui/money.tsx'
import { Amount } from './Amount.tsx'
import { openAsides } from './aside.ts'
import { CartPanel } from './CartPanel.tsx'
import { countPieces, selectedLine } from './cart.ts'
import { configurationStore, mayTakePayment } from './configuration.ts'
import { connectionStore } from './connection.ts'
import { Keypad } from './Keypad.tsx'
import { useKeys } from './keys.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { printReceipt } from './print.ts'
import { Products, type ProductsRef } from './Products.tsx'
import { useStore } from './store.ts'
import {
  changeQuantity,
  clearSale,
  dueMinor,
  openCollect,
  removeSelected,
  restoreSale,
  say,
  select,
  sellTyped,
  show,
  showTab,
  till,
  type as typeAmount,
} from './till.ts'
import { TopBar } from './TopBar.tsx'

/** The sale: the cart on one side, goods or the keypad on the other, the total under both. */
export function Sell(): ReactElement {
  const tab = useStore(till, (state) => state.tab)
  const products = useRef<ProductsRef>(null)
  useSellKeys(products)
  return (
    <div className="till-screen" data-testid="till-sell" data-screen="sell">
      <TopBar />
      <main className="till-panes" data-tab={tab}>
        <CartPanel />
        <section className="till-side">
          <Tabs />
          {tab === 'keypad' ? <Keypad /> : <Products ref={products} />}
        </section>
      </main>
      <NoteStrip />
      <TotalBar />
    </div>
  )
}

const tabs = [
  { tab: 'cart', keys: '' },
  { tab: 'goods', keys: 'F3' },
  { tab: 'keypad', keys: 'F2' },
] as const

function Tabs(): ReactElement {
  const t = useT()
  const { tab, cart } = useStore(till, (state) => state)
  const pieces = countPieces(cart.lines)
  return (
    <div className="till-tabs" role="tablist" aria-label={t('till.tabs')}>
      {tabs.map((each) => (
        <button
          key={each.tab}
          type="button"
          role="tab"
          className={each.tab === 'cart' ? 'till-narrow-only' : ''}
          aria-selected={tab === each.tab}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => showTab(each.tab)}
          data-testid={`tab-${each.tab}`}
        >
          {t(`till.tab_${each.tab}`)}
          {each.tab === 'cart' && pieces > 0 && <b>{pieces}</b>}
          {each.keys && <kbd>{each.keys}</kbd>}
        </button>
      ))}
    </div>
  )
}

function TotalBar(): ReactElement {
  const t = useT()
  const state = useStore(till, (value) => value)
  const isOffline = useStore(connectionStore, (value) => value.state === 'offline')
  const amountMinor = dueMinor(state)
  const isEmpty = amountMinor === 0n
  const mayTake = useStore(configurationStore, mayTakePayment)
  return (
    <footer className="till-total">
      <div className="till-total-words">
        <span>{t('till.total')}</span>
        <small>{t('till.pieces', { count: countPieces(state.cart.lines) })}</small>
      </div>
      <Amount className="till-total-amount" minor={amountMinor} currency={state.currency} isLive />
      <button
        type="button"
        className="till-pay"
        disabled={isEmpty || isOffline || !mayTake}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => openCollect(t('till.typed_amount'))}
        aria-label={t('till.collect_amount', { amount: moneyText(amountMinor, state.currency) })}
        data-testid="till-collect"
      >
        {t('till.collect')} <kbd>F9</kbd>
      </button>
    </footer>
  )
}

function useSellKeys(products: React.RefObject<ProductsRef | null>): void {
  const t = useT()
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  const typedName = t('till.typed_amount')
  const isKeypad = (): boolean => till.get().tab === 'keypad'
  const press = (text: string) => () => {
    if (isKeypad()) typeAmount(till.get().typed + text)
  }
  const digits = Object.fromEntries([...'0123456789.'].map((key) => [key, press(key)]))
  const editQuantity = (): void => {
    if (selectedLine(till.get().cart)) till.set({ isQuantityOpen: true, tab: wideTab() })
  }
  useKeys(
    {
      ...digits,
      F1: () => till.set({ isHelpOpen: true }),
      '?': () => till.set({ isHelpOpen: true }),
      F2: () => showTab('keypad'),
      F3: () => {
        showTab('goods')
        // The field exists only after the tab is drawn.
        setTimeout(() => products.current?.focusSearch())
      },
      F4: editQuantity,
      '*': editQuantity,
      F6: () => openAsides(),
      'Shift+F6': () => openAsides(),
      F7: () => show('recent'),
      F8: () => {
        show('recent')
        say({ tone: 'info', key: 'refund.choose' })
      },
      F9: () => openCollect(typedName),
      F10: () => reprintLast(),
      'Ctrl+p': () => reprintLast(),
      ArrowUp: () => select(-1),
      ArrowDown: () => select(1),
      '+': () => changeQuantity(1),
      '-': () => changeQuantity(-1),
      Delete: removeSelected,
      'Ctrl+Delete': clearSale,
      'Ctrl+z': restoreSale,
      Backspace: () => isKeypad() && typeAmount(till.get().typed.slice(0, -1)),
      Enter: () => isKeypad() && sellTyped(typedName),
      Escape: () => leaveField(),
    },
    !isHelpOpen,
  )
}

// On a narrow screen the quantity is in the cart's own tab; on a wide one the cart is always there.
function wideTab(): 'goods' | 'keypad' | 'cart' {
  return matchMedia('(max-width: 720px)').matches ? 'cart' : till.get().tab
}

function leaveField(): void {
  till.set({ isQuantityOpen: false, note: null })
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
}

function reprintLast(): void {
  const { lastPaid } = till.get()
  if (!lastPaid) return say({ tone: 'bad', key: 'till.nothing_to_print' })
  printReceipt({ ...lastPaid, isCopy: true })
}
