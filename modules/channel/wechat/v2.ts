import { randomBytes } from 'node:crypto'

import type { KeysV2, WechatAccount } from './account.ts'
import { closeV2, orderV2 } from './present.ts'
import type { CallV2 } from './request.ts'
import { chargeV2, queryRefundV2, queryV2, refundV2, reverseV2, withNonce } from './request.ts'
import { isSignedV2, signV2 } from './sign.ts'
import type { Told, Wire } from './told.ts'
import { orderOfV2, prepayOfV2, refundOfV2, refundTakenOfV2, reversalOfV2 } from './told.ts'
import type { HttpAnswer, Send } from './transport.ts'
import type { Fields } from './xml.ts'
import { readXml, writeXml } from './xml.ts'

export type SendersV2 = {
  send: Send
  /** For the calls that WeChat takes only with the merchant's certificate. */
  sendWithCertificate: Send
}

/** Asks one thing, and reads the answer once its signature holds. Never throws. */
export type AskV2 = <Said>(
  call: CallV2,
  read: (fields: Fields) => Said | undefined,
) => Promise<Told<Said>>

/** How V2 is asked: XML, signed with a shared key. */
export function openAskV2(account: WechatAccount, keys: KeysV2, senders: SendersV2): AskV2 {
  const { signType = 'HMAC-SHA256' } = keys
  const exchange = ({
    path,
    needsCertificate,
    fields,
    isNonceless,
  }: CallV2): Promise<HttpAnswer> => {
    const { baseUrl, certificateUrl = baseUrl } = account
    const nonce = randomBytes(16).toString('hex')
    const stamped = isNonceless ? fields : withNonce(fields, nonce, signType)
    const body = writeXml({ ...stamped, sign: signV2(stamped, keys.apiKey, signType) })
    const url = new URL(joined(needsCertificate ? certificateUrl : baseUrl, path))
    const send = needsCertificate ? senders.sendWithCertificate : senders.send
    return send({ method: 'POST', url, headers: { 'content-type': 'text/xml' }, body })
  }
  return async (call, read) => {
    const checked = checkAnswerV2(await exchange(call), account, keys)
    return typeof checked === 'string'
      ? { kind: 'nothing', problem: checked }
      : readAnswerV2(checked, read)
  }
}

/** WeChat Pay over V2. Nothing here throws. */
export function openV2(account: WechatAccount, ask: AskV2): Wire {
  return {
    charge: (order) => ask(chargeV2(account, order), orderOfV2),
    query: (charge) => ask(queryV2(account, charge), orderOfV2),
    reverse: (charge) => ask(reverseV2(account, charge), reversalOfV2),
    close: (charge) => ask(closeV2(account, charge), () => ({})),
    present: (order) => ask(orderV2(account, order), prepayOfV2),
    refund: (order) => ask(refundV2(account, order), refundTakenOfV2),
    queryRefund: (order) =>
      ask(queryRefundV2(account, order), (fields) => refundOfV2(fields, order.refundId)),
  }
}

/** An address under the base that was set, with or without a slash at its end. */
export const joined = (base: string, path: string): string => base.replace(/\/+$/, '') + path

// What a failed message says of itself. It is not signed, so these words are for a log and decide
// nothing. Source: WeChat Pay V2, document 4011937125, return_msg.
const failures: Readonly<Record<string, string>> = {
  签名错误: 'SIGNERROR',
  签名失败: 'SIGNERROR',
  参数格式校验错误: 'PARAM_ERROR',
  XML格式错误: 'XML_FORMAT_ERROR',
  MCHID不存在: 'MCHID_NOT_EXIST',
  证书校验错误: 'CERT_ERROR',
}

/** The fields of an answer that is WeChat's and for us, or what is wrong with it. */
function checkAnswerV2(answer: HttpAnswer, account: WechatAccount, keys: KeysV2): Fields | string {
  if (answer.kind === 'nothing') return answer.problem
  const fields = readXml(answer.body)
  if (!fields) return answer.status === 200 ? 'UNREADABLE' : `HTTP_${answer.status}`
  if (fields['return_code'] !== 'SUCCESS') {
    return failures[fields['return_msg'] ?? ''] ?? 'RETURN_FAIL'
  }
  if (!isSignedV2(fields, keys.apiKey, keys.signType ?? 'HMAC-SHA256')) return 'WRONG_SIGNATURE'
  return isForV2(fields, account) ? fields : 'OTHER_MERCHANT'
}

/** Whether a V2 message is for this account: in partner mode, for this merchant of it. */
export function isForV2(fields: Fields, { mchId, subMchId }: WechatAccount): boolean {
  return fields['mch_id'] === mchId && (subMchId === undefined || fields['sub_mch_id'] === subMchId)
}

function readAnswerV2<Said>(
  fields: Fields,
  read: (fields: Fields) => Said | undefined,
): Told<Said> {
  if (fields['result_code'] !== 'SUCCESS') {
    const callAgain = fields['recall'] === 'Y'
    return { kind: 'refused', code: fields['err_code'] ?? '', callAgain }
  }
  const said = read(fields)
  return said ? { kind: 'said', said } : { kind: 'nothing', problem: 'UNREADABLE' }
}
