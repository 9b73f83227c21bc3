import type { Clock } from '../../lib/clock.ts'
import { systemClock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import type { Channel, ChargeKey, ReadNotice, TestResult } from '../channel.ts'
import type { WechatAccount } from './account.ts'
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
import { newStamp, readClose, readPresent, signClientV2, signClientV3 } from './present.ts'
import type { Told, Wire } from './told.ts'
import { sendByFetch, sendWithCertificate } from './transport.ts'
import { openV2 } from './v2.ts'
import { openV3 } from './v3.ts'

export type { ClientCertificate, KeysV2, KeysV3, SignType, WechatAccount } from './account.ts'

/** What the adapter takes from the machine, handed in so that a test can. */
export type WechatOutside = { clock: Clock; fetch: typeof fetch }

/**
 * Opens a road to WeChat Pay for one account of it: charges scanned codes (付款码支付), asks, reverses,
 * refunds, and reads notices. Keys are read here once and are never shown, logged or thrown again.
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
  const wire = openWire(keys, version, outside)
  const { notFoundAfterMs = NOT_FOUND_AFTER_MS } = account
  const isOld = ({ startedAt }: { startedAt: Date }) =>
    outside.clock().getTime() - startedAt.getTime() >= notFoundAfterMs
  const asked = (charge: ChargeKey) => ({ ...charge, isOld: isOld(charge) })
  const signClient = () => {
    const stamp = newStamp(outside.clock())
    return version === 'v3' ? signClientV3(account, v3!, stamp) : signClientV2(account, v2!, stamp)
  }
  // A notice is answered in the version in which it came; the notice that was read does not show it.
  const inV2 = new WeakMap<ReadNotice, boolean>()
  return {
    name: 'wechat',
    schedule: { ...publishedSchedule, ...account.schedule },
    charge: async (order) => readCharge(await wire.charge(order), order),
    query: async (charge) => readQuery(await wire.query(charge), asked(charge)),
    reverse: async (charge) => readReverse(await wire.reverse(charge)),
    close: async (charge) => readClose(await wire.close(charge), isOld(charge)),
    present: async (order) => readPresent(await wire.present(order), order, signClient()),
    refund: async (order) => readRefund(await wire.refund(order), order),
    queryRefund: async (order) =>
      readRefundQuery(await wire.queryRefund(order), { ...order, isOld: isOld(order) }),
    readNotice: (request) => {
      const notice = readNotice(keys, request)
      inV2.set(notice, isNoticeV2(request))
      return notice
    },
    replyTo: (notice) => replyTo(notice, inV2.get(notice) ?? version === 'v2'),
    test: async () => readTest(await wire.query({ chargeId: newId('chg') })),
  }
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
  { clock, fetch: fetchIt }: WechatOutside,
): Wire {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = account
  const send = sendByFetch(fetchIt, timeoutMs)
  if (version === 'v3') return openV3(account, v3!, { send, clock })
  const certificate = v2?.certificate
  // Without a certificate, or where there is no TLS to show one in, the call goes out as it is.
  const isTls = (account.certificateUrl ?? account.baseUrl).startsWith('https:')
  const secure = certificate && isTls ? sendWithCertificate(certificate, timeoutMs) : send
  return openV2(account, v2!, { send, sendWithCertificate: secure })
}
