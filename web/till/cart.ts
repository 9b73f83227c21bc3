import type { GoodsLine } from '../ui/types.ts'

/** One line of a sale. Money as a decimal string of minor units, so that a reload can keep it. */
export type CartLine = {
  id: string
  /** The product's, or null for an amount that was typed. */
  sku: string | null
  name: string
  nameEn: string | null
  priceMinor: string
  quantity: number
}

export type Cart = { lines: readonly CartLine[]; selectedId: string | null }

export const emptyCart: Cart = { lines: [], selectedId: null }

/** More pieces than a cashier sells of one thing; a scanned code can never become a quantity. */
export const largestQuantity = 9_999

/** The most lines that the server takes with one sale. Source: openapi.yaml, `goods`. */
export const mostLines = 200

/** One more piece; the same product joins its line, and the line becomes the selected one. */
export function addPiece(cart: Cart, line: Omit<CartLine, 'id' | 'quantity'>, id: string): Cart {
  const same = cart.lines.find(
    ({ sku, priceMinor }) => sku !== null && sku === line.sku && priceMinor === line.priceMinor,
  )
  if (same) return { ...setQuantity(cart, same.id, same.quantity + 1), selectedId: same.id }
  return { lines: [...cart.lines, { ...line, id, quantity: 1 }], selectedId: id }
}

/** Sets the quantity of a line; zero removes it, and more than the largest is the largest. */
export function setQuantity(cart: Cart, id: string, quantity: number): Cart {
  if (quantity <= 0) return removeLine(cart, id)
  const kept = Math.min(quantity, largestQuantity)
  return {
    ...cart,
    lines: cart.lines.map((line) => (line.id === id ? { ...line, quantity: kept } : line)),
  }
}

/** Removes a line; the one that takes its place is selected. */
export function removeLine(cart: Cart, id: string): Cart {
  const place = cart.lines.findIndex((line) => line.id === id)
  if (place < 0) return cart
  const lines = cart.lines.filter((line) => line.id !== id)
  const next = lines[Math.min(place, lines.length - 1)]
  return { lines, selectedId: cart.selectedId === id ? (next?.id ?? null) : cart.selectedId }
}

/** Selects the line so many places below (or, negative, above) the selected one. */
export function moveSelection(cart: Cart, by: number): Cart {
  const place = cart.lines.findIndex(({ id }) => id === cart.selectedId)
  const from = place < 0 && by < 0 ? cart.lines.length : place
  const to = Math.min(Math.max(from + by, 0), cart.lines.length - 1)
  return { ...cart, selectedId: cart.lines[to]?.id ?? null }
}

/** The line that +, −, Del and F4 work on. */
export function selectedLine(cart: Cart): CartLine | undefined {
  return cart.lines.find(({ id }) => id === cart.selectedId)
}

/** The sum of all lines in minor units. */
export function totalMinor(lines: readonly CartLine[]): bigint {
  return lines.reduce((sum, line) => sum + lineMinor(line), 0n)
}

/** One line's amount in minor units. */
export function lineMinor({ priceMinor, quantity }: CartLine): bigint {
  return BigInt(priceMinor) * BigInt(quantity)
}

/** How many pieces are in the cart. */
export function countPieces(lines: readonly CartLine[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0)
}

/** The lines as a receipt has them. */
export function goodsOf(lines: readonly CartLine[]): GoodsLine[] {
  return lines.map(({ sku, name, quantity, priceMinor }) => ({
    ...{ sku: sku ?? '', name, quantity },
    unit_price: Number(priceMinor),
  }))
}
