import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { assert } from '../lib/assert.ts'
import { newId } from '../lib/ids.ts'
import { classify, parse } from '../paycode/paycode.ts'
import { hashOf, periodsAt, readUsableSources, type FoundCode } from '../wallet/wallet.ts'
import { approve, type Act } from './approve.ts'
import { readCharges } from './charge.ts'
import { checkCharge, recordWord } from './check.ts'
import { fingerprintOf } from './fingerprint.ts'
import { discountOf } from './discount.ts'
import { lookUp, lookUpForeign } from './look-up.ts'
import { onus, open, type Order } from './onus.ts'
import { chooseRoad, newCharge, sourcesOf, type Asked, type Chance } from './roads.ts'
import { readPayment } from './read.ts'
import { ruleAccountsOf } from './rule-accounts.ts'
import { agreementOf, send } from './send.ts'
import { chargedMinor, type Actor, type Paid, type Payment, type PayRequest } from './state.ts'
import { dayUsesOf, rememberDayLimit, tillTermsOf } from './till-terms.ts'

export { readCharges, type Charge } from './charge.ts'
export { checkCharge, hastenChecks, recordOutcome, runChecks, type Outcome } from './check.ts'
export { expireConfirmations } from './expire.ts'
export { createOrder, readShown, type OrderRequest, type Shown } from './present.ts'
export {
  roadToShow,
  showAt,
  shownSchemes,
  type Ready,
  type Showing,
  type Way,
} from './present-channel.ts'
export {
  closeMerchantCode,
  createMerchantCode,
  readMerchantCode,
  readMerchantCodes,
  type MerchantCodeRow,
} from './present-code.ts'
export {
  giveStaticBack,
  lockStaticCounters,
  staticUsesOf,
  writeStaticCounters,
  type StaticCounters,
} from './present-cap.ts'
export { isOrder } from './present-order.ts'
export { payOrder, type OrderPayment } from './present-pay.ts'
export { createStaticOrder, type StaticOrder } from './present-static.ts'
export { listPayments, dayTotals, type DayTotal, type PaymentFilter } from './list.ts'
export { paymentOfPlain, plainPayment, type PlainPayment } from './plain.ts'
export { lockPayments, readCandidates, readPayment, readPayments, readTransitions } from './read.ts'
export { readReserved, type Reserved } from './reserved.ts'
export { lookAround, type Asked } from './roads.ts'
export { chargedMinor, wordsOf } from './state.ts'
export type * from './state.ts'
export { tillTermsOf, type TillTerms } from './till-terms.ts'
export { topUp, type TopUpRequest } from './top-up.ts'

/**
 * Takes one in-store payment, from the scanned text to the recorded outcome. Read this first:
 * every step is one call and one file, and all the branching of the flow is on this page.
 *
 *   parse → classify → look up → choose the road
 *     book:     on-us batch (lock, decide, write)                       → outbox
 *     channel:  open batch → charge, with no transaction open → record  → outbox
 *
 * A scan that names no live code, or a terminal that may not, is a refusal: AppError is thrown, no
 * payment exists, and the order number stays free. Once the code is taken there is a payment, and
 * a decline is its answer. Above the payer's no-PIN limit the payment waits, `processing`, for
 * `confirm`. A channel that says nothing final leaves it `processing` too, and the loops ask on
 * (`checkCharge`) until it is definite. The same order again answers the same payment. A code that was
 * made without a network is proved where it is looked up, and from there on is a code like any other.
 *
 * Payments that arrive together are looked up, opened and recorded together: the steps take batches.
 *
 * Source: CN107808285A claim 1 (S1 parse, S2 classify, S3 verify, debit, report); P1–P6, P8, P10–P14;
 * DESIGN §3.
 */
export async function pay(io: Io, request: PayRequest): Promise<Paid> {
  const institution = await io.institution(request.institutionId)
  const parsed = parse(request.scannedCode, io.issuers())
  if (parsed.refused !== undefined) throw new AppError(parsed.refused)
  const code = parsed.ok
  const { platform: scheme, proof } = classify(code)
  if (request.currency !== institution.currency) throw new AppError('CURRENCY_NOT_SUPPORTED')

  const issuerInstitutionId = code.issuer.institutionId
  const isOurs = issuerInstitutionId === institution.id
  const codeHash = hashOf(io, code)
  const fingerprint = fingerprintOf(io.pepper, request, codeHash)
  for (let attempt = 1; attempt <= 3; attempt++) {
    const now = io.now()
    const periods = periodsAt(now, institution.timeZone)
    const scan = { request, code, codeHash, fingerprint, periods, now }
    const known = await (isOurs ? lookUp : lookUpForeign)(io, institution, scan)
    if (known.kind === 'replay') return { payment: known.payment, isReplay: true }
    if (known.kind === 'refused') throw new AppError(known.code)
    const { found, ruleAccountIds, place } = known

    const { merchantId, storeId, position, amountMinor, currency, terminalId } = request
    const dayUses = dayUsesOf(io, { terminalId, day: periods.day, amountMinor })
    const sources = found ? await sourcesOf(io, institution.id, found) : []
    const where = { merchantId, storeId, place, position }
    const asked: Asked = { ...where, amountMinor, currency, scheme, issuerInstitutionId, sources }
    const chance = await chooseRoad(io, institution, { asked, now })

    const isOffline = proof === 'one_time_offline'
    const shown = { scheme: code.scheme, maskedCode: code.masked, isOffline }
    const draft = { ...draftOf(request, { found, chance }, now), ...shown }
    const { account, source, chosen, candidates } = chance
    const means = account && (source ? 'agreement' : 'code')
    const what = { codeHash: source ? null : codeHash, amountMinor: chargedMinor(draft), now }
    const answer = await io.batched(account ? open : onus, institution.id, {
      draft,
      idempotencyKey: request.idempotencyKey,
      fingerprint,
      codeHash,
      isOurCode: isOurs,
      sourceAccountId: account ? null : (source?.ledgerAccountId ?? null),
      charge: account && means ? newCharge(io, draft, { account, means, ...what }) : null,
      ruleAccountIds,
      quotas: [...chosen.uses, ...dayUses],
      till: tillTermsOf(io, request, request.isPlaceConfirmed),
      candidates,
      goods: request.goods,
      isPartOfSale: request.goods.length > 0 || request.saleNo !== null,
      periods,
      confirmSeconds: institution.confirmSeconds,
      offlineCapMinor: offlineCapOf(io, institution.id),
      actor: request.initiatorPartyId === null ? 'terminal' : 'merchant',
      now,
    } satisfies Order)
    if (answer.kind === 'refused') throw new AppError(answer.code)
    if (answer.kind === 'paid') {
      io.poke(institution.id)
      const { payment, charge, isReplay } = answer
      if (!charge) return { payment, isReplay }
      const how = source ? await agreementOf(io, payment) : ({ kind: 'code', code } as const)
      return { payment: await send(io, { payment, charge, means: how, ip: request.ip }), isReplay }
    }
    if (answer.hasDayLimit) rememberDayLimit(io, terminalId)
    else ruleAccountsOf(io).forget(merchantId)
  }
  throw new AppError('BUSY')
}

const offlineCapOf = (io: Io, institutionId: string): bigint =>
  io.settings(institutionId).minor('offline.day_limit_minor')

/** The payment as it will stand, made before the first try so that a rerun finds its own row. */
function draftOf(
  request: PayRequest,
  { found, chance }: { found: FoundCode | null; chance: Chance },
  now: Date,
): Payment {
  const { institutionId, merchantId, storeId, terminalId, initiatorPartyId, orderNo } = request
  const { chosen, account, source } = chance
  return {
    ...{ institutionId, merchantId, storeId, terminalId, initiatorPartyId, orderNo },
    id: newId('pay', now.getTime()),
    kind: 'purchase',
    state: 'processing',
    nextAction: null,
    ...{ merchantName: '', storeName: '', terminalName: '' }, // the batch reads them
    saleNo: request.saleNo ?? orderNo,
    amountMinor: request.amountMinor,
    ...discountOf(chosen),
    currency: request.currency,
    scheme: null,
    road: account?.channel ?? 'book',
    maskedCode: null,
    payerId: found?.payerId ?? null,
    payerName: found?.payerName ?? null,
    sourceId: source?.sourceId ?? null,
    sourceLabel: source?.label ?? null,
    mandateId: found?.mandateId ?? null,
    ...{ needsPin: false, isOffline: false },
    allocationVersion: null,
    declineReason: null,
    routeReasons: chosen.reasons,
    position: request.position,
    positionFlags: [],
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
 * Ends a payment that goes on. One that waits is `reversed` at once: nothing was taken. Of one whose
 * channel has been asked the charge is taken back, as soon as the channel allows and until it is
 * definite; until then it stays `processing` with `next_action: reverse`. A succeeded one is not
 * reversed but refunded.
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
  wanted: Omit<Act, 'now' | 'periods' | 'charge' | 'offlineCapMinor'>,
): Promise<Payment> {
  const { timeZone } = await io.institution(institutionId)
  const now = io.now()
  const periods = periodsAt(now, timeZone)
  const charge = wanted.act === 'confirm' ? await chargeOnConfirm(io, institutionId, wanted) : null
  const offlineCapMinor = offlineCapOf(io, institutionId)
  const wish = { ...wanted, charge, periods, offlineCapMinor, now }
  const acted = await io.batched(approve, institutionId, wish)
  if ('refused' in acted) throw new AppError(acted.refused)
  if ('underWay' in acted) return reverseCharge(io, acted.underWay, wanted)
  io.poke(institutionId)
  const { payment } = acted
  if (!acted.charge) return payment
  return send(io, { payment, charge: acted.charge, means: await agreementOf(io, payment) })
}

/** For a payment from an account at a scheme: the charge that its confirmation will send. */
async function chargeOnConfirm(
  io: Io,
  institutionId: string,
  { paymentId, payerId }: Pick<Act, 'paymentId' | 'payerId'>,
) {
  const payment = await readPayment(io.db, institutionId, paymentId)
  const isChannels = payment?.road !== 'book' && payment?.payerId === payerId
  if (!payment || !isChannels || payment.sourceId === null) return null
  const sources = await readUsableSources({ many: io.db.read }, institutionId, [
    payment.payerId ?? '',
  ])
  const source = sources.find(({ sourceId }) => sourceId === payment.sourceId)
  const road = source?.channelAccountId
    ? io.channels.road(institutionId, source.channelAccountId)
    : null
  if (!road) throw new AppError('CHANNEL_UNAVAILABLE')
  const { account } = road
  const what = { codeHash: null, amountMinor: chargedMinor(payment), now: io.now() }
  return newCharge(io, payment, { account, means: 'agreement', ...what })
}

/** Only its channel can end a charge that is under way: it is asked to, and the loops go on with it. */
async function reverseCharge(
  io: Io,
  payment: Payment,
  { act: wanted, actor }: Pick<Act, 'act' | 'actor'>,
): Promise<Payment> {
  if (wanted === 'expire' || wanted === 'confirm') return payment
  if (wanted === 'decline') throw new AppError('PAYMENT_NOT_WAITING')
  const { institutionId, id } = payment
  const [charge] = await readCharges(io.db, institutionId, [id])
  assert(charge, 'a payment whose channel was asked has a charge')
  const told = { by: 'wish_to_reverse' } as const
  const wished = await recordWord(io, institutionId, { chargeId: charge.id, told, actor })
  const { step, startedAt, channelAccountId } = wished.charge
  const road = io.channels.road(institutionId, channelAccountId)
  const ageMs = io.now().getTime() - startedAt.getTime()
  const mayNow = step === 'reverse' && road && ageMs >= road.channel.schedule.reverseNotBeforeMs
  return mayNow ? checkCharge(io, institutionId, charge.id, actor) : wished.payment
}
