import { randomUUID } from 'node:crypto'

import type { Fault, Operation } from '../counterpart/faults.ts'
import { hasFault } from '../counterpart/faults.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { formOf, text } from '../counterpart/http.ts'
import { underFaults } from '../counterpart/under-faults.ts'
import { cancel, close, query, refund, refundQuery } from './after.ts'
import { offerAgreement, queryAgreement, unsignAgreement } from './agreement.ts'
import { cashierPath, refusalPage, signPath } from './cashier.ts'
import type { Content } from './codes.ts'
import { refuse, refused, Refused } from './codes.ts'
import type { App, House } from './house.ts'
import { create, offer, precreate } from './order.ts'
import { pay } from './pay.ts'
import type { Asked, Biz } from './request.ts'
import { textOf } from './request.ts'
import type { Fields } from './wire.ts'
import { isSignedBy, readBeijingTime, readYuan, signedAnswer, signedText } from './wire.ts'

type Method = {
  operation: Operation
  /** Answers fields, signed; or, for what a browser calls, where the browser goes next. */
  run: (asked: Asked, faults: readonly Fault[]) => Content | URL
}

const methods: Record<string, Method> = {
  'alipay.trade.pay': { operation: 'charge', run: pay },
  'alipay.trade.query': { operation: 'query', run: query },
  'alipay.trade.cancel': { operation: 'reverse', run: cancel },
  'alipay.trade.close': { operation: 'close', run: close },
  'alipay.trade.refund': { operation: 'refund', run: refund },
  'alipay.trade.fastpay.refund.query': { operation: 'refund_query', run: refundQuery },
  'alipay.trade.precreate': { operation: 'order', run: precreate },
  'alipay.trade.create': { operation: 'order', run: create },
  'alipay.trade.wap.pay': {
    operation: 'order',
    run: (asked) => cashierPath(asked.house, offer(asked, 'wap', 'QUICK_WAP_WAY')),
  },
  'alipay.user.agreement.page.sign': {
    operation: 'other',
    run: (asked) => signPath(asked.house, offerAgreement(asked)),
  },
  'alipay.user.agreement.query': { operation: 'other', run: queryAgreement },
  'alipay.user.agreement.unsign': { operation: 'other', run: unsignAgreement },
}

/** Answers a call of `/gateway.do`. */
export async function answerGateway(house: House, call: Call): Promise<Answer> {
  const fields = fieldsOf(call)
  const name = fields['method'] ?? ''
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined
  let asked: Asked
  try {
    if (name !== '' && !method) refuse('isv.invalid-method')
    asked = readSigned(house, fields)
  } catch (error) {
    return answer(house, name, refusalContent(error))
  }
  if (!method) return answer(house, name, refused('isv.missing-method'))

  const faults = house.faults.plan(plannedCall(asked, method.operation))
  return underFaults(faults, {
    work: () => work(asked, { name, method, faults }),
    unsure: () => answer(house, name, unsureContent(name, faults)),
    spoil: (whole) => ({ ...whole, body: spoilt(String(whole.body ?? '')) }),
  })
}

type Doing = { name: string; method: Method; faults: readonly Fault[] }

function work(asked: Asked, { name, method, faults }: Doing): Answer {
  let outcome: Content | URL
  try {
    outcome = method.run(asked, faults)
  } catch (error) {
    const content = refusalContent(error)
    const isPage = name.endsWith('.wap.pay') || name.endsWith('.page.sign')
    return isPage ? refusalPage(content) : answer(asked.house, name, content)
  }
  if (outcome instanceof URL) return { status: 302, headers: { location: outcome.href } }
  return answer(asked.house, name, outcome)
}

/** The fields of a call: clients put some into the query and some into the form. */
function fieldsOf(call: Call): Fields {
  const form = call.method === 'POST' ? formOf(call) : new URLSearchParams()
  return { ...Object.fromEntries(call.query), ...Object.fromEntries(form) }
}

/**
 * Who asks for what: the signature of every request is verified before anything else is looked at.
 *
 * @throws Refused with the gateway's own codes
 */
export function readSigned(house: House, fields: Fields): Asked {
  const { charset = 'utf-8', format = 'JSON', timestamp = '', version = '' } = fields
  const app = senderOf(house, fields)
  if (timestamp === '') refuse('isv.missing-timestamp')
  if (readBeijingTime(timestamp) === null) refuse('isv.invalid-timestamp')
  if (version === '') refuse('isv.missing-version')
  if (charset.toLowerCase() !== 'utf-8') refuse('isv.invalid-charset')
  if (format.toUpperCase() !== 'JSON') refuse('isv.invalid-format')
  const { notify_url: notifyUrl = '', return_url: returnUrl = '' } = fields
  return { house, app, biz: bizOf(fields['biz_content'] ?? '{}'), notifyUrl, returnUrl }
}

function senderOf(house: House, fields: Fields): App {
  const { app_id: appId = '', sign = '', sign_type: signType = '' } = fields
  if (appId === '') refuse('isv.missing-app-id')
  const app = house.apps.get(appId)
  if (!app) refuse('isv.invalid-app-id')
  if (signType === '') refuse('isv.missing-signature-type')
  if (signType !== 'RSA2') refuse('isv.invalid-signature-type')
  if (sign === '') refuse('isv.missing-signature')
  const { publicKeyPem } = house.keys.ofApp(appId)
  if (!isSignedBy(signedText(fields), sign, publicKeyPem)) refuse('isv.invalid-signature')
  return app
}

function bizOf(content: string): Biz {
  try {
    const biz: unknown = JSON.parse(content)
    if (typeof biz === 'object' && biz !== null && !Array.isArray(biz)) return biz as Biz
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return refuse('isv.invalid-parameter', 'biz_content')
}

function plannedCall({ house, biz }: Asked, operation: Operation) {
  const id = house.tradeNos.get(textOf(biz, 'trade_no'))
  const named = id === undefined ? undefined : house.trades.get(id)?.outTradeNo
  const orderNo = named ?? textOf(biz, 'out_trade_no')
  const amountMinor = readYuan(biz['total_amount'])
  return { operation, orderNo, ...(amountMinor !== null && { amountMinor }) }
}

function unsureContent(name: string, faults: readonly Fault[]): Content {
  if (hasFault(faults, 'busy')) return refused('isp.unknow-error')
  return refused(name === 'alipay.trade.cancel' ? 'AQC.SYSTEM_ERROR' : 'ACQ.SYSTEM_ERROR')
}

function refusalContent(error: unknown): Content {
  if (!(error instanceof Refused)) throw error
  return refused(error.subCode, error.detail)
}

function answer(house: House, method: string, content: Content): Answer {
  const name = /^[a-z]+(\.[a-z]+)+$/.test(method)
    ? `${method.replaceAll('.', '_')}_response`
    : 'error_response'
  const body = signedAnswer(name, content, house.keys.alipay.privateKeyPem)
  const plain = text(200, body, 'text/html;charset=utf-8')
  return { ...plain, headers: { ...plain.headers, trace_id: randomUUID().replaceAll('-', '') } }
}

// Another first character: still base64, and no signature of this content.
const spoilt = (body: string): string =>
  body.replace(/"sign":"(.)/, (_all, first: string) => `"sign":"${first === 'A' ? 'B' : 'A'}`)
