import type { KeyObject } from 'node:crypto'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { createSecureContext } from 'node:tls'

import { AppError } from '../../errors/errors.ts'
import type { Schedule } from '../channel.ts'
import { readable } from '../fields.ts'

export type SignType = 'MD5' | 'HMAC-SHA256'

/** How V2 proves who speaks: a shared key, and a client certificate where money goes back. */
export type KeysV2 = {
  /** 32 characters, shared with WeChat. */
  apiKey: string
  /** HMAC-SHA256 when left out. */
  signType?: SignType
  /** For reverse and refund. Without it WeChat refuses both. */
  certificate?: ClientCertificate
}

export type ClientCertificate = {
  certificatePem: string
  privateKeyPem: string
  /** Who vouches for the server, where the machine does not know it: a test, or a bank's gateway. */
  authorityPem?: string
}

/** How V3 proves it: our private key for what we send, WeChat's public keys for what it says. */
export type KeysV3 = {
  /** 32 bytes; opens notices. */
  apiKey: string
  privateKeyPem: string
  /** Of the merchant's API certificate, upper-case hexadecimal. */
  serial: string
  /**
   * WeChat's public keys or certificates, as PEM, by what stands in Wechatpay-Serial: a certificate's
   * serial or PUB_KEY_ID_…. While WeChat changes keys, the old and the new one stand here together.
   */
  platformKeys: Readonly<Record<string, string>>
}

/** One account at WeChat Pay: all that the road needs, as data. */
export type WechatAccount = {
  /** https://api.mch.weixin.qq.com, or the gateway of the bank that is the acquirer. */
  baseUrl: string
  /** Where the calls with the client certificate go; `baseUrl` when left out. */
  certificateUrl?: string
  /** v2 when left out: WeChat's own guides know scanned codes in V2 only. */
  version?: 'v2' | 'v3'
  appId: string
  mchId: string
  /** Partner mode (the acquirer's account, on behalf of this merchant). */
  subAppId?: string
  subMchId?: string
  v2?: KeysV2
  v3?: KeysV3
  /** Where WeChat tells of refunds: an absolute address without a query. */
  noticeUrl?: string
  /** The shop's number as WeChat knows it; our own when left out. */
  storeNo?: string
  /** The template of 委托代扣, under which payers link accounts; without it none can be linked. */
  planId?: string
  /** With what a page asks who its payer is (appsecret); without it the page does not ask. */
  appSecret?: string
  /** Where WeChat's browser is sent to be told who the payer is; open.weixin.qq.com when left out. */
  loginUrl?: string
  /** Where that is asked for; api.weixin.qq.com when left out. */
  loginApiUrl?: string
  /** What differs from the published schedule. */
  schedule?: Partial<Schedule>
  /** From the first byte out to the last byte in, connecting included; milliseconds. */
  timeoutMs?: number
  /**
   * "No such order" is believed of what is as old as this, in milliseconds. A request that we gave
   * up may still be on its way, and a payment that is called missing too early is paid twice.
   */
  notFoundAfterMs?: number
}

/** The keys of V3 as they are used, read once. */
export type OpenKeysV3 = {
  apiKey: Buffer
  privateKey: KeyObject
  serial: string
  platformKeys: ReadonlyMap<string, KeyObject>
}

/**
 * The published schedule. The rule of 15 s is WeChat's; five seconds and 45 are what its pages have
 * in common. What is unknown after the last look stays with the person who reads the exceptions.
 *
 * Source: reference/protocols.md §2.4; WeChat Pay V2, document 4011937125 as of 2025-08-14.
 */
export const publishedSchedule: Schedule = {
  queriesMs: [5_000],
  everyMs: 5_000,
  giveUpMs: 45_000,
  reverseNotBeforeMs: 15_000,
  reverseEveryMs: 5_000,
  followUpMs: [60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000],
}

/** Milliseconds. Source: getHttpReadTimeoutMs of WeChat's own Java SDK for V2. */
export const DEFAULT_TIMEOUT_MS = 8_000

/** Milliseconds; our own decision, of several times the longest that a request is waited for. */
export const NOT_FOUND_AFTER_MS = 30_000

/**
 * Checks the keys of V2.
 *
 * @throws AppError INVALID_REQUEST naming the setting; never its value
 */
export function openKeysV2(account: WechatAccount): KeysV2 {
  const keys = account.v2
  if (!keys || keys.apiKey === '') throw wrong('v2.apiKey')
  const { certificate } = keys
  if (certificate) {
    const { certificatePem: cert, privateKeyPem: key, authorityPem: ca } = certificate
    readable('v2.certificate', () => createSecureContext({ cert, key, ...(ca && { ca }) }))
  }
  return keys
}

/**
 * Reads the keys of V3.
 *
 * @throws AppError INVALID_REQUEST naming the setting; never its value
 */
export function openKeysV3(account: WechatAccount): OpenKeysV3 {
  const keys = account.v3
  if (!keys) throw wrong('v3')
  const apiKey = Buffer.from(keys.apiKey, 'utf8')
  if (apiKey.length !== 32) throw wrong('v3.apiKey')
  if (!/^[0-9A-Fa-f]+$/.test(keys.serial)) throw wrong('v3.serial')
  const privateKey = readable('v3.privateKeyPem', () => createPrivateKey(keys.privateKeyPem))
  const platformKeys = new Map(
    Object.entries(keys.platformKeys).map(([serial, pem]) => [
      serial,
      readable('v3.platformKeys', () => createPublicKey(pem)),
    ]),
  )
  if (platformKeys.size === 0) throw wrong('v3.platformKeys')
  return { apiKey, privateKey, serial: keys.serial.toUpperCase(), platformKeys }
}

/**
 * Checks what both versions need.
 *
 * @throws AppError INVALID_REQUEST naming the setting; never its value
 */
export function checkAccount(account: WechatAccount): void {
  for (const name of ['baseUrl', 'certificateUrl', 'loginUrl', 'loginApiUrl'] as const) {
    const url = account[name]
    if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw wrong(name)
  }
  for (const name of ['appId', 'mchId'] as const) {
    if (!/^[0-9A-Za-z_-]{1,32}$/.test(account[name])) throw wrong(name)
  }
}

const wrong = (param: string) => new AppError('INVALID_REQUEST', { param })
