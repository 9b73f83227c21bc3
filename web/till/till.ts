import { parseMinor, isCurrency } from '../../modules/money/money.ts'
import { currentLanguage } from '../ui/i18n.tsx'
import { flash, playSound } from '../ui/sound.ts'
import type { Problem } from '../ui/problem.ts'
import type { GoodsLine, PaymentView, Product, RefundView } from '../ui/types.ts'
import type { Attempt } from './attempt.ts'
import {
  addPiece,
  emptyCart,
  mostLines,
  moveSelection,
  removeLine,
  selectedLine,
  setQuantity,
  totalMinor,
  type Cart,
  type CartLine,
} from './cart.ts'
import { mayTakePayment } from './configuration.ts'
import { isConnected } from './connection.ts'
import { keepOptions, keepSale, readKeptSale, readOptions, type Options } from './kept.ts'
import { newSaleNo } from './order-no.ts'
import type { RefundTry } from './refund-try.ts'
import { api, zone } from './server.ts'
import { makeStore } from './store.ts'
import { leftMinor, nextMinor, type Tender } from './tender.ts'

/** A line of text for the cashier: a key of the catalogue and what fills it in. */
export type Note = {
  id: number
  tone: 'info' | 'good' | 'bad'
  key: string
  values?: Record<string, unknown>
  problem?: Problem
}

/** What a receipt shows: a payment, what it was for, and how much of its sale is paid by others. */
export type PaidPart = {
  payment: PaymentView
  goods: GoodsLine[]
  /** Payments that the same sale had before this one. */
  before: readonly PaymentView[]
  /** What the sale is still short of, in minor units; null where only this payment is known. */
  leftMinor: string | null
}

export type Result =
  | (PaidPart & { kind: 'payment'; isPrinted: boolean })
  | { kind: 'refused'; problem: Problem; amountMinor: string; orderNo: string }
  | { kind: 'not_made'; amountMinor: string; orderNo: string }

/** With a refund it is the receipt of that refund. */
export type Receipt = PaidPart & { isCopy: boolean; refund?: RefundView }

/** A payment on the refund screen, and the refund that was asked for there. */
export type Refunding = {
  payment: PaymentView
  goods: GoodsLine[]
  wanted: RefundTry | null
}

export type TillState = {
  screen: 'sell' | 'collect' | 'recent' | 'refund' | 'cancel' | 'aside'
  /** `cart` is a tab of its own on narrow screens only. */
  tab: 'goods' | 'keypad' | 'cart'
  cart: Cart
  /** The cart before it was cleared, for Ctrl+Z. */
  clearedCart: Cart | null
  /** What stands on the keypad, as it was typed. */
  typed: string
  currency: string
  saleNo: string | null
  attempts: number
  /** What this sale was paid so far, by other codes. */
  tenders: readonly Tender[]
  /** What the next code pays of it, in minor units; null: all that is left. */
  partMinor: string | null
  refunding: Refunding | null
  /** Shown instead of everything else until its end is known. */
  attempt: Attempt | null
  result: Result | null
  /** A payment code was scanned before the cashier asked for money. Its digits are in memory. */
  confirming: { masked: string } | null
  note: Note | null
  isQuantityOpen: boolean
  isHelpOpen: boolean
  receipt: Receipt | null
  /** The last paid one, for F10. */
  lastPaid: PaidPart | null
  options: Options
}

// What a reload finds again.
const keptNames = [
  ...(['screen', 'tab', 'cart', 'typed', 'currency', 'saleNo', 'attempts', 'tenders'] as const),
  ...(['partMinor', 'refunding', 'result', 'lastPaid'] as const),
] satisfies (keyof TillState)[]
type Kept = Pick<TillState, (typeof keptNames)[number]>

const first: TillState = {
  screen: 'sell',
  tab: 'goods',
  cart: emptyCart,
  clearedCart: null,
  typed: '',
  currency: 'CNY',
  saleNo: null,
  attempts: 0,
  tenders: [],
  partMinor: null,
  refunding: null,
  attempt: null,
  result: null,
  confirming: null,
  note: null,
  isQuantityOpen: false,
  isHelpOpen: false,
  receipt: null,
  lastPaid: null,
  options: readOptions(),
}

/** All that the till knows. Screens watch it and change it by the functions below only. */
export const till = makeStore<TillState>({ ...first, ...readKeptSale<Kept>() })

/** Takes up the sale as this device has kept it; another window may have changed it. */
export function rereadTill(): void {
  till.set({ ...first, ...readKeptSale<Kept>(), options: readOptions() })
}

till.subscribe(() => {
  const state = till.get()
  keepSale(Object.fromEntries(keptNames.map((name) => [name, state[name]])))
})

let noteCount = 0

/** Says one line to the cashier; a bad one is heard too. */
export function say(note: Omit<Note, 'id'>): void {
  noteCount += 1
  till.set({ note: { ...note, id: noteCount } })
  if (note.tone === 'bad') {
    playSound('refused')
    flash('bad')
  }
}

/** Takes the line back. */
export function hush(): void {
  if (till.get().note) till.set({ note: null })
}

/** Changes the cart. A sale that was tried already has its lines with the server: it ends here. */
function setCart(cart: Cart): void {
  if (till.get().tenders.length > 0) return say({ tone: 'bad', key: 'till.half_paid' })
  const isTried = till.get().attempts > 0
  till.set({
    cart,
    note: null,
    isQuantityOpen: false,
    ...(isTried ? { saleNo: null, attempts: 0 } : {}),
  })
}

/** One more piece of a product; the line that it came to is said politely. */
export function sellProduct(product: Product): void {
  const { sku, name, name_en: nameEn, price } = product
  addLine({ sku, name, nameEn, priceMinor: String(price) })
}

/** The amount on the keypad becomes a line of its own. Answers whether there was one. */
export function sellTyped(name: string): boolean {
  const amountMinor = typedMinor(till.get())
  if (amountMinor === 0n) return false
  addLine({ sku: null, name, nameEn: null, priceMinor: String(amountMinor) })
  till.set({ typed: '' })
  return true
}

function addLine(line: Omit<CartLine, 'id' | 'quantity'>): void {
  const name = (currentLanguage() === 'en' && line.nameEn) || line.name
  const { cart } = till.get()
  if (cart.lines.length >= mostLines) {
    return say({ tone: 'bad', key: 'till.cart_full', values: { count: mostLines } })
  }
  setCart(addPiece(cart, line, `l${Date.now()}${cart.lines.length}`))
  const added = selectedLine(till.get().cart)
  if (added) say({ tone: 'info', key: 'till.added', values: { name, n: added.quantity } })
}

/** The keypad's amount in minor units; zero while nothing valid stands there. */
export function typedMinor({ typed, currency }: Pick<TillState, 'typed' | 'currency'>): bigint {
  if (!isCurrency(currency)) return 0n
  return parseMinor(typed, currency) ?? 0n
}

// ¥99,999,999.99: more than a till takes, and short enough for the screen.
const longestWhole = 8

/** Puts text on the keypad when it may become an amount; anything else changes nothing. */
export function type(typed: string): void {
  const { currency } = till.get()
  const plain = typed.replace(/^0+(?=\d)/, '').replace(/^\./, '0.')
  const isShort = (plain.split('.')[0] ?? '').length <= longestWhole
  const isAmount = plain === '' || (isCurrency(currency) && parseMinor(plain, currency) !== null)
  if (isShort && isAmount) till.set({ typed: plain, note: null })
}

/** What the customer has to pay now, in minor units: the cart and what stands on the keypad. */
export function dueMinor(state: Pick<TillState, 'cart' | 'typed' | 'currency'>): bigint {
  return totalMinor(state.cart.lines) + typedMinor(state)
}

/** What the next code is charged, in minor units: all that is left, or the part that was chosen. */
export function tenderMinor({ cart, tenders, partMinor }: TillState): bigint {
  return nextMinor({ totalMinor: totalMinor(cart.lines), tenders, partMinor })
}

/**
 * The next code pays this much and another one the rest. Nothing, or all that is left, is no part.
 * Answers whether the amount can be one.
 */
export function choosePart(text: string): boolean {
  const { cart, tenders, currency } = till.get()
  const left = leftMinor({ totalMinor: totalMinor(cart.lines), tenders })
  const part = text === '' ? left : isCurrency(currency) ? parseMinor(text, currency) : null
  if (part === null || part <= 0n || part > left) {
    say({ tone: 'bad', key: 'collect.part_wrong' })
    return false
  }
  till.set({ partMinor: part === left ? null : String(part), note: null })
  return true
}

/** Selects the line above or below. */
export function select(by: number): void {
  till.set({ cart: moveSelection(till.get().cart, by) })
}

/** Selects the line with this id. */
export function selectLine(id: string): void {
  till.set({ cart: { ...till.get().cart, selectedId: id } })
}

/** One piece more or less of the selected line. */
export function changeQuantity(by: number): void {
  const { cart } = till.get()
  const line = selectedLine(cart)
  if (line) setCart(setQuantity(cart, line.id, line.quantity + by))
}

/** Sets the quantity of the selected line, and closes its field. */
export function enterQuantity(quantity: number): void {
  const { cart } = till.get()
  const line = selectedLine(cart)
  till.set({ isQuantityOpen: false })
  if (line && Number.isInteger(quantity)) setCart(setQuantity(cart, line.id, quantity))
}

/** Removes the selected line. */
export function removeSelected(): void {
  const { cart } = till.get()
  if (cart.selectedId) setCart(removeLine(cart, cart.selectedId))
}

/** Empties the sale; Ctrl+Z brings it back. */
export function clearSale(): void {
  const { cart, typed } = till.get()
  if (cart.lines.length === 0 && typed === '') return
  till.set({ clearedCart: cart, typed: '', isQuantityOpen: false })
  setCart(emptyCart)
  say({ tone: 'info', key: 'till.cleared' })
}

/** Brings back the sale that was emptied last, unless another one has begun. */
export function restoreSale(): void {
  const { clearedCart, cart } = till.get()
  if (!clearedCart || cart.lines.length > 0) return
  till.set({ clearedCart: null })
  setCart(clearedCart)
}

/** From the cart to the amount that the customer sees. Answers whether the till went there. */
export function openCollect(typedName: string): boolean {
  if (dueMinor(till.get()) === 0n) {
    say({ tone: 'bad', key: 'till.nothing_to_collect' })
    return false
  }
  if (!isConnected() || !mayTakePayment()) {
    say({ tone: 'bad', key: isConnected() ? 'till.may_not_take' : 'till.offline' })
    return false
  }
  sellTyped(typedName)
  const saleNo = till.get().saleNo ?? newSaleNo(api.serverNow(), zone())
  till.set({ screen: 'collect', saleNo, partMinor: null, note: null, isQuantityOpen: false })
  return true
}

/** Shows another screen. A sale that is half paid is left by its payment or its cancellation only. */
export function show(screen: 'sell' | 'recent'): void {
  const isHalfPaid = till.get().tenders.length > 0
  const refunding = null
  const next = isHalfPaid ? 'collect' : screen
  till.set({ screen: next, refunding, note: null, confirming: null, isQuantityOpen: false })
}

/** From a result back to the sale: to its goods, or to the rest of what is to pay. */
export function leaveResult(screen: 'sell' | 'collect'): void {
  const next = till.get().tenders.length > 0 ? 'collect' : screen
  till.set({ result: null, screen: next, note: null })
}

/** The goods or the keypad beside the cart. */
export function showTab(tab: TillState['tab']): void {
  till.set({ tab, screen: 'sell', note: null, isQuantityOpen: false })
}

/** Changes and keeps what the cashier has chosen on this device. */
export function setOptions(change: Partial<Options>): void {
  const options = { ...till.get().options, ...change }
  keepOptions(options)
  till.set({ options })
}
