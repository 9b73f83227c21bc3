import type { DeclineReason, ErrorCode } from '../errors/errors.ts'
import { saleSubject } from '../goods/goods.ts'
import { applyTransfers, firstBelowFloor, type Transfer } from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import { isWithin } from '../lib/week-hours.ts'
import { quotaKey, type LocalMoment } from '../route/route.ts'
import {
  fenceOf,
  judgePlace,
  type JudgedPlace,
  type TerminalPermission,
} from '../terminal/terminal.ts'
import {
  addUse,
  needsPin,
  overLimit,
  refuseAtAll,
  type Manner,
  type Spot,
} from '../wallet/wallet.ts'
import type { Ground } from './ground.ts'
import { chargedMinor, type Payment } from './state.ts'
import type { TillTerms } from './till-terms.ts'
import { topUpTransfer, transfersOf } from './transfers.ts'

/** What a payment is charged to, and the days and hours its limits are about. */
export type ChargeTo = UseOf & { sourceAccountId: string }

/** What decides whether the payer's mandate allows a payment, besides the payment. */
export type UseOf = {
  periods: LocalMoment
  isPartOfSale: boolean
  /** What the institution lets go by offline codes in a day at most, in minor units. */
  offlineCapMinor?: bigint | undefined
}

export type Charged =
  | { kind: 'charged'; transfers: Transfer[]; allocationVersion: number | null }
  | { kind: 'declined'; reason: DeclineReason }
  /** The rule changed meanwhile and names an account that is not locked: begin again. */
  | { kind: 'again' }

/**
 * Decides one charge on locked ground and, when it may be, counts it there, so that the next
 * payment of the batch sees the money gone and the limit used. Nothing is written.
 *
 * Source: P7 (limits), P14 (on-us), P29 (allocation).
 */
export function decideCharge(
  payment: Payment,
  { sourceAccountId, ...use }: ChargeTo,
  ground: Ground,
  now: Date,
): Charged {
  const { periods, isPartOfSale } = use
  if (payment.kind === 'purchase') {
    const reason = refuseUse(payment, use, ground)
    if (reason) return { kind: 'declined', reason }
  }
  const rule = payment.kind === 'purchase' ? ground.rules.get(payment.merchantId) : undefined
  const books = { subjectId: payment.id, debitAccountId: sourceAccountId, eventAt: now }
  const transfers =
    payment.kind === 'top_up'
      ? [topUpTransfer(payment, books)]
      : transfersOf(payment, rule?.lines ?? [], books)
  if (!areLocked(transfers, ground)) return { kind: 'again' }
  if (firstBelowFloor(ground.accounts, transfers) !== null)
    return { kind: 'declined', reason: 'insufficient_funds' }

  // After this point the charge succeeds.
  applyTransfers(ground.accounts, transfers)
  if (payment.kind === 'purchase') addUseOf(payment, periods, ground)
  if (isPartOfSale) addTender(payment, ground)
  return { kind: 'charged', transfers, allocationVersion: rule?.version ?? null }
}

/** Why the payer's mandate, or the sale, does not allow the payment now; null when they do. */
export function refuseUse(
  payment: Payment,
  { periods, isPartOfSale, offlineCapMinor }: UseOf,
  ground: Ground,
): DeclineReason | null {
  if (payment.mandateId !== null) {
    const terms = ground.mandates.get(payment.mandateId)
    assert(terms, 'a mandate that is named can be read')
    const spot = spotOf(payment, periods, ground)
    const amountMinor = chargedMinor(payment)
    const asked = { ...periods, ...mannerOf(payment), offlineCapMinor, amountMinor, spot }
    const reason = overLimit(terms, ground.counters, asked)
    if (reason) return reason
  }
  return isPartOfSale && !fitsSale(payment, ground) ? 'sale_already_paid' : null
}

/** Which limits of the day the payment counts in besides the sum. */
export const mannerOf = ({ needsPin: isWithPin, isOffline }: Payment): Manner => ({
  needsPin: isWithPin,
  isOffline,
})

/** Where and when the payment happens: as the terminal measured it, else where its store is. */
function spotOf(payment: Payment, moment: LocalMoment, { permissions }: Ground): Spot {
  const { merchantId, terminalId, position } = payment
  const { weekday, minuteOfDay } = moment
  const may = permissions.get(terminalId ?? '')
  const { storeKind: shopKind = null, storePosition = null } = may ?? {}
  return { merchantId, shopKind, position: position ?? storePosition, weekday, minuteOfDay }
}

/**
 * Whether the payment waits for the payer's PIN: not where the mandate refuses it anyway, since then
 * there is nothing to ask the payer.
 *
 * Source: P9 (confirmation above a limit), P7.
 */
export function mustConfirm(payment: Payment, moment: LocalMoment, ground: Ground): boolean {
  if (payment.kind !== 'purchase' || payment.mandateId === null) return false
  const terms = ground.mandates.get(payment.mandateId)
  assert(terms, 'a code has a mandate')
  const amountMinor = chargedMinor(payment)
  if (!needsPin(terms, ground.counters, { day: moment.day, amountMinor })) return false
  return refuseAtAll(terms, amountMinor, spotOf(payment, moment, ground)) === null
}

/** Counts what the payer pays against the mandate, where there is one. */
export function addUseOf(payment: Payment, { day, month }: LocalMoment, ground: Ground): void {
  const { mandateId } = payment
  if (mandateId === null) return
  const amountMinor = chargedMinor(payment)
  addUse(ground.counters, { mandateId, day, month, amountMinor, manner: mannerOf(payment) })
}

/** Whether every account of the transfers is among the locked ones. */
export const areLocked = (transfers: readonly Transfer[], { accounts }: Ground): boolean =>
  transfers.every((one) => accounts.has(one.debitAccountId) && accounts.has(one.creditAccountId))

/** Would the sale, with this tender, not be paid more than its goods cost? */
export function fitsSale(payment: Payment, ground: Ground): boolean {
  const sale = ground.sales.get(saleSubject(payment))
  assert(sale, 'the sale is locked')
  return sale.totalMinor === null || sale.paidMinor + payment.amountMinor <= sale.totalMinor
}

/** Counts the payment to its sale in memory, so that the next of the batch sees it. */
export function addTender(payment: Payment, ground: Ground): void {
  const sale = ground.sales.get(saleSubject(payment))
  assert(sale, 'the sale is locked')
  sale.paidMinor += payment.amountMinor
}

/** Why the terminal may not give this payment up, or null. Source: P22. */
export function refuseReverse({ terminalId }: Payment, { permissions }: Ground): ErrorCode | null {
  const may = permissions.get(terminalId ?? '')
  if (!may || may.state === 'new') return 'TERMINAL_NOT_ACTIVE'
  if (may.state === 'locked') return 'TERMINAL_LOCKED'
  return may.mayReverse ? null : 'TERMINAL_MAY_NOT_REVERSE'
}

/** When and how a payment comes in, for what the terminal's hours and fence say of it. */
export type AtTill = TillTerms & { moment: LocalMoment; now: Date }

/**
 * Why the terminal may not take this payment, or null. What was taken in already is asked again for its
 * lock, its limit and its scheme, and not for place and hour: `at` is null.
 *
 * Source: P21, P22; DESIGN §3 (refusals).
 */
export function refusePermission(
  payment: Payment,
  ground: Ground,
  at: AtTill | null = null,
): ErrorCode | null {
  if (payment.kind === 'top_up') return null
  const may = ground.permissions.get(payment.terminalId ?? '')
  if (!may || may.state === 'new') return 'TERMINAL_NOT_ACTIVE'
  if (may.state === 'locked') return 'TERMINAL_LOCKED'
  if (may.merchantState !== 'active' || may.storeState !== 'active') return 'MERCHANT_CLOSED'
  if (!may.mayTakePayment) return 'TERMINAL_MAY_NOT'
  const { limitPerPaymentMinor, schemes } = may
  if (limitPerPaymentMinor !== null && payment.amountMinor > limitPerPaymentMinor)
    return 'TERMINAL_OVER_LIMIT'
  // An order that nobody has scanned yet has no scheme.
  if (schemes && payment.scheme !== null && !schemes.includes(payment.scheme))
    return 'TERMINAL_SCHEME_CLOSED'
  return at && refuseHourOrPlace(payment, may, at)
}

function refuseHourOrPlace(
  { position }: Payment,
  may: TerminalPermission,
  at: AtTill,
): ErrorCode | null {
  if (may.hours && !may.hours.some((one) => isWithin(one, at.moment)))
    return 'TERMINAL_OUTSIDE_HOURS'
  const { action } = fenceOf(may, at.usualFence)
  // What pays through a key is no device and stands nowhere.
  if (may.isVirtual || action === 'flag') return null
  const { flags } = judgeAtTill(position, may, at)
  const isOutside = flags.includes('outside_fence')
  const isNowhere = flags.includes('no_position')
  if (!isOutside && !isNowhere) return null
  if (action === 'ask') return at.isPlaceConfirmed ? null : 'POSITION_TO_CONFIRM'
  return isOutside ? 'TERMINAL_OUTSIDE_FENCE' : 'POSITION_REQUIRED'
}

const judgeAtTill = (
  position: Payment['position'],
  may: TerminalPermission,
  { usualFence, now }: AtTill,
): JudgedPlace =>
  judgePlace(position, {
    ...{ store: may.storePosition, last: may.lastPosition, now },
    fence: may.isVirtual ? noFence : fenceOf(may, usualFence),
  })

const noFence = { radiusM: 0, action: 'flag' } as const

/** The place of a payment with what is odd about it, as it is kept. */
export function placeOf(payment: Payment, { permissions }: Ground, at: AtTill): PlaceOfPayment {
  const { position } = payment
  const may = permissions.get(payment.terminalId ?? '')
  if (!may || (position === null && may.isVirtual)) return { position, positionFlags: [] }
  const { flags: positionFlags, distanceM } = judgeAtTill(position, may, at)
  if (!position) return { position, positionFlags }
  const { latitude, longitude, accuracyM } = position
  return { position: { latitude, longitude, accuracyM, distanceM }, positionFlags }
}

type PlaceOfPayment = Pick<Payment, 'position' | 'positionFlags'>

/**
 * Why a payment does not fit into its terminal's day any more; null where the day has no limit.
 * `unknown`: it has one, and its counter is not locked.
 */
export function refuseDay(
  { kind, terminalId, amountMinor }: Payment,
  day: string,
  { permissions, quotas }: Ground,
): 'TERMINAL_OVER_DAY_LIMIT' | 'unknown' | null {
  const limitMinor = permissions.get(terminalId ?? '')?.limitPerDayMinor ?? null
  if (kind === 'top_up' || limitMinor === null) return null
  const usedMinor = quotas.get(quotaKey(terminalId ?? '', day))
  if (usedMinor === undefined) return 'unknown'
  return usedMinor + amountMinor > limitMinor ? 'TERMINAL_OVER_DAY_LIMIT' : null
}
