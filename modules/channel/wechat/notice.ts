import type { Clock } from '../../lib/clock.ts'
import type { NoticeReply, NoticeRequest, ReadNotice } from '../channel.ts'
import type { KeysV2, OpenKeysV3, WechatAccount } from './account.ts'
import { contractOf, WECHAT_LABEL } from './contract-outcome.ts'
import { readCharge, readQuery, readRefundQuery } from './outcome.ts'
import { isSignedV2, openRefundV2, openSealed, problemV3 } from './sign.ts'
import type { Json, ToldOrder, ToldRefund } from './told.ts'
import { orderOfV2, orderOfV3, partOf, readJson, refundOfV3, textOf } from './told.ts'
import { isForV2 } from './v2.ts'
import { isForV3 } from './v3.ts'
import type { Fields } from './xml.ts'
import { readXml, writeXml } from './xml.ts'

/** The account with those keys that it has: a notice comes in the version of the order it is about. */
export type NoticeKeys = {
  account: WechatAccount
  v2: KeysV2 | undefined
  v3: OpenKeysV3 | undefined
  clock: Clock
}

const refused = (problem: string): ReadNotice => ({ kind: 'refused', problem })

/** Whether a notice speaks V2. It must be answered in the same version. */
export const isNoticeV2 = ({ body }: NoticeRequest): boolean => body.trimStart().startsWith('<')

/**
 * Reads a notice of a payment, a refund or a contract, once its signature holds. It never throws, and what it
 * cannot prove has no effect. Header names are lower-case.
 *
 * Source: reference/protocols.md §2.6; WeChat Pay V2, 支付结果通知 (9_7) and 退款结果通知 (9_16).
 */
export function readNotice(keys: NoticeKeys, request: NoticeRequest): ReadNotice {
  return isNoticeV2(request) ? readV2(keys, request) : readV3(keys, request)
}

function readV3({ account, v3, clock }: NoticeKeys, request: NoticeRequest): ReadNotice {
  if (!v3) return refused('NO_KEYS')
  const problem = problemV3(request, v3.platformKeys, clock())
  if (problem) return refused(problem)
  const resource = partOf(readJson(request.body) ?? {}, 'resource')
  const opened = openSealed(
    {
      ciphertext: textOf(resource['ciphertext']) ?? '',
      nonce: textOf(resource['nonce']) ?? '',
      associatedData: textOf(resource['associated_data']) ?? '',
    },
    v3.apiKey,
  )
  const json = opened === undefined ? undefined : readJson(opened)
  if (!json) return refused('NOT_SEALED_FOR_US')
  if (!isForV3(json, account)) return refused('OTHER_MERCHANT')
  return readOpened(textOf(resource['original_type']), json)
}

function readOpened(kind: string | undefined, json: Json): ReadNotice {
  if (kind === 'transaction') return ofCharge(orderOfV3(json))
  if (kind !== 'refund') return refused('OTHER_EVENT')
  const told = refundOfV3(json)
  return ofRefund(
    told,
    readRefundQuery({ kind: 'said', said: told }, { ...askedBy(told), isOld: false }),
  )
}

function readV2({ account, v2 }: NoticeKeys, { body }: NoticeRequest): ReadNotice {
  if (!v2) return refused('NO_KEYS')
  const fields = readXml(body)
  if (!fields || fields['return_code'] !== 'SUCCESS') return refused('UNREADABLE')
  if (fields['req_info'] !== undefined) return readRefundV2(fields, account, v2)
  // A payment's notice is signed as the order was, and says how; MD5 when it does not say.
  const signType = fields['sign_type'] === 'HMAC-SHA256' ? 'HMAC-SHA256' : 'MD5'
  if (!isSignedV2(fields, v2.apiKey, signType)) return refused('WRONG_SIGNATURE')
  if (!isForV2(fields, account)) return refused('OTHER_MERCHANT')
  if (fields['change_type'] !== undefined) return ofContract(fields, account)
  if (fields['result_code'] !== 'SUCCESS') return ofFailure(fields)
  return ofCharge(orderOfV2(fields))
}

// Only charges by contract are told of when they fail, without their amount.
// Source: WeChat Pay V2, 委托代扣, 扣款结果通知.
function ofFailure(fields: Fields): ReadNotice {
  const { out_trade_no: chargeId, contract_id: contractId, err_code: code } = fields
  if (!chargeId || !contractId || !code) return refused('NOT_PAID')
  const asked = { chargeId, amountMinor: 0n }
  const outcome = readCharge({ kind: 'refused', code }, asked)
  return { kind: 'charge', chargeId, amountMinor: null, outcome }
}

// Source: WeChat Pay V2, 委托代扣, 签约、解约结果通知 (change_type).
function ofContract(fields: Fields, { planId }: WechatAccount): ReadNotice {
  const { contractId: token, linkId, ...contract } = contractOf(fields)
  if (planId === undefined || contract.planId !== planId) return refused('OTHER_PLAN')
  if (!linkId || !token || fields['result_code'] !== 'SUCCESS') return refused('UNREADABLE')
  if (fields['change_type'] === 'DELETE') return { kind: 'link', linkId, linked: { kind: 'ended' } }
  if (fields['change_type'] !== 'ADD') return refused('OTHER_EVENT')
  const linked = { kind: 'linked', token, label: WECHAT_LABEL, last4: null } as const
  return { kind: 'link', linkId, linked }
}

// The notice of a V2 refund is hidden and not signed: who cannot read it can still cut it up. So it
// ends nothing, and only says that now is the time to ask.
function readRefundV2(fields: Fields, account: WechatAccount, keys: KeysV2): ReadNotice {
  const opened = openRefundV2(fields['req_info'] ?? '', keys.apiKey)
  const inside = opened === undefined ? undefined : readXml(opened, 'root')
  if (!inside) return refused('NOT_SEALED_FOR_US')
  if (!isForV2(fields, account)) return refused('OTHER_MERCHANT')
  const refundId = inside['out_refund_no']
  const told = { state: '', refundId, refundRef: undefined, refundMinor: undefined }
  return ofRefund(told, { kind: 'unknown', channelCode: 'ASK_NOW' })
}

function ofCharge(told: ToldOrder): ReadNotice {
  const { chargeId, totalMinor: amountMinor } = told
  if (chargeId === undefined || amountMinor === undefined) return refused('UNREADABLE')
  const outcome = readQuery({ kind: 'said', said: told }, { chargeId, isOld: false })
  return { kind: 'charge', chargeId, amountMinor, outcome }
}

type RefundNotice = Extract<ReadNotice, { kind: 'refund' }>

function ofRefund({ refundId }: ToldRefund, outcome: RefundNotice['outcome']): ReadNotice {
  return refundId === undefined ? refused('UNREADABLE') : { kind: 'refund', refundId, outcome }
}

// A notice is not asked for: what it must agree with is the refund in our own books, which the one
// who records it looks up.
const askedBy = ({ refundId = '', refundMinor = 0n }: ToldRefund) => ({ refundId, refundMinor })

/**
 * What stops WeChat from telling again, or makes it: V3 listens to the status, V2 to the XML.
 *
 * Source: reference/protocols.md §2.6.
 */
export function replyTo(notice: ReadNotice, isV2: boolean): NoticeReply {
  const isTaken = notice.kind !== 'refused'
  if (isV2) {
    const said = isTaken ? { return_code: 'SUCCESS', return_msg: 'OK' } : { return_code: 'FAIL' }
    return { status: isTaken ? 200 : 400, contentType: 'text/xml', body: writeXml(said) }
  }
  return {
    status: isTaken ? 204 : 400,
    contentType: 'application/json',
    body: isTaken ? '' : JSON.stringify({ code: 'FAIL', message: '失败' }),
  }
}
