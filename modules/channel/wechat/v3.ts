import { randomBytes } from 'node:crypto'

import type { Clock } from '../../lib/clock.ts'
import type { OpenKeysV3, WechatAccount } from './account.ts'
import { closeV3, orderV3 } from './present.ts'
import type { CallV3 } from './request.ts'
import { chargeV3, queryRefundV3, queryV3, refundV3, reverseV3 } from './request.ts'
import { authorizationV3, problemV3 } from './sign.ts'
import type { Json, Told, Wire } from './told.ts'
import { orderOfV3, prepayOfV3, readJson, refundOfV3, textOf } from './told.ts'
import type { HttpAnswer, Send } from './transport.ts'

/** WeChat Pay over V3: JSON, signed with RSA both ways. Nothing here throws. */
export function openV3(
  account: WechatAccount,
  keys: OpenKeysV3,
  { send, clock }: { send: Send; clock: Clock },
): Wire {
  const exchange = ({ method, target, body: value }: CallV3): Promise<HttpAnswer> => {
    const url = new URL(account.baseUrl.replace(/\/+$/, '') + target)
    const body = value === undefined ? '' : JSON.stringify(value)
    const authorization = authorizationV3(account.mchId, keys, {
      method,
      target: url.pathname + url.search,
      timestamp: String(Math.floor(clock().getTime() / 1_000)),
      nonce: randomBytes(16).toString('hex'),
      body,
    })
    const headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'OneTill',
      authorization,
      ...announced(keys),
    }
    return send({ method, url, headers, ...(body !== '' && { body }) })
  }
  const ask = async <Said>(call: CallV3, read: (json: Json) => Said): Promise<Told<Said>> => {
    const answer = await exchange(call)
    const problem = problemOf(answer, keys, clock())
    return problem === undefined && answer.kind === 'answered'
      ? readAnswerV3(answer, account, read)
      : { kind: 'nothing', problem: problem ?? 'NO_ANSWER' }
  }
  return {
    charge: (order) => ask(chargeV3(account, order), orderOfV3),
    query: (charge) => ask(queryV3(account, charge), orderOfV3),
    // V3 has no "call again": a reversal that is not done is an error.
    reverse: (charge) => ask(reverseV3(account, charge), () => ({ callAgain: false })),
    close: (charge) => ask(closeV3(account, charge), () => ({})),
    present: (order) => ask(orderV3(account, order), prepayOfV3),
    refund: (order) => ask(refundV3(account, order), refundOfV3),
    queryRefund: (order) => ask(queryRefundV3(account, order), refundOfV3),
  }
}

// A merchant that knows WeChat by its public key says so, and is answered under that key. The one
// that stands first is asked for. Source: reference/protocols.md §2.5.
function announced({ platformKeys }: OpenKeysV3): Record<string, string> {
  const id = [...platformKeys.keys()].find((serial) => serial.startsWith('PUB_KEY_ID_'))
  return id === undefined ? {} : { 'wechatpay-serial': id }
}

// Gateways and the refusal of a signature come unsigned; only their status can be told.
function problemOf(answer: HttpAnswer, keys: OpenKeysV3, now: Date): string | undefined {
  if (answer.kind === 'nothing') return answer.problem
  const problem = problemV3(answer, keys.platformKeys, now)
  return problem === 'UNSIGNED' && answer.status >= 400 ? `HTTP_${answer.status}` : problem
}

function readAnswerV3<Said>(
  { status, body }: { status: number; body: string },
  account: WechatAccount,
  read: (json: Json) => Said,
): Told<Said> {
  const json = status === 204 ? {} : readJson(body)
  if (!json) return { kind: 'nothing', problem: 'UNREADABLE' }
  if (status >= 400) return { kind: 'refused', code: textOf(json['code']) ?? '' }
  if (!isForV3(json, account)) return { kind: 'nothing', problem: 'OTHER_MERCHANT' }
  return { kind: 'said', said: read(json) }
}

/**
 * Whether a V3 message is for this account; in partner mode, for this merchant of it. Some answers
 * name nobody: their signature and the order's number say whose they are.
 */
export function isForV3(json: Json, { mchId, subMchId }: WechatAccount): boolean {
  const named = json['mchid'] ?? json['sp_mchid'] ?? mchId
  return named === mchId && (json['sub_mchid'] ?? subMchId) === subMchId
}
