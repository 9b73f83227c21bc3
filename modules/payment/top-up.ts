import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import type { Currency } from '../money/money.ts'
import { findHouseMerchant } from '../party/party.ts'
import { listSources, periodsAt, readPayer } from '../wallet/wallet.ts'
import { fingerprintOf } from './fingerprint.ts'
import { onus } from './onus.ts'
import type { Paid, Payment } from './state.ts'

/** A payer moves money from a card at this institution to the stored balance. */
export type TopUpRequest = {
  institutionId: string
  payerId: string
  sourceId: string
  amountMinor: bigint
  currency: Currency
  idempotencyKey: string
}

/**
 * Tops a payer's balance up from a card: a payment of kind `top_up` to the house merchant, booked
 * in the same on-us batch. The caller has checked the PIN. It uses no limit of the mandate: the
 * money stays the payer's own.
 *
 * @throws AppError NOT_FOUND (no such card of this payer), CURRENCY_NOT_SUPPORTED, BUSY
 *
 * Source: DESIGN §10 (top-up).
 */
export async function topUp(io: Io, request: TopUpRequest): Promise<Paid> {
  const { institutionId, payerId, sourceId, amountMinor, currency, idempotencyKey } = request
  const institution = await io.institution(institutionId)
  if (currency !== institution.currency) throw new AppError('CURRENCY_NOT_SUPPORTED')
  const [sources, payer] = await Promise.all([
    listSources(io.db, { institutionId, payerId }),
    readPayer(io.db, institutionId, payerId),
  ])
  const source = sources.find(({ id, kind }) => id === sourceId && kind === 'card')
  if (!payer || source?.state !== 'active') throw new AppError('NOT_FOUND', { param: 'source' })
  const house = await findHouseMerchant(io.db, institutionId)
  if (!house) throw new AppError('NOT_FOUND')

  const now = io.now()
  const id = newId('pay', now.getTime())
  // The key is the payer's; the house merchant has many payers, so it carries the payer too.
  const key = `${payerId}/${idempotencyKey}`
  const draft: Payment = {
    ...{ institutionId, id, kind: 'top_up', state: 'processing', nextAction: null },
    ...{ merchantId: house.id, merchantName: house.name, storeId: null, storeName: null },
    ...{ terminalId: null, terminalName: null, initiatorPartyId: null },
    ...{ orderNo: key, saleNo: key, amountMinor, currency, scheme: 'onetill', road: 'book' },
    ...{ discountMinor: 0n, merchantDiscountMinor: 0n, promotionId: null },
    ...{ maskedCode: null, payerId, payerName: payer.name, sourceId },
    ...{ sourceLabel: source.label, mandateId: null, allocationVersion: null },
    ...{ needsPin: false, isOffline: false },
    ...{
      declineReason: null,
      routeReasons: [{ code: 'on_us' }],
      position: null,
      positionFlags: [],
    },
    ...{ createdAt: now, confirmExpiresAt: null, completedAt: null },
  }
  const said = { ...request, merchantId: house.id, storeId: sourceId, orderNo: key, saleNo: null }
  const fingerprint = fingerprintOf(
    io.pepper,
    { ...said, terminalId: '', initiatorPartyId: null, scannedCode: '', goods: [], position: null },
    Buffer.alloc(0),
  )
  const answer = await io.batched(onus, institutionId, {
    ...{ draft, idempotencyKey: key, fingerprint, codeHash: null, isOurCode: true },
    ...{ sourceAccountId: source.ledgerAccountId, charge: null, ruleAccountIds: [], goods: [] },
    ...{ quotas: [], candidates: [] },
    ...{ isPartOfSale: false, periods: periodsAt(now, institution.timeZone) },
    ...{ confirmSeconds: institution.confirmSeconds, actor: 'payer', now },
  })
  if (answer.kind === 'refused') throw new AppError(answer.code)
  if (answer.kind === 'again') throw new AppError('BUSY')
  io.poke(institutionId)
  return answer
}
