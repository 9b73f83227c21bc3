/**
 * The number of a new sale: `S`, the local time to the second, six random digits. People read it
 * from a receipt and type its end into the search, so it has digits only; it begins with a letter,
 * so it can never be taken for a payment code.
 */
export function newSaleNo(now: Date, random: () => number = randomFraction): string {
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
  const tail = Math.floor(random() * 1_000_000)
  return `S${day}${time}${String(tail).padStart(6, '0')}`
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
