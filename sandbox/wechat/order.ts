import { randomBytes } from 'node:crypto'

import { randomDigits } from '../counterpart/codes.ts'
import { compactTime } from './beijing.ts'
import type { House, Order, TradeType } from './house.ts'
import { keepOrder, keyOf, merchantOf } from './house.ts'
import { refuse } from './refusals.ts'

/** What a merchant says of an order, in whichever format it was said. */
export type OrderRequest = {
  mchid: string
  appid: string
  subMchid?: string | undefined
  subAppid?: string | undefined
  outTradeNo: string
  totalMinor: bigint
  body: string
  attach?: string | undefined
  deviceInfo?: string | undefined
  goodsTag?: string | undefined
  detail?: string | undefined
  storeId?: string | undefined
  profitSharing: boolean
  expiresAt?: Date | undefined
  wire: 'v2' | 'v3'
}

/** An order that the payer is to scan or open. */
export type PrepayRequest = OrderRequest & {
  tradeType: Exclude<TradeType, 'MICROPAY'>
  notifyUrl: string
  openid?: string | undefined
}

// Source: reference/protocols.md §2.5, for orders without a time_expire.
const ORDER_LIFE_MS = 7 * 86_400_000

/** A new order, not yet kept: of nobody, unpaid. */
export function newOrder(house: House, request: OrderRequest, tradeType: TradeType): Order {
  const at = house.clock.now()
  const { expiresAt, ...said } = request
  return {
    subMchid: undefined,
    subAppid: undefined,
    attach: undefined,
    deviceInfo: undefined,
    goodsTag: undefined,
    detail: undefined,
    storeId: undefined,
    ...said,
    // 28 digits that look like WeChat's. The random part is large enough for many sandboxes that
    // serve one platform in turn.
    transactionId: `4200${randomDigits(6)}${compactTime(at).slice(0, 8)}${randomDigits(10)}`,
    tradeType,
    state: 'NOTPAY',
    stateText: '订单未支付',
    currency: 'CNY',
    payer: undefined,
    bankType: 'OTHERS',
    feeBps: merchantOf(house, request.mchid)?.feeBps ?? 0n,
    feeMinor: 0n,
    refundedMinor: 0n,
    refundNos: [],
    madeAt: at.toISOString(),
    paidAt: undefined,
    endedAt: undefined,
    expiresAt: (expiresAt ?? new Date(at.getTime() + ORDER_LIFE_MS)).toISOString(),
    prepayId: undefined,
    codeUrl: undefined,
    notifyUrl: undefined,
    openid: undefined,
    authCode: undefined,
    confirmAnswersLeft: undefined,
    recallsLeft: 0,
  }
}

/**
 * Makes an order for the payer to scan or open. The same request again answers the same order, as
 * long as it is unpaid.
 *
 * @throws Refusal when the number is taken by something else
 */
export function prepay(house: House, request: PrepayRequest): Order {
  const key = keyOf(request.mchid, request.outTradeNo)
  if (house.tombstones.get(key)) refuse('ORDERREVERSED')
  const known = house.orders.get(key)
  if (known) return sameOrder(known, request)
  const { tradeType, notifyUrl, openid } = request
  const prepayId = `wx${compactTime(house.clock.now())}${randomBytes(10).toString('hex')}`
  const codeUrl = `weixin://wxpay/bizpayurl?pr=${randomBytes(6).toString('base64url')}`
  return keepOrder(house, {
    ...newOrder(house, request, tradeType),
    prepayId,
    codeUrl: tradeType === 'NATIVE' ? codeUrl : undefined,
    notifyUrl,
    openid,
  })
}

function sameOrder(known: Order, request: PrepayRequest): Order {
  if (known.paidAt !== undefined) refuse('ORDERPAID')
  if (known.state === 'CLOSED') refuse('ORDERCLOSED')
  const isSame =
    known.tradeType === request.tradeType &&
    known.totalMinor === request.totalMinor &&
    known.body === request.body
  return isSame ? known : refuse('OUT_TRADE_NO_USED')
}
