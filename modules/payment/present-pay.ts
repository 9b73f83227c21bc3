import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { periodsAt, readPayer, readUsableSources } from '../wallet/wallet.ts'
import { takeUp } from './present-take-up.ts'
import type { Paid } from './state.ts'

/** A payer of ours pays an order. */
export type OrderPayment = {
  institutionId: string
  paymentId: string
  payerId: string
  /** Null: the source that the payer has chosen. */
  sourceId: string | null
  /** The PIN was entered, and the caller has checked it. */
  hasPin: boolean
}

/**
 * Pays an order that a merchant shows out of an account at this institution. Paid again by the same
 * payer it answers the same payment.
 *
 * @throws AppError NOT_FOUND (no such order, no such source), ORDER_EXPIRED (paid, closed or too
 *   old), PIN_WRONG (the amount needs one), PAYER_FROZEN, and what the terminal may not
 *
 * Source: P14; DESIGN §10.
 */
export async function payOrder(
  io: Io,
  { institutionId, paymentId, payerId, sourceId, hasPin }: OrderPayment,
): Promise<Paid> {
  const [{ timeZone }, payer, sources] = await Promise.all([
    io.institution(institutionId),
    readPayer(io.db, institutionId, payerId),
    readUsableSources({ many: io.db.read }, institutionId, [payerId]),
  ])
  if (!payer) throw new AppError('NOT_FOUND')
  const wanted = sourceId ?? payer.chosenSourceId
  const source = sources.find((one) => one.sourceId === wanted)
  if (!source) throw new AppError('NOT_FOUND', { param: 'source' })
  // An account at a scheme pays at the scheme's own page, not out of our books.
  const { ledgerAccountId, label: sourceLabel } = source
  if (ledgerAccountId === null) throw new AppError('NO_ROAD_LEFT', { param: 'source' })
  const now = io.now()
  const taken = await io.batched(takeUp, institutionId, {
    paymentId,
    payer: { payerId, payerName: payer.name, mandateId: payer.mandateId },
    source: { sourceId: source.sourceId, sourceLabel, ledgerAccountId },
    ...{ hasPin, periods: periodsAt(now, timeZone), now },
  })
  if ('refused' in taken) {
    const isPin = taken.refused === 'PIN_WRONG'
    throw new AppError(taken.refused, isPin ? { param: 'pin' } : {})
  }
  if (!taken.isReplay) io.poke(institutionId)
  return taken
}
