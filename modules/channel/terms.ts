import type { Check } from './fields.ts'
import { list, mapOf, maybe, ms, object, pem, schedule, text, url, word } from './fields.ts'

/** The roads that there are. */
export const channelNames = ['wechat', 'alipay', 'unionpay', 'bankcard', 'interbank'] as const

export type ChannelName = (typeof channelNames)[number]

/** What an account of one road consists of: what is shown, and what is kept sealed. */
export type Terms = { settings: Check; keys: Check }

const wechatKeys = {
  v2: maybe(
    object({
      apiKey: text(),
      signType: maybe(word('MD5', 'HMAC-SHA256')),
      certificate: maybe(
        object({ certificatePem: pem, privateKeyPem: pem, authorityPem: maybe(pem) }),
      ),
    }),
  ),
  v3: maybe(
    object({ apiKey: text(), privateKeyPem: pem, serial: text(), platformKeys: mapOf(pem) }),
  ),
  appSecret: maybe(text(64)),
}

const unionpaySettings = {
  baseUrl: url,
  merId: text(15),
  signerNames: maybe(list(text())),
  notifyUrl: maybe(url),
  terminalNos: maybe(mapOf(text(8))),
  acquirer: maybe(
    object({ insCode: text(), mcc: text(4), merchantName: text(), merchantShortName: text() }),
  ),
  subMerchant: maybe(object({ id: text(), name: text(), shortName: text() })),
  timeouts: maybe(object({ answerMs: maybe(ms), notFoundAfterMs: maybe(ms) })),
  schedule: maybe(schedule),
}

const unionpay: Terms = {
  settings: object(unionpaySettings),
  keys: object({
    privateKey: pem,
    certificate: pem,
    rootCertificates: list(pem),
    middleCertificates: maybe(list(pem, 0)),
  }),
}

/**
 * By road: the names of its settings and of its keys. An adapter's account is both together; whether
 * a key can be read is for the adapter to say when it is opened.
 *
 * Source: the account types of the adapters.
 */
export const termsOf: Readonly<Record<ChannelName, Terms>> = {
  wechat: {
    settings: object({
      baseUrl: url,
      certificateUrl: maybe(url),
      version: maybe(word('v2', 'v3')),
      appId: text(32),
      mchId: text(32),
      subAppId: maybe(text(32)),
      subMchId: maybe(text(32)),
      noticeUrl: maybe(url),
      storeNo: maybe(text(32)),
      planId: maybe(text(28)),
      loginUrl: maybe(url),
      loginApiUrl: maybe(url),
      schedule: maybe(schedule),
      timeoutMs: maybe(ms),
      notFoundAfterMs: maybe(ms),
    }),
    keys: object(wechatKeys),
  },
  alipay: {
    settings: object({
      baseUrl: url,
      appId: text(32),
      sellerId: text(32),
      notifyUrl: maybe(url),
      appAuthToken: maybe(text()),
      serviceProviderId: maybe(text(64)),
      certificates: maybe(object({ appSerial: text(), rootSerial: text(2_000) })),
      acquirer: maybe(object({ orgId: text(), subMerchantId: text() })),
      storeId: maybe(text(32)),
      storeNos: maybe(mapOf(text(32))),
      timeouts: maybe(
        object({ chargeMs: maybe(ms), otherMs: maybe(ms), notFoundAfterMs: maybe(ms) }),
      ),
      schedule: maybe(schedule),
    }),
    keys: object({ privateKey: pem, alipayPublicKeys: list(pem) }),
  },
  unionpay,
  // A card on file goes through the same gateway, as the same kind of merchant.
  bankcard: {
    settings: object({ ...unionpaySettings, trId: maybe(text(20)) }),
    keys: unionpay.keys,
  },
  interbank: {
    settings: object({
      baseUrl: url,
      issuerInstitutionId: text(20),
      acquirerInstitutionId: text(20),
      timeoutMs: maybe(ms),
      schedule: maybe(schedule),
    }),
    keys: object({ privateKey: pem, peerPublicKey: pem, peerNextPublicKey: maybe(pem) }),
  },
}
