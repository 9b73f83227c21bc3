import { t } from '../ui/i18n.tsx'
import { playSound } from '../ui/sound.ts'
import type { Product } from '../ui/types.ts'
import { awayStore } from './away-lock.ts'
import { charge, type Scanned } from './charge.ts'
import { isLocked } from './configuration.ts'
import { isConnected } from './connection.ts'
import { goodsKey, readScan, type Meaning } from './meaning.ts'
import { openRefund } from './refund-desk.ts'
import { findPayment, queries, readPaid, readProducts } from './server.ts'
import { dueMinor, openCollect, say, sellProduct, till } from './till.ts'

type PaymentMeaning = Extract<Meaning, { masked: string }>

// The code lives for a minute at most; one that waited longer for the cashier's Enter is refused.
const confirmWithinMs = 60_000

// A payment code that was scanned before the amount was asked for. It never leaves the memory.
let waiting: (Scanned & { atMs: number }) | undefined

/**
 * What a scan does, by the screen it meets. It charges in Collect only; everywhere else a payment
 * code asks first. Source: reference/ux.md §3.1.2, "Classify".
 */
export async function takeScan(text: string): Promise<void> {
  const { attempt, result, screen, isHelpOpen } = till.get()
  // While an attempt is open nothing is scanned: the first one may have been paid.
  if (attempt || isHelpOpen || isLocked() || awayStore.get().isAway) return tick()
  const meaning = readScan(text)
  if (result) return scanOnResult(text, meaning)
  if (screen === 'collect') return scanToPay(text, meaning)
  if (screen === 'cancel') return tick()
  if (meaning.kind === 'order_code') return scanToRefund(meaning.orderNo)
  if (screen !== 'sell') return say({ tone: 'bad', key: 'till.scan_on_recent' })
  await scanToSell(text, meaning)
}

/** The soft answer to a scan that is rightly ignored. */
export function tick(): void {
  playSound('accepted')
}

/** The same code twice within the blanking time: heard, told, and not taken again. */
export function tellBlanked(): void {
  tick()
  if (!till.get().attempt) say({ tone: 'info', key: 'till.blanked' })
}

/** A code that a person typed into the field of Collect. */
export function takeTyped(text: string): void {
  if (!till.get().attempt) scanToPay(text, readScan(text))
}

/** The cashier agrees to charge the code that was scanned before. */
export function confirmWaiting(): void {
  const found = waiting
  waiting = undefined
  till.set({ confirming: null })
  if (!found || till.get().attempt) return
  if (Date.now() - found.atMs > confirmWithinMs) {
    return say({ tone: 'bad', key: 'error.CODE_EXPIRED' })
  }
  if (!isConnected()) return say({ tone: 'bad', key: 'till.offline' })
  charge(found)
}

/** The cashier does not want to charge it, or left the screen. */
export function forgetWaiting(): void {
  waiting = undefined
  if (till.get().confirming) till.set({ confirming: null })
}

function scanToPay(text: string, meaning: Meaning): void {
  if (meaning.kind === 'goods') return say({ tone: 'bad', key: 'till.goods_in_collect' })
  if (meaning.kind === 'order_code') return say({ tone: 'bad', key: 'till.order_in_collect' })
  if (meaning.kind === 'other') return say({ tone: 'bad', key: `error.${meaning.refused}` })
  // The scan is not lost on a dead line: no request leaves, and the code stays good.
  if (!isConnected()) return say({ tone: 'bad', key: 'till.offline' })
  waiting = undefined
  charge({ code: text.trim(), masked: meaning.masked, scheme: schemeOf(meaning) })
}

async function scanToSell(text: string, meaning: Meaning): Promise<void> {
  // A field of the shop's own numbers may hold anything, so the goods are asked first.
  const product = await findProduct(text.trim())
  if (product) {
    playSound('accepted')
    return sellProduct(product)
  }
  if (meaning.kind === 'payment_code') return confirmBeforeCharge(text, meaning)
  const barcode = meaning.kind === 'goods' ? meaning.barcode : ''
  say({ tone: 'bad', key: 'till.unknown_barcode', values: { barcode: barcode || t('till.code') } })
}

async function findProduct(text: string): Promise<Product | undefined> {
  const products = await queries.ensureQueryData({ queryKey: ['products'], queryFn: readProducts })
  const key = goodsKey(text)
  // The whole barcode or nothing: a part of one would sell the wrong thing.
  return products.find(({ barcode, sku }) => (barcode && goodsKey(barcode) === key) || sku === text)
}

const schemeOf = (meaning: PaymentMeaning): string | null =>
  meaning.kind === 'payment_code' ? meaning.scheme : null

/** The barcode of a receipt: the refund screen, with the payment that it names. */
async function scanToRefund(orderNo: string): Promise<void> {
  if (!isConnected()) return say({ tone: 'bad', key: 'till.offline' })
  const found = await findPayment(orderNo)
  if (!found) return say({ tone: 'bad', key: 'refund.not_here', values: { order: orderNo } })
  const payment = await readPaid(found.id)
  playSound('accepted')
  openRefund(payment)
}

function confirmBeforeCharge(text: string, meaning: PaymentMeaning): void {
  if (dueMinor(till.get()) === 0n) return say({ tone: 'bad', key: 'till.code_without_amount' })
  if (!openCollect(t('till.typed_amount'))) return
  waiting = {
    code: text.trim(),
    masked: meaning.masked,
    scheme: schemeOf(meaning),
    atMs: Date.now(),
  }
  till.set({ confirming: { masked: meaning.masked } })
  tick()
}

function scanOnResult(text: string, meaning: Meaning): Promise<void> | void {
  const { result, cart, tenders } = till.get()
  const isPaid = result?.kind === 'payment' && result.payment.state === 'succeeded'
  if (isPaid && tenders.length === 0) {
    // The next customer's goods are on the belt already.
    till.set({ result: null, screen: 'sell' })
    if (meaning.kind === 'order_code') return scanToRefund(meaning.orderNo)
    return scanToSell(text, meaning)
  }
  if (cart.lines.length === 0) return tick()
  // "Refresh the code and scan again": the same amount, on a new attempt.
  till.set({ result: null, screen: 'collect' })
  scanToPay(text, meaning)
}
