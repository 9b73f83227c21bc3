import type { Books, Movement } from '../counterpart/books.ts'
import { openBooks } from '../counterpart/books.ts'
import type { VirtualClock } from '../counterpart/clock.ts'
import type { CodeMint } from '../counterpart/codes.ts'
import { codeMint, randomDigits } from '../counterpart/codes.ts'
import type { FaultBook } from '../counterpart/faults.ts'
import type { NoticeLadder, Pending } from '../counterpart/notices.ts'
import type { Store, Table } from '../counterpart/store.ts'
import type { Keys } from './keys.ts'
import type { Notice } from './notify.ts'

/** A merchant's application at the gateway, and the Alipay account its money goes to. */
export type App = {
  appId: string
  name: string
  /** 2088 and twelve digits. */
  sellerId: string
  sellerEmail: string
  feeBps: bigint
}

export type Payer = {
  login: string
  name: string
  userId: string
  /** As merchants see it, masked. */
  logonId: string
  password: string
  /** Up to here a code pays by itself; above it the phone asks for the password. */
  noPasswordMinor: bigint
  perDayMinor: bigint
  state: 'active' | 'frozen'
}

/** How the payer comes to an order. */
export type Road = 'code' | 'qr' | 'user' | 'wap' | 'app' | 'agreement'

/** What a merchant asks for: the same for every road. */
export type Purchase = {
  appId: string
  outTradeNo: string
  totalMinor: bigint
  subject: string
  body: string
  product: string
  road: Road
  storeId: string
  operatorId: string
  terminalId: string
  passback: string
  notifyUrl: string
  expiresAt: string
}

/** An order that nobody has taken up yet: Alipay knows no trade before the payer scans or enters. */
export type Order = Purchase & {
  id: string
  /** In the link that leads to it. */
  token: string
  returnUrl: string
  quitUrl: string
  state: 'open' | 'closed'
}

/** What an unpaid trade waits for. `nothing`: a payment failed; only another code could pay it. */
export type Wait = { kind: 'nothing' } | { kind: 'password' } | { kind: 'queries'; left: number }

export type Trade = Purchase & {
  id: string
  tradeNo: string
  status: 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_FINISHED' | 'TRADE_CLOSED'
  payer: string
  wait: Wait
  /** The code that was scanned; codes are of no more use, so it may be kept. */
  authCode: string
  createdAt: string
  paidAt: string | null
  closedAt: string | null
  feeMinor: bigint
  refundedMinor: bigint
  feeReturnedMinor: bigint
  /** What trade.cancel did. */
  cancelled: 'close' | 'refund' | null
  /** How often trade.cancel still says "call again"; null before it first did. */
  recallsLeft: number | null
}

export type Refund = {
  id: string
  tradeId: string
  outRequestNo: string
  amountMinor: bigint
  feeReturnedMinor: bigint
  reason: string
  operatorId: string
  at: string
}

/** A payer's leave to be charged without being asked: how accounts are linked. */
export type Agreement = {
  agreementNo: string
  externalNo: string
  appId: string
  payer: string
  product: string
  scene: string
  status: 'NORMAL' | 'UNSIGN'
  signedAt: string
}

/** An agreement that the payer is asked to sign. */
export type Offer = {
  token: string
  appId: string
  externalNo: string
  product: string
  scene: string
  notifyUrl: string
  returnUrl: string
}

/** Alipay as it is here: its rows, its money, its clock and its faults. */
export type House = {
  clock: VirtualClock
  faults: FaultBook
  keys: Keys
  store: Store
  books: Books
  mint: CodeMint
  notices: NoticeLadder<Notice>
  /** Where phones and cashier pages are. */
  url: () => string
  apps: Table<App>
  payers: Table<Payer>
  orders: Table<Order>
  orderTokens: Table<string>
  trades: Table<Trade>
  tradeNos: Table<string>
  refunds: Table<Refund>
  agreements: Table<Agreement>
  offers: Table<Offer>
  /** What a payer has paid on a day of Beijing, in fen. */
  spent: Table<bigint>
}

const CODE_LIFE_MS = 60_000

/** Opens every table of the house over its store. */
export function openHouse(
  parts: Pick<House, 'clock' | 'faults' | 'keys' | 'store' | 'notices' | 'url'>,
): House {
  const { clock, store } = parts
  return {
    ...parts,
    books: openBooks(store.table<Movement>('movement')),
    mint: codeMint({ clock, lifeMs: CODE_LIFE_MS, make: makeCode }),
    apps: store.table('app'),
    payers: store.table('payer'),
    orders: store.table('order'),
    orderTokens: store.table('order_token'),
    trades: store.table('trade'),
    tradeNos: store.table('trade_no'),
    refunds: store.table('refund'),
    agreements: store.table('agreement'),
    offers: store.table('offer'),
    spent: store.table('spent'),
  }
}

/** The table in which pending notices outlive a restart. */
export const noticeTable = (store: Store): Table<Pending<Notice>> => store.table('notice')

// Eighteen digits that begin with 25 to 30. Source: reference/protocols.md §1.1.
function makeCode(): string {
  return `${25 + (Number(randomDigits(3)) % 6)}${randomDigits(16)}`
}

/** The accounts of the books: a payer's purse, a merchant's balance, Alipay's fees, the world. */
export const purse = (login: string): string => `payer:${login}`
export const till = (appId: string): string => `merchant:${appId}`
export const FEES = 'alipay:fees'
export const OUTSIDE = 'outside'
