import { randomBytes } from 'node:crypto'

import type { Fault } from '../counterpart/faults.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { html, text } from '../counterpart/http.ts'
import { underFaults } from '../counterpart/under-faults.ts'
import type { Merchant } from './accounts.ts'
import type { House } from './house.ts'
import { keyOf, merchantOf } from './house.ts'
import { Refusal } from './refusals.ts'
import type { CallV2 } from './v2-calls.ts'
import { callsV2 } from './v2-calls.ts'
import type { Shown } from './v2-show.ts'
import type { Fields } from './v2-xml.ts'
import { isSignedV2, readXml, signV2, writeXml } from './v2-xml.ts'

/**
 * Stands for the client certificate where there is no TLS: the serial number of the merchant's API
 * certificate. With TLS only the certificate itself counts.
 */
export const CERTIFICATE_HEADER = 'sandbox-client-certificate'

const xml = (fields: Shown): Answer => text(200, writeXml(fields), 'text/xml; charset=utf-8')

// The message itself is wrong, so there is nobody to sign for.
const failed = (message: string): Answer => xml({ return_code: 'FAIL', return_msg: message })

/** Answers a call of V2; undefined when the path is none of V2's. */
export function answerV2(house: House, call: Call): Answer | Promise<Answer> | undefined {
  const known = callsV2[call.path]
  if (!known) return undefined
  if (call.method !== 'POST') return failed('请使用post方法')
  if (call.text === '') return failed('post数据为空')
  if (call.text.includes('�')) return failed('编码格式错误')
  const fields = readXml(call.text)
  if (!fields) return failed('XML格式错误')
  const merchant = merchantOf(house, fields['mch_id'] ?? '')
  if (!merchant) return failed('MCHID不存在')
  const hasNonce = known.isNonceless === true || Boolean(fields['nonce_str'])
  if (!hasNonce || !isSignedV2(fields, merchant.apiKeyV2)) return failed('签名错误')
  const refused = known.needsCertificate ? checkCertificate(call, merchant) : undefined
  if (refused) return refused
  return work({ house, known, merchant, fields })
}

function checkCertificate(call: Call, merchant: Merchant): Answer | undefined {
  const shown = call.isTls ? call.certificateSerial : call.headers[CERTIFICATE_HEADER]
  if (shown === undefined) {
    return html(400, '<html><body>400 No required SSL certificate was sent</body></html>')
  }
  return String(shown).toUpperCase() === merchant.serial ? undefined : failed('证书校验错误')
}

type Working = { house: House; known: CallV2; merchant: Merchant; fields: Fields }

function work({ house, known, merchant, fields }: Working): Promise<Answer> {
  const total = fields['total_fee'] ?? ''
  const isCharge = known.operation === 'charge' && /^\d{1,10}$/.test(total)
  const faults = house.faults.plan({
    operation: known.operation,
    orderNo: orderNoOf(house, merchant, fields),
    ...(isCharge && { amountMinor: BigInt(total) }),
  })
  return underFaults(faults, {
    work: () => xml(sign(attempt({ house, known, merchant, fields }, faults), merchant, fields)),
    unsure: () => xml(sign({ ...unsure, ...recallOf(known, 'Y') }, merchant, fields)),
    spoil: spoilV2,
  })
}

function attempt({ house, known, merchant, fields }: Working, faults: readonly Fault[]): Shown {
  try {
    const appid = fields['appid'] ?? ''
    if (appid === '') throw new Refusal('LACK_PARAMS', '缺少参数appid')
    if (!merchant.appids.includes(appid)) {
      const isKnown = house.accounts.merchants.some(({ appids }) => appids.includes(appid))
      throw new Refusal(isKnown ? 'APPID_MCHID_NOT_MATCH' : 'APPID_NOT_EXIST')
    }
    return known.work({ house, merchant, fields, faults })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { err_code: error.code, err_code_des: error.message, ...recallOf(known, 'N') }
  }
}

const unsure: Shown = { err_code: 'SYSTEMERROR', err_code_des: '系统错误' }

const recallOf = (known: CallV2, recall: 'Y' | 'N'): Shown =>
  known.operation === 'reverse' ? { recall } : {}

/** An answer with its head and its signature, of the kind that the request had. */
function sign(shown: Shown, merchant: Merchant, asked: Fields): Shown {
  const fields: Shown = {
    return_code: 'SUCCESS',
    return_msg: 'OK',
    appid: asked['appid'],
    mch_id: merchant.mchid,
    sub_appid: asked['sub_appid'],
    sub_mch_id: asked['sub_mch_id'],
    nonce_str: randomBytes(16).toString('hex'),
    result_code: shown['err_code'] === undefined ? 'SUCCESS' : 'FAIL',
    ...shown,
  }
  const type = asked['sign_type'] === 'HMAC-SHA256' ? 'HMAC-SHA256' : 'MD5'
  return { ...fields, sign: signV2(fields, merchant.apiKeyV2, type) }
}

/** The same message with a signature in which every digit is another one. */
export function spoilV2(answer: Answer): Answer {
  const body = String(answer.body).replace(/(<sign><!\[CDATA\[)([0-9A-F]+)/, (_all, head, made) => {
    const turned = [...String(made)].map((digit) => (15 - parseInt(digit, 16)).toString(16))
    return `${head}${turned.join('').toUpperCase()}`
  })
  return { ...answer, body }
}

function orderNoOf(house: House, merchant: Merchant, fields: Fields): string {
  const { transaction_id: transactionId, out_trade_no: outTradeNo } = fields
  const key = transactionId ? house.index.get(transactionId) : undefined
  const byRefund = fields['out_refund_no']
    ? house.refunds.get(keyOf(merchant.mchid, fields['out_refund_no']))?.outTradeNo
    : undefined
  return outTradeNo || key?.split('/')[1] || byRefund || ''
}
