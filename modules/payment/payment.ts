import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import { classify, parse } from '../paycode/paycode.ts'
import { hashOf, periodsAt } from '../wallet/wallet.ts'
import { approve, type Act } from './approve.ts'
import { fingerprintOf } from './fingerprint.ts'
import { lookUp, type Known } from './look-up.ts'
import { onus, type Order } from './onus.ts'
import { ruleAccountsOf } from './rule-accounts.ts'
import type { Actor, Paid, Payment, PayRequest } from './state.ts'

export { expireConfirmations } from './expire.ts'
export { listPayments, dayTotals, type DayTotal, type PaymentFilter } from './list.ts'
export { paymentOfPlain, plainPayment, type PlainPayment } from './plain.ts'
export { readPayment, readPayments, readTransitions } from './read.ts'
export { routeWords } from './state.ts'
export type * from './state.ts'
export { topUp, type TopUpRequest } from './top-up.ts'

/**
 * Takes one in-store payment, from the scanned text to the recorded outcome. Read this first:
 * every step is one call and one file, and all the branching of the flow is on this page.
 *
 *   parse → classify → look up → route → on-us batch (lock, decide, write) → outbox
 *
 * A scan that names no live code, or a terminal that may not, is a refusal: AppError is thrown, no
 * payment exists, and the order number stays free. Once the code is taken there is a payment, and
 * a decline is its answer. Above the payer's no-PIN limit the payment waits, `processing`, for
 * `confirm`. The same order again answers the same payment.
 *
 * Payments that arrive together are looked up and booked together: the steps take batches.
 *
 * Source: CN107808285A claim 1 (S1 parse, S2 classify, S3 verify, debit, report); P1–P5, P14;
 * DESIGN §3.
 */
export async function pay(io: Io, request: PayRequest): Promise<Paid> {
  const institution = await io.institution(request.institutionId)
  const parsed = parse(request.scannedCode, io.issuers())
  if (parsed.refused !== undefined) throw new AppError(parsed.refused)
  const code = parsed.ok
  const { proof } = classify(code)

  // The road. Our own online codes of this institution are booked here; no other road is open yet.
  const isOnUs = proof === 'one_time_online' && code.issuer.institutionId === institution.id
  if (!isOnUs) throw new AppError('SCHEME_NOT_OPEN')
  if (request.currency !== institution.currency) throw new AppError('CURRENCY_NOT_SUPPORTED')

  const codeHash = hashOf(io, code)
  const fingerprint = fingerprintOf(io.pepper, request, codeHash)
  for (let attempt = 1; attempt <= 3; attempt++) {
    const now = io.now()
    const periods = periodsAt(now, institution.timeZone)
    const known = await lookUp(io, institution, { request, codeHash, fingerprint, periods, now })
    if (known.kind === 'replay') return { payment: known.payment, isReplay: true }
    if (known.kind === 'refused') throw new AppError(known.code)

    const answer = await io.batched(onus, institution.id, {
      draft: { ...draftOf(request, known, now), scheme: code.scheme, maskedCode: code.masked },
      idempotencyKey: request.idempotencyKey,
      fingerprint,
      codeHash,
      sourceAccountId: known.found.sourceAccountId,
      ruleAccountIds: known.ruleAccountIds,
      goods: request.goods,
      isPartOfSale: request.goods.length > 0 || request.saleNo !== null,
      periods,
      confirmSeconds: institution.confirmSeconds,
      actor: request.initiatorPartyId === null ? 'terminal' : 'merchant',
      now,
    } satisfies Order)
    if (answer.kind === 'refused') throw new AppError(answer.code)
    if (answer.kind === 'paid') {
      io.poke(institution.id)
      return answer
    }
    ruleAccountsOf(io).forget(request.merchantId)
  }
  throw new AppError('BUSY')
}

/** The payment as it will stand, made before the first try so that a rerun finds its own row. */
function draftOf(request: PayRequest, { found }: Known, now: Date): Payment {
  const { institutionId, merchantId, storeId, terminalId, initiatorPartyId, orderNo } = request
  return {
    ...{ institutionId, merchantId, storeId, terminalId, initiatorPartyId, orderNo },
    id: newId('pay', now.getTime()),
    kind: 'purchase',
    state: 'processing',
    nextAction: null,
    ...{ merchantName: '', storeName: '', terminalName: '' }, // the batch reads them
    saleNo: request.saleNo ?? orderNo,
    amountMinor: request.amountMinor,
    currency: request.currency,
    scheme: null,
    road: 'book',
    maskedCode: null,
    payerId: found.payerId,
    payerName: found.payerName,
    sourceId: found.sourceId,
    sourceLabel: found.sourceLabel,
    mandateId: found.mandateId,
    allocationVersion: null,
    declineReason: null,
    routeReasons: [{ code: 'on_us' }, { code: 'payer_chose_source' }],
    position: request.position,
    createdAt: now,
    confirmExpiresAt: null,
    completedAt: null,
  }
}

export type Confirmation = { institutionId: string; paymentId: string; payerId: string }

/**
 * The payer approves a payment that waits; the caller has checked the PIN. Limits and funds are
 * decided now. Approved again it answers the same.
 *
 * @throws AppError NOT_FOUND, PAYMENT_FINAL
 */
export const confirm = (io: Io, { institutionId, paymentId, payerId }: Confirmation) =>
  act(io, institutionId, { paymentId, payerId, act: 'confirm', actor: 'payer' })

/** The payer says no: the payment fails with `payer_declined`. Throws as `confirm` does. */
export const decline = (io: Io, { institutionId, paymentId, payerId }: Confirmation) =>
  act(io, institutionId, { paymentId, payerId, act: 'decline', actor: 'payer' })

/**
 * Ends a payment that still waits: `reversed`, nothing was taken. A succeeded one is not reversed
 * but refunded.
 *
 * @throws AppError NOT_FOUND, PAYMENT_FINAL
 */
export const reverse = (
  io: Io,
  { institutionId, paymentId, actor }: { institutionId: string; paymentId: string; actor: Actor },
) => act(io, institutionId, { paymentId, payerId: null, act: 'reverse', actor })

async function act(
  io: Io,
  institutionId: string,
  wanted: Omit<Act, 'now' | 'periods'>,
): Promise<Payment> {
  const { timeZone } = await io.institution(institutionId)
  const now = io.now()
  const periods = periodsAt(now, timeZone)
  const acted = await io.batched(approve, institutionId, { ...wanted, periods, now })
  if ('refused' in acted) throw new AppError(acted.refused)
  io.poke(institutionId)
  return acted.payment
}
