import { AppError } from '../errors/errors.ts'
import type { SaleLine } from '../goods/goods.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import type { Currency } from '../money/money.ts'
import type { Institution } from '../party/party.ts'
import { readMerchantToken } from '../paycode/paycode.ts'
import { periodsAt } from '../wallet/wallet.ts'
import { fingerprintOf } from './fingerprint.ts'
import { open, type Order } from './onus.ts'
import { readMerchantCode, type MerchantCodeRow } from './present-code.ts'
import { isOrder } from './present-order.ts'
import { readPayment } from './read.ts'
import type { Actor, Paid, Payment, Position } from './state.ts'
import { dayUsesOf, rememberDayLimit, tillTermsOf } from './till-terms.ts'

/** An order that a merchant wants to show. */
export type OrderRequest = {
  institutionId: string
  merchantId: string
  storeId: string
  terminalId: string
  initiatorPartyId: string | null
  idempotencyKey: string
  orderNo: string
  saleNo: string | null
  amountMinor: bigint
  currency: Currency
  goods: readonly SaleLine[]
  position: Position | null
  /** The cashier has said that the place is right. */
  isPlaceConfirmed?: boolean
  /** How long it may be paid. */
  lifeSeconds: number
  actor: Actor
}

/**
 * Makes an order that a merchant shows: a payment that waits for whoever scans it, with no payer, no
 * source and no road yet. Its terminal is the one that shows it, so that this till hears of the
 * outcome. Nobody paid in time: it fails with `order_expired`. The same order again answers the same.
 *
 * @throws AppError as `pay` does for the terminal, the order number and the sale
 *
 * Source: DESIGN §10 (a merchant-shown order); protocols.md §1.4 (C scans B).
 */
export async function createOrder(io: Io, request: OrderRequest): Promise<Paid> {
  const institution = await io.institution(request.institutionId)
  if (request.currency !== institution.currency) throw new AppError('CURRENCY_NOT_SUPPORTED')
  for (let attempt = 1; attempt <= 2; attempt++) {
    const answer = await io.batched(open, institution.id, orderOf(io, institution, request))
    if (answer.kind === 'refused') throw new AppError(answer.code)
    if (answer.kind === 'paid') {
      io.poke(institution.id)
      return { payment: answer.payment, isReplay: answer.isReplay }
    }
    if (answer.hasDayLimit) rememberDayLimit(io, request.terminalId)
  }
  throw new AppError('BUSY')
}

function orderOf(io: Io, institution: Institution, request: OrderRequest): Order {
  const now = io.now()
  const { goods, saleNo, idempotencyKey, actor, terminalId, amountMinor } = request
  const said = { ...request, scannedCode: '' }
  const periods = periodsAt(now, institution.timeZone)
  return {
    draft: draftOf(request, now),
    idempotencyKey,
    fingerprint: fingerprintOf(io.pepper, said, Buffer.from('order')),
    ...{ codeHash: null, isOurCode: false, sourceAccountId: null, charge: null },
    ...{ ruleAccountIds: [], candidates: [] },
    quotas: dayUsesOf(io, { terminalId, day: periods.day, amountMinor }),
    till: tillTermsOf(io, request, request.isPlaceConfirmed),
    goods,
    isPartOfSale: goods.length > 0 || saleNo !== null,
    periods,
    confirmSeconds: institution.confirmSeconds,
    shownUntil: new Date(now.getTime() + request.lifeSeconds * 1_000),
    ...{ actor, now },
  }
}

function draftOf(request: OrderRequest, now: Date): Payment {
  const { institutionId, merchantId, storeId, terminalId, initiatorPartyId } = request
  const { orderNo, saleNo, amountMinor, currency, position } = request
  return {
    ...{ institutionId, merchantId, storeId, terminalId, initiatorPartyId, orderNo },
    ...{ id: newId('pay', now.getTime()), kind: 'purchase', state: 'processing' },
    ...{
      nextAction: null,
      saleNo: saleNo ?? orderNo,
      amountMinor,
      currency,
      position,
      positionFlags: [],
    },
    ...{ merchantName: '', storeName: '', terminalName: '' }, // the batch reads them
    ...{ discountMinor: 0n, merchantDiscountMinor: 0n, promotionId: null },
    ...{ scheme: null, road: null, maskedCode: null, payerId: null, payerName: null },
    ...{ sourceId: null, sourceLabel: null, mandateId: null, allocationVersion: null },
    ...{ needsPin: false, isOffline: false },
    ...{ declineReason: null, routeReasons: [], createdAt: now },
    ...{ confirmExpiresAt: null, completedAt: null },
  }
}

/** What stands behind a code that a merchant shows. */
export type Shown = { kind: 'order'; payment: Payment } | { kind: 'static'; code: MerchantCodeRow }

/** What a token names; null when it is no token, or names nothing that is shown. */
export async function readShown(io: Io, token: string): Promise<Shown | null> {
  const named = readMerchantToken(token)
  if (!named) return null
  const { institutionId, id, codeKind } = named
  if (codeKind === 'static') {
    const code = await readMerchantCode(io.db, institutionId, id)
    return code && { kind: 'static', code }
  }
  const payment = await readPayment(io.db, institutionId, id)
  return payment && isOrder(payment) ? { kind: 'order', payment } : null
}
