import { isNothingMade, type Charge, type Outcome } from './charge.ts'
import { isReference } from './name.ts'
import type { Wish } from './desk.ts'
import type { Words } from './words.ts'

/** What a cash register is told: as JSON over the network, as one line over a serial line. */
export function showOutcome(words: Words, charge: Charge, outcome: Outcome | null) {
  const payment = outcome?.payment ?? null
  return {
    object: 'charge',
    reference: charge.reference,
    state: outcome?.state ?? 'processing',
    amount: Number(charge.amountMinor),
    currency: charge.currency,
    payment: payment?.id ?? null,
    charged: payment?.charged ?? null,
    discount: payment?.discount ?? null,
    scheme: payment?.scheme ?? null,
    payer_name: payment?.payer_name ?? null,
    completed_at: payment?.completed_at ?? null,
    code: outcome?.code ?? null,
    message: outcome ? words.why(outcome.code) : words.text('not_decided'),
    /** Whether the same reference may be sent again for another try. */
    may_retry: outcome !== null && isNothingMade(outcome),
  }
}

const LARGEST_MINOR = Number.MAX_SAFE_INTEGER

/** Reads `{amount, currency, reference, scanned_text?}`. Answers the wrong field's name instead. */
export function readWish(body: unknown): { wish: Wish; wrong?: undefined } | { wrong: string } {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return { wrong: 'body' }
  const { amount, currency, reference, scanned_text, position_confirmed, ...others } =
    body as Record<string, unknown>
  const strange = Object.keys(others)[0]
  if (strange !== undefined) return { wrong: strange }
  const isAmount = Number.isInteger(amount) && Number(amount) > 0 && Number(amount) <= LARGEST_MINOR
  if (!isAmount) return { wrong: 'amount' }
  if (typeof reference !== 'string' || !isReference(reference)) return { wrong: 'reference' }
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return { wrong: 'currency' }
  const isScan = typeof scanned_text === 'string' && scanned_text.trim() !== ''
  if (scanned_text !== undefined && !isScan) return { wrong: 'scanned_text' }
  return {
    wish: {
      ...{ reference, currency, amountMinor: BigInt(Number(amount)) },
      scannedText: isScan ? scanned_text.trim() : null,
      isPlaceConfirmed: position_confirmed === true,
    },
  }
}
