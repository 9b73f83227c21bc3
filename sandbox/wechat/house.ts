import type { Books } from '../counterpart/books.ts'
import type { VirtualClock } from '../counterpart/clock.ts'
import type { CodeMint } from '../counterpart/codes.ts'
import type { FaultBook } from '../counterpart/faults.ts'
import type { Table } from '../counterpart/store.ts'
import type { Accounts, Merchant, Payer } from './accounts.ts'
import type { Contract, Signing } from './contract.ts'
import type { RefusalCode } from './refusals.ts'
import { refuse } from './refusals.ts'

export type TradeType = 'MICROPAY' | 'NATIVE' | 'JSAPI' | 'APP' | 'MWEB' | 'PAP'

/**
 * Source: reference/protocols.md §2.3; the last two are of 委托代扣, 查询订单: taken in and waiting to be
 * charged, and not charged.
 */
export type TradeState =
  | 'NOTPAY'
  | 'USERPAYING'
  | 'SUCCESS'
  | 'REFUND'
  | 'CLOSED'
  | 'REVOKED'
  | 'PAYERROR'
  | 'ACCEPT'
  | 'PAY_FAIL'

/** An order with all that a query, a notice and later a bill say of it. */
export type Order = {
  mchid: string
  appid: string
  subMchid: string | undefined
  subAppid: string | undefined
  outTradeNo: string
  /** WeChat's number. Told only of orders that were paid. */
  transactionId: string
  tradeType: TradeType
  state: TradeState
  stateText: string
  totalMinor: bigint
  currency: 'CNY'
  body: string
  attach: string | undefined
  deviceInfo: string | undefined
  goodsTag: string | undefined
  detail: string | undefined
  storeId: string | undefined
  profitSharing: boolean
  /** Who pays: a payer's name. Of an order that nobody has scanned yet: undefined. */
  payer: string | undefined
  bankType: string
  feeBps: bigint
  /** What WeChat keeps; 0 until it is paid. */
  feeMinor: bigint
  refundedMinor: bigint
  /** The merchant's numbers of its refunds, oldest first. */
  refundNos: string[]
  wire: 'v2' | 'v3'
  /** RFC 3339, UTC, as all times here. */
  madeAt: string
  paidAt: string | undefined
  endedAt: string | undefined
  /** Not payable any more from here on. */
  expiresAt: string
  prepayId: string | undefined
  codeUrl: string | undefined
  notifyUrl: string | undefined
  /** The one payer who may pay it (JSAPI). */
  openid: string | undefined
  /** A charge's code, to know a repeated request by. */
  authCode: string | undefined
  /** By which contract it is charged (PAP), and why it could not be. */
  contractId?: string
  failure?: RefusalCode
  /** How often a query still answers that it waits before it is paid by itself. */
  confirmAnswersLeft: number | undefined
  /** How often a reversal still answers "call again". */
  recallsLeft: number
}

export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL'

export type Refund = {
  mchid: string
  outRefundNo: string
  refundId: string
  outTradeNo: string
  transactionId: string
  totalMinor: bigint
  refundMinor: bigint
  /** The part of the fee that goes back to the merchant. */
  feeBackMinor: bigint
  status: RefundStatus
  /** ORIGINAL: to where it came from. */
  channel: 'ORIGINAL'
  receivedAccount: string
  reason: string | undefined
  notifyUrl: string | undefined
  wire: 'v2' | 'v3'
  madeAt: string
  endedAt: string | undefined
}

/** What is to be told to a merchant. The order or refund is read again when it is sent. */
export type Notice = {
  id: string
  /** `paid` tells of an order by contract that could not be charged, too. */
  kind: 'paid' | 'refund' | 'contract'
  /** Of a contract: signed, or ended. */
  change?: 'ADD' | 'DELETE'
  orderNo: string
  mchid: string
  /** The order's number, the refund's, or the contract's. */
  subject: string
  url: string
  wire: 'v2' | 'v3'
  madeAt: string
}

/** All that the steps of this counterpart work on. */
export type House = {
  clock: VirtualClock
  faults: FaultBook
  books: Books
  codes: CodeMint
  accounts: Accounts
  orders: Table<Order>
  refunds: Table<Refund>
  contracts: Table<Contract>
  /** Pages on which a payer is asked to sign, by what stands in their addresses. */
  signings: Map<string, Signing>
  /** What a web page may ask once who its payer is, by the code that the browser carries. */
  logins: Map<string, { appid: string; payer: string; expiresMs: number; isUsed: boolean }>
  /** Order numbers that were reversed before any order came: they stay refused. */
  tombstones: Table<{ at: string }>
  /** Which order a transaction id, a prepay id or a code_url belongs to. */
  index: Map<string, string>
  /** How long a payer may take for the password before WeChat gives the charge up. */
  passwordLifeMs: number
  /** How long a charge by contract is under way. */
  papayMs: number
  /** How long a refund is under way. */
  refundMs: number
  /** Where this counterpart is reached: part of mweb_url. */
  url: () => string
  post: (notice: Notice) => void
}

/** The key of an order or refund: its merchant and the merchant's number. */
export const keyOf = (mchid: string, number: string): string => `${mchid}/${number}`

/** Writes an order and makes it findable by WeChat's own numbers. */
export function keepOrder(house: House, order: Order): Order {
  const key = keyOf(order.mchid, order.outTradeNo)
  house.orders.put(key, order)
  indexOrder(house.index, order)
  return order
}

/** Makes an order findable by WeChat's own numbers. */
export function indexOrder(index: Map<string, string>, order: Order): void {
  const key = keyOf(order.mchid, order.outTradeNo)
  index.set(order.transactionId, key)
  if (order.prepayId !== undefined) index.set(order.prepayId, key)
  if (order.codeUrl !== undefined) index.set(order.codeUrl, key)
}

/** The merchant with this number, if there is one. */
export function merchantOf(house: House, mchid: string): Merchant | undefined {
  return house.accounts.merchants.find((merchant) => merchant.mchid === mchid)
}

/** The payer with this name, if there is one. */
export function payerOf(house: House, name: string): Payer | undefined {
  return house.accounts.payers.find((payer) => payer.name === name)
}

/** An order's number as the caller gives it: WeChat's own goes first. Source: V2 查询订单. */
export type OrderRef = { outTradeNo?: string | undefined; transactionId?: string | undefined }

/**
 * Finds an order by either number, within one merchant.
 *
 * @throws Refusal LACK_PARAMS without a number, ORDERNOTEXIST when there is none
 */
export function findOrder(house: House, mchid: string, ref: OrderRef): Order {
  const key = ref.transactionId
    ? house.index.get(ref.transactionId)
    : ref.outTradeNo
      ? keyOf(mchid, ref.outTradeNo)
      : refuse('LACK_PARAMS', '缺少参数out_trade_no或transaction_id')
  const order = key === undefined ? undefined : house.orders.get(key)
  if (!order || order.mchid !== mchid) return refuse('ORDERNOTEXIST')
  if (ref.transactionId && order.paidAt === undefined) return refuse('ORDERNOTEXIST')
  return order
}

export const accountOfPayer = (name: string): string => `payer:${name}`
export const accountOfMerchant = (mchid: string): string => `merchant:${mchid}`
export const feeAccount = 'wechat:fees'
export const refundsUnderWay = 'wechat:refunds_under_way'
/** Where the payers' opening money came from. */
export const outside = 'outside'
