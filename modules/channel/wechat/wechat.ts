import type { Clock } from '../../lib/clock.ts'
import { systemClock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import type { Channel, ChargeKey, ChargeOutcome, ReadNotice, RefundOrder } from '../channel.ts'
import type { TestResult } from '../channel.ts'
import type { KeysV2, WechatAccount } from './account.ts'
import {
  checkAccount,
  DEFAULT_TIMEOUT_MS,
  NOT_FOUND_AFTER_MS,
  openKeysV2,
  openKeysV3,
  publishedSchedule,
} from './account.ts'
import type { NoticeKeys } from './notice.ts'
import { isNoticeV2, readNotice, replyTo } from './notice.ts'
import {
  codeOf,
  readCharge,
  readQuery,
  readRefund,
  readRefundQuery,
  readReverse,
} from './outcome.ts'
import { isLinking } from './contract.ts'
import { openIdentify } from './openid.ts'
import { openLinking, openPapay } from './papay.ts'
import { newStamp, readClose, readPresent, signClientV2, signClientV3 } from './present.ts'
import type { Told, Wire } from './told.ts'
import type { Send } from './transport.ts'
import { sendByFetch, sendWithCertificate } from './transport.ts'
import { openAskV2, openV2 } from './v2.ts'
import { openV3 } from './v3.ts'

export type { ClientCertificate, KeysV2, KeysV3, SignType, WechatAccount } from './account.ts'

/** What the adapter takes from the machine, handed in so that a test can. */
export type WechatOutside = { clock: Clock; fetch: typeof fetch }

/**
 * Opens a road to WeChat Pay for one account of it: charges scanned codes (付款码支付) and linked accounts
 * (委托代扣), asks, reverses, refunds, and reads notices. Keys are read here once and are never shown, logged or thrown again.
 * The calls of the channel do not throw: what they cannot read for certain is unknown.
 *
 * @throws AppError INVALID_REQUEST, `param` naming the setting that is missing or cannot be read
 *
 * Source: P5, P10; DESIGN §3, §8; reference/protocols.md §2.
 */
export function openWechat(
  account: WechatAccount,
  outside: WechatOutside = { clock: systemClock, fetch },
): Channel {
  checkAccount(account)
  const { version = 'v2' } = account
  const v2 = version === 'v2' || account.v2 ? openKeysV2(account) : undefined
  const v3 = version === 'v3' || account.v3 ? openKeysV3(account) : undefined
  const keys: NoticeKeys = { account, v2, v3, clock: outside.clock }
  const { timeoutMs = DEFAULT_TIMEOUT_MS, notFoundAfterMs = NOT_FOUND_AFTER_MS } = account
  const send = sendByFetch(outside.fetch, timeoutMs)
  const wire = openWire(keys, version, { clock: outside.clock, send })
  const isOld = ({ startedAt }: { startedAt: Date }) =>
    outside.clock().getTime() - startedAt.getTime() >= notFoundAfterMs
  const asked = (charge: ChargeKey) => ({ ...charge, isOld: isOld(charge) })
  const signClient = () => {
    const stamp = newStamp(outside.clock())
    return version === 'v3' ? signClientV3(account, v3!, stamp) : signClientV2(account, v2!, stamp)
  }
  const refund = async (order: RefundOrder) => readRefund(await wire.refund(order), order)
  const queryRefund = async (order: RefundOrder) =>
    readRefundQuery(await wire.queryRefund(order), { ...order, isOld: isOld(order) })
  const papay = v2 && openPapay(papayPartsOf(account, v2, send), { isOld, refund, queryRefund })
  // A notice is answered in the version in which it came; the notice that was read does not show it.
  const inV2 = new WeakMap<ReadNotice, boolean>()
  return {
    name: 'wechat',
    schedule: { ...publishedSchedule, ...account.schedule },
    charge: async (order) => {
      if (order.means.kind === 'code') return readCharge(await wire.charge(order), order)
      return papay?.charge(order, order.means.token) ?? notLinked
    },
    query: async (charge) =>
      (charge.by && papay?.query(charge)) ?? readQuery(await wire.query(charge), asked(charge)),
    reverse: async (charge) =>
      (charge.by && papay?.reverse(charge)) ?? readReverse(await wire.reverse(charge)),
    close: async (charge) => readClose(await wire.close(charge), isOld(charge)),
    present: async (order) => readPresent(await wire.present(order), order, signClient()),
    refund,
    queryRefund,
    readNotice: (request) => {
      const notice = readNotice(keys, request)
      inV2.set(notice, isNoticeV2(request))
      return notice
    },
    replyTo: (notice) => replyTo(notice, inV2.get(notice) ?? version === 'v2'),
    ...linkingOf({ account, v2, clock: outside.clock, send }),
    test: async () => readTest(await wire.query({ chargeId: newId('chg') })),
  }
}

// A contract without the keys of V2 can be charged by nobody.
const notLinked: ChargeOutcome = {
  ...{ kind: 'declined', reason: 'account_not_linked', channelCode: 'NO_KEYS' },
}

// Of a number that was made this moment WeChat says that there is no such order. All else is wrong
// with the account or on the way.
function readTest(told: Told<unknown>): TestResult {
  const outcome = told.kind === 'refused' ? told.code.replaceAll('_', '') : undefined
  if (outcome === 'ORDERNOTEXIST') return { ok: true, problem: null }
  return { ok: false, problem: problemOf(told) }
}

function problemOf(told: Told<unknown>): string {
  if (told.kind === 'nothing') return told.problem
  return told.kind === 'refused' ? codeOf(told.code) : 'UNREADABLE'
}

function openWire(
  { account, v2, v3 }: NoticeKeys,
  version: 'v2' | 'v3',
  { clock, send }: { clock: Clock; send: Send },
): Wire {
  if (version === 'v3') return openV3(account, v3!, { send, clock })
  const certificate = v2?.certificate
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = account
  // Without a certificate, or where there is no TLS to show one in, the call goes out as it is.
  const isTls = (account.certificateUrl ?? account.baseUrl).startsWith('https:')
  const secure = certificate && isTls ? sendWithCertificate(certificate, timeoutMs) : send
  return openV2(account, openAskV2(account, v2!, { send, sendWithCertificate: secure }))
}

// Contracts are of V2 whatever the orders are, and are signed with MD5 as their documents have it.
function papayPartsOf(account: WechatAccount, v2: KeysV2, send: Send) {
  const keys = { ...v2, signType: 'MD5' } as const
  return { account, keys, ask: openAskV2(account, keys, { send, sendWithCertificate: send }) }
}

type Linking = Pick<NoticeKeys, 'account' | 'v2' | 'clock'> & { send: Send }

/** Linking accounts, and asking who a payer is: each where the account is set up for it. */
function linkingOf({ account, v2, clock, send }: Linking): Partial<Channel> {
  const { appSecret } = account
  const parts = v2 && { ...papayPartsOf(account, v2, send), send, now: clock }
  return {
    ...(parts && isLinking(account) && openLinking(account, parts)),
    ...(appSecret !== undefined && { identify: openIdentify({ ...account, appSecret }, send) }),
  }
}
