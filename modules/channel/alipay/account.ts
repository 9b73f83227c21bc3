import type { Schedule } from '../channel.ts'

/** One app at Alipay, and how it is spoken to. Data only: a row of settings, keys decrypted. */
export type AlipayAccount = {
  /** Without a path: https://openapi.alipay.com, or where a sandbox is. */
  baseUrl: string
  appId: string
  /** The app's own: PEM, or the bare base64 that Alipay's key tool writes. */
  privateKey: string
  /** Alipay's: PEM, bare base64 or certificates. Two while one replaces the other. */
  alipayPublicKeys: readonly string[]
  /** 2088…: whose money it becomes. A notice that names another is refused. */
  sellerId: string
  /** Where Alipay tells of results; without it only queries tell. */
  notifyUrl?: string | null
  /** Set when an ISV acts for the merchant: what the merchant granted. */
  appAuthToken?: string
  /** The ISV's own number, which its commission goes by. */
  serviceProviderId?: string
  /** Set when the keys are kept as certificates: the numbers that name them. */
  certificates?: { appSerial: string; rootSerial: string }
  /** Set when a bank or institution acquires (间连): its number, and the merchant's with it. */
  acquirer?: { orgId: string; subMerchantId: string }
  /** The shop's number as Alipay knows it, for all terminals; or by our own numbers of shops. */
  storeId?: string
  storeNos?: Readonly<Record<string, string>>
  timeouts?: Partial<AlipayTimeouts>
  schedule?: Partial<Schedule>
}

/** In milliseconds. */
export type AlipayTimeouts = {
  chargeMs: number
  /** Everything else. */
  otherMs: number
  /**
   * "No such trade" is believed when the charge is as old as this. A request that we gave up may
   * still be on its way, and a payment that is called missing too early is paid twice.
   */
  notFoundAfterMs: number
}

/**
 * How long an answer is waited for. Alipay asks to begin with queries when none came in 5 s; the
 * time after which a missing trade is believed is our own decision.
 *
 * Source: docs.antom.com, in-store payment, best practice (reference/protocols.md §3.5).
 */
export const alipayTimeouts: AlipayTimeouts = {
  chargeMs: 5_000,
  otherMs: 5_000,
  notFoundAfterMs: 30_000,
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/**
 * Alipay's own rule: ask every 3 to 6 s for about 60 s, then cancel directly after the last query;
 * a cashier may cancel at any time. Cancelling ends 24 h after the order was made, so the last look
 * of the background is before that.
 *
 * Source: reference/protocols.md §3.5.
 */
export const alipaySchedule: Schedule = {
  queriesMs: [5_000],
  everyMs: 5_000,
  giveUpMs: 60_000,
  reverseNotBeforeMs: 0,
  reverseEveryMs: 5_000,
  followUpMs: [
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    15 * MINUTE_MS,
    HOUR_MS,
    4 * HOUR_MS,
    12 * HOUR_MS,
    23 * HOUR_MS,
  ],
}
