import { formatTime, isoDay } from '../ui/i18n.tsx'

/**
 * The number of a new sale: `S`, the shop's time to the second, six random digits. People read it
 * from a receipt and type its end into the search, so it has digits only; it begins with a letter,
 * so it can never be taken for a payment code.
 *
 * @param zone of the institution; the device's own clock may be set to any
 */
export function newSaleNo(
  atMs: number,
  zone: string | undefined,
  random: () => number = randomFraction,
): string {
  const day = isoDay(atMs, zone).slice(2)
  const tail = String(Math.floor(random() * 1_000_000)).padStart(6, '0')
  return `S${`${day}${formatTime(atMs, zone)}`.replace(/\D/g, '')}${tail}`
}

/**
 * The order number of one attempt of a sale. A number names one attempt, so a second code for the
 * same sale gets the next number. Source: DESIGN §3, `order_no` and `sale_no`.
 */
export function orderNoOf(saleNo: string, attempt: number): string {
  return `${saleNo}-${attempt}`
}

function randomFraction(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1))
  return word / 2 ** 32
}
