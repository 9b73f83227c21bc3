import type { Books, Movement } from '../counterpart/books.ts'
import { openBooks } from '../counterpart/books.ts'
import type { VirtualClock } from '../counterpart/clock.ts'
import type { CodeMint } from '../counterpart/codes.ts'
import { codeMint, randomDigits } from '../counterpart/codes.ts'
import type { FaultBook } from '../counterpart/faults.ts'
import type { NoticeLadder, Pending } from '../counterpart/notices.ts'
import type { Store, Table } from '../counterpart/store.ts'
import type { RespCode } from './codes.ts'
import type { Keys } from './keys.ts'
import type { Notice } from './notify.ts'

export type Merchant = {
  /** 15 digits. */
  merId: string
  name: string
  /** Merchant category code. */
  mcc: string
  feeBps: bigint
}

/** A payer with one card, whose app shows codes. */
export type Payer = {
  login: string
  name: string
  cardNo: string
  /** 01 debit, 02 credit. */
  cardType: '01' | '02'
  password: string
  /** Up to here a code pays by itself; above it the phone asks for the password. */
  noPasswordMinor: bigint
  perDayMinor: bigint
  state: 'active' | 'frozen'
}

/**
 * What a transaction that was accepted waits for: UnionPay's own work, the payer's password, the
 * payer's coming (QR code, front page, app), or to be asked a few times.
 */
export type Wait = 'work' | 'password' | 'payer' | { queries: number }

export type Txn = {
  /** merId/orderId/txnTime: what a merchant names it by. */
  id: string
  /** 21 digits. */
  queryId: string
  merId: string
  orderId: string
  txnTime: string
  txnType: '01' | '04' | '31' | '79'
  txnSubType: string
  bizType: string
  accessType: string
  channelType: string
  termId: string
  amountMinor: bigint
  backUrl: string
  frontUrl: string
  reqReserved: string
  payer: string
  /** What leads the payer to it: a QR code's text, a tn, a page's token. */
  link: string
  tokenPayData: string
  origQueryId: string
  state: 'accepted' | 'succeeded' | 'failed' | 'reversed'
  wait: Wait
  /** What a fault has decided that it will end with. */
  fate: RespCode | null
  /** What a query says of it: 05 while it is under way. */
  code: RespCode
  traceNo: string
  acceptedAt: string
  /** For a payer who must come or type. */
  expiresAt: string
  doneAt: string | null
  /** The clearing day that its money belongs to. */
  clearedOn: string | null
  feeMinor: bigint
  /** Of a purchase: what was given back or is about to be. */
  refundedMinor: bigint
  feeReturnedMinor: bigint
  isVoided: boolean
  reversedAt: string | null
  /** How often a reversal still answers "unknown, call again"; null before it first did. */
  recallsLeft: number | null
}

/** A payer's card on file with a merchant. */
export type Token = { token: string; trId: string; merId: string; payer: string; isLive: boolean }

/** UnionPay as it is here: its rows, its money, its clock and its faults. */
export type House = {
  clock: VirtualClock
  faults: FaultBook
  keys: Keys
  store: Store
  books: Books
  mint: CodeMint
  notices: NoticeLadder<Notice>
  url: () => string
  /** How long an accepted transaction is under way. 0: it is done before the answer is sent. */
  workMs: number
  merchants: Table<Merchant>
  payers: Table<Payer>
  txns: Table<Txn>
  queryIds: Table<string>
  links: Table<string>
  tokens: Table<Token>
  /** What a payer has paid on a day of Beijing, in fen. */
  spent: Table<bigint>
}

const CODE_LIFE_MS = 60_000

/** Opens every table of the house over its store. */
export function openHouse(
  parts: Pick<House, 'clock' | 'faults' | 'keys' | 'store' | 'notices' | 'url' | 'workMs'>,
): House {
  const { clock, store } = parts
  return {
    ...parts,
    books: openBooks(store.table<Movement>('movement')),
    // Nineteen digits that begin with 62. Source: reference/protocols.md §1.1.
    mint: codeMint({ clock, lifeMs: CODE_LIFE_MS, make: () => `62${randomDigits(17)}` }),
    merchants: store.table('merchant'),
    payers: store.table('payer'),
    txns: store.table('txn'),
    queryIds: store.table('query_id'),
    links: store.table('link'),
    tokens: store.table('token'),
    spent: store.table('spent'),
  }
}

/** The table in which pending notices outlive a restart. */
export const noticeTable = (store: Store): Table<Pending<Notice>> => store.table('notice')

export const txnId = (merId: string, orderId: string, txnTime: string): string =>
  `${merId}/${orderId}/${txnTime}`

/** The accounts of the books: a payer's card, what a merchant is owed, UnionPay's fees, the world. */
export const card = (login: string): string => `card:${login}`
export const owed = (merId: string): string => `merchant:${merId}`
export const FEES = 'unionpay:fees'
export const OUTSIDE = 'outside'

/** A card number as messages and files show it. */
export const maskCard = (cardNo: string): string =>
  `${cardNo.slice(0, 4)}${'*'.repeat(cardNo.length - 8)}${cardNo.slice(-4)}`
