import { issueCode } from '../../modules/wallet/wallet.ts'
import { institutionId, payerId, type World } from '../world.ts'

const LIFE_SECONDS = 3_600
const AT_ONCE = 1_024

/** One issued code, and the number of its payer. */
export type ReadyCode = { digits: string; payer: number }

/**
 * Issues codes through the wallet, the payers in turn, and answers them shuffled: people do not pay
 * in the order in which they opened their phones. A payer's older code dies a minute after a newer
 * one is issued, so there are two per payer at most, and they must be used soon.
 */
export async function issueCodes(
  { io, payerCount, payerFrom = 0 }: World,
  { count, firstPayer }: { count: number; firstPayer: number },
): Promise<ReadyCode[]> {
  const codes: ReadyCode[] = []
  const wanted = Math.min(count, 2 * payerCount)
  for (let from = 0; from < wanted; from += AT_ONCE) {
    const numbers = Array.from(
      { length: Math.min(AT_ONCE, wanted - from) },
      (_, at) => payerFrom + ((firstPayer + from + at) % payerCount),
    )
    const issued = await Promise.all(
      numbers.map((number) =>
        issueCode(io, { institutionId, payerId: payerId(number) }, LIFE_SECONDS),
      ),
    )
    issued.forEach(({ code }, at) =>
      codes.push({ digits: code.reveal(), payer: numbers[at] as number }),
    )
  }
  return shuffled(codes)
}

function shuffled<T>(items: T[]): T[] {
  for (let at = items.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1))
    ;[items[at], items[other]] = [items[other] as T, items[at] as T]
  }
  return items
}
