import type { Schedule } from '../channel.ts'

/** One merchant at UnionPay, and how it is spoken to. Data only: a row of settings, keys decrypted. */
export type UnionpayAccount = {
  /** Without a path: https://gateway.95516.com, or where a sandbox is. */
  baseUrl: string
  /** 15 digits. */
  merId: string
  /** Of the merchant's certificate, PEM. */
  privateKey: string
  /** The merchant's own, PEM: its serial number goes with each message. */
  certificate: string
  /** Whom UnionPay's certificates must come from, PEM. Two while one replaces the other. */
  rootCertificates: readonly string[]
  middleCertificates?: readonly string[]
  /** Who signs for UnionPay; its company name, or in its test environment "00040000:SIGN". */
  signerNames?: readonly string[]
  /** Where UnionPay tells of results; without it only queries tell. */
  notifyUrl?: string | null
  /** Terminal numbers as the acquirer knows them (8 characters), by our own. */
  terminalNos?: Readonly<Record<string, string>>
  /** Set when an institution acquires for the merchant (间连). */
  acquirer?: { insCode: string; mcc: string; merchantName: string; merchantShortName: string }
  /** Set when a platform takes part: the merchant below it. */
  subMerchant?: { id: string; name: string; shortName: string }
  timeouts?: Partial<UnionpayTimeouts>
  schedule?: Partial<Schedule>
}

/** In milliseconds. */
export type UnionpayTimeouts = {
  /** For every call: UnionPay answers that it has accepted, and works on afterwards. */
  answerMs: number
  /**
   * "No such transaction" is believed when the charge is as old as this. UnionPay itself says that
   * it may only not be there yet.
   */
  notFoundAfterMs: number
}

/** The company that signs. Source: UnionPay's SDK, UNIONPAY_CNNAME. */
export const unionpaySigner = '中国银联股份有限公司'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/**
 * When UnionPay wants to be asked, in ms after the charge: after 1, 2, 4, 8, 16 and 32 s more, at
 * most six times.
 *
 * Source: reference/protocols.md §4.1.
 */
export const unionpayQueriesMs: readonly number[] = [1, 3, 7, 15, 31, 63].map(
  (seconds) => seconds * SECOND_MS,
)

const LAST_QUERY_MS = unionpayQueriesMs.at(-1)!

/** The SDK's sample waits 30 s; whoever stands at a till does not, and the query tells the same. */
export const unionpayTimeouts: UnionpayTimeouts = {
  answerMs: 10 * SECOND_MS,
  notFoundAfterMs: LAST_QUERY_MS,
}

/**
 * The published ladder: six queries at most, the last after 63 s. Then it is reversed, on its
 * clearing day; a cashier may do so after the third rung, since a reversal is for results that are
 * unknown and not for those that are about to come (our own decision: UnionPay gives no number).
 *
 * Source: reference/protocols.md §4.1.
 */
export const unionpaySchedule: Schedule = {
  queriesMs: unionpayQueriesMs,
  everyMs: 32 * SECOND_MS,
  giveUpMs: LAST_QUERY_MS,
  reverseNotBeforeMs: unionpayQueriesMs[2]!,
  reverseEveryMs: 5 * SECOND_MS,
  followUpMs: [
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    15 * MINUTE_MS,
    HOUR_MS,
    4 * HOUR_MS,
    12 * HOUR_MS,
    24 * HOUR_MS,
  ],
}
