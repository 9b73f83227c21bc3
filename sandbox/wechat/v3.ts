import { faultValue } from '../counterpart/faults.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { json } from '../counterpart/http.ts'
import { underFaults } from '../counterpart/under-faults.ts'
import type { Merchant } from './accounts.ts'
import type { House } from './house.ts'
import { merchantOf } from './house.ts'
import type { RefusalCode } from './refusals.ts'
import { Refusal, refusals } from './refusals.ts'
import type { Body, CallV3, InputV3 } from './v3-calls.ts'
import { callsV3 } from './v3-calls.ts'
import type { Spoil } from './v3-sign.ts'
import { faultOfSignature, readAuthorization, stampOf } from './v3-sign.ts'

type Plain = { status: number; value: Record<string, unknown> | null }

const refused = (code: RefusalCode, message: string): Plain => {
  const [, status, codeV3] = refusals[code]
  return { status, value: { code: codeV3, message } }
}

/** Answers a call of V3; undefined when the path is none of V3's. */
export function answerV3(house: House, call: Call): Answer | Promise<Answer> | undefined {
  if (!call.path.startsWith('/v3/')) return undefined
  const stamp = (plain: Plain, spoil: Spoil = 'right') => stamped(house, call, { plain, spoil })
  const authorization = readAuthorization(call.headers.authorization)
  const merchant = authorization && merchantOf(house, authorization.mchid)
  const signFault =
    authorization && merchant
      ? faultOfSignature(call, authorization, merchant)
      : 'Http头缺少Accept或Authorization，或商户号不存在'
  if (!merchant || signFault !== undefined) {
    const value = { code: 'SIGN_ERROR', message: signFault ?? '' }
    return json(401, value)
  }
  const body = readBody(call)
  if (!body) return stamp(refused('INVALID_REQUEST', '请求包体不是JSON对象'))
  const found = callsV3.find(({ method, path }) => method === call.method && path.test(call.path))
  if (!found) return stamp({ status: 404, value: { code: 'NOT_FOUND', message: '接口不存在' } })
  const parts = (found.path.exec(call.path) ?? []).slice(1).map(decodeURIComponent)
  return work({ known: found, input: { house, merchant, parts, query: call.query, body }, stamp })
}

type Working = {
  known: CallV3
  input: Omit<InputV3, 'faults'>
  stamp: (plain: Plain, spoil?: Spoil) => Answer
}

function work({ known, input, stamp }: Working): Promise<Answer> {
  const amountMinor = known.amountMinor?.(input.body)
  const faults = input.house.faults.plan({
    operation: known.operation,
    orderNo: known.orderNo(input),
    ...(amountMinor !== undefined && { amountMinor }),
  })
  // What WeChat sends with a wrong signature is a probe; value 1 asks for a plain forgery.
  const spoil: Spoil = faultValue(faults, 'wrong_signature', 0) === 1 ? 'wrong' : 'probe'
  let plain: Plain = refused('SYSTEMERROR', '系统异常，请稍后重试')
  return underFaults(faults, {
    work: () => stamp((plain = attempt(known, { ...input, faults }))),
    unsure: () => stamp(refused('SYSTEMERROR', '系统异常，请稍后重试')),
    spoil: () => stamp(plain, spoil),
  })
}

function attempt(known: CallV3, input: InputV3): Plain {
  try {
    checkMerchant(input.merchant, input.body)
    const value = known.work(input)
    return value === null ? { status: 204, value } : { status: 200, value }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refused(error.code, error.message)
  }
}

// Whoever signs may speak only of himself.
function checkMerchant(merchant: Merchant, body: Body): void {
  const { mchid } = body
  if (mchid !== undefined && mchid !== merchant.mchid) {
    throw new Refusal('PARAM_ERROR', 'mchid 与签名的商户不一致')
  }
}

function readBody(call: Call): Body | undefined {
  if (call.method === 'GET' || call.text === '') return {}
  try {
    const value: unknown = JSON.parse(call.text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Body) : undefined
  } catch {
    return undefined // No JSON: the caller is told so.
  }
}

function stamped(
  house: House,
  call: Call,
  { plain, spoil }: { plain: Plain; spoil: Spoil },
): Answer {
  const answer = plain.value === null ? { status: plain.status } : json(plain.status, plain.value)
  const asked = call.headers['wechatpay-serial']
  const usesPublicKey = asked === house.accounts.platform.publicKeyId
  const stamp = stampOf(house.accounts.platform, String(answer.body ?? ''), {
    usesPublicKey,
    spoil,
  })
  return { ...answer, headers: { ...answer.headers, ...stamp } }
}
