import { formatDecimal } from '../../modules/money/money.ts'
import { code128Svg, qrSvg } from '../counterpart/barcode.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { formOf, html, json, text } from '../counterpart/http.ts'
import type { WaitingPayment } from '../counterpart/phone.ts'
import { escapeHtml, languageOf, phonePage, waitingState } from '../counterpart/phone.ts'
import type { Payer } from './accounts.ts'
import { readClientPay } from './client-pay.ts'
import type { House, Order } from './house.ts'
import { keyOf, merchantOf, payerOf } from './house.ts'
import { answerContracts, answerSignPage } from './papay-page.ts'
import { answerPassword, balanceOf, payOrder, waitingOf } from './pay.ts'
import { Refusal } from './refusals.ts'

const REFRESH_SECONDS = 40

const said: Record<string, { zh: string; en: string }> = {
  paid: { zh: '付款成功', en: 'Paid' },
  cancelled: { zh: '已取消', en: 'Cancelled' },
  wrong_password: { zh: '支付密码错误，请重试', en: 'Wrong password, try again' },
  not_enough: { zh: '余额不足', en: 'Not enough money' },
  not_waiting: { zh: '没有等待确认的付款', en: 'No payment waits for you' },
  NOTENOUGH: { zh: '余额不足', en: 'Not enough money' },
  ORDERNOTEXIST: { zh: '订单不存在', en: 'No such order' },
  ORDERPAID: { zh: '订单已支付', en: 'This order is paid' },
  ORDERCLOSED: { zh: '订单已关闭', en: 'This order is closed' },
  BUYER_MISMATCH: { zh: '支付帐号错误', en: 'This order is for another payer' },
  TRADE_ERROR: { zh: '支付密码错误，请重试', en: 'Wrong password, try again' },
  PARAM_ERROR: { zh: '支付验证签名失败', en: 'The merchant’s signature is wrong' },
}

const yuan = (amountMinor: bigint): string => `¥ ${formatDecimal(amountMinor, 'CNY')}`

/** Answers what the payers' phones do; undefined when the path is none of theirs. */
export function answerPhone(house: House, call: Call): Answer | Promise<Answer> | undefined {
  if (call.method === 'GET' && call.path === '/') return listOfPhones(house)
  const contracts = answerSignPage(house, call) ?? answerContracts(house, call)
  if (contracts) return contracts
  const h5 = /^\/h5\/([\w]+)$/.exec(call.path)?.[1]
  if (h5 !== undefined && call.method === 'GET') return h5Page(house, h5)
  const [, name, rest = ''] = /^\/phone\/([\w-]+)(\.json|\/\w+)?$/.exec(call.path) ?? []
  if (name === undefined) return undefined
  const payer = payerOf(house, name)
  if (!payer) return json(404, { code: 'PAYER_NOT_EXIST', message: `no payer ${name}` })
  switch (`${call.method} ${rest}`) {
    case 'GET ':
      return page(house, payer, call)
    case 'GET .json':
      return json(200, showPhone(house, payer))
    case 'GET /state':
      return state(house, payer, call)
    case 'POST /password':
      return password(house, payer, call)
    case 'POST /pay':
      return pay(house, payer, call)
    default:
      return undefined
  }
}

const merchantName = (house: House, { mchid }: Order): string =>
  merchantOf(house, mchid)?.name ?? mchid

function waitingPayments(house: House, payer: Payer): WaitingPayment[] {
  return waitingOf(house, payer.name).map((order) => ({
    orderNo: order.outTradeNo,
    merchant: merchantName(house, order),
    amountText: yuan(order.totalMinor),
  }))
}

async function page(house: House, payer: Payer, call: Call): Promise<Answer> {
  const { code } = house.codes.show(payer.name)
  const view = phonePage({
    language: languageOf(call),
    title: { zh: '微信支付（沙箱）', en: 'WeChat Pay (sandbox)' },
    accent: '#067a46',
    holder: payer.shownName,
    balanceText: yuan(balanceOf(house, payer.name)),
    code,
    barcodeSvg: code128Svg(code),
    qrSvg: await qrSvg(code),
    refreshSeconds: REFRESH_SECONDS,
    waiting: waitingPayments(house, payer),
    path: `/phone/${payer.name}`,
    link: {
      href: `/phone/${payer.name}/contracts`,
      text: { zh: '扣费服务', en: 'Merchants that may charge me' },
    },
    message: call.query.get('message') ?? undefined,
  })
  return html(200, view)
}

/** The phone for a test: every call shows a new code. */
function showPhone(house: House, payer: Payer): Record<string, unknown> {
  const { code, expiresAt } = house.codes.show(payer.name)
  return {
    payer: payer.name,
    name: payer.shownName,
    code,
    expires_at: expiresAt.toISOString(),
    balance: balanceOf(house, payer.name),
    waiting: waitingOf(house, payer.name).map((order) => ({
      order_no: order.outTradeNo,
      merchant: merchantName(house, order),
      amount: order.totalMinor,
    })),
  }
}

function state(house: House, payer: Payer, call: Call): Answer {
  const isLive = house.codes.stateOf(call.query.get('code') ?? '') === 'live'
  return text(200, waitingState(waitingPayments(house, payer), isLive))
}

type PostedFields = Record<string, unknown>

const isJson = (call: Call): boolean =>
  call.headers['content-type']?.startsWith('application/json') ?? false

/** What a form or a test has posted; undefined when it cannot be read. */
function fieldsOf(call: Call): PostedFields | undefined {
  if (!isJson(call)) return Object.fromEntries(formOf(call))
  try {
    const value: unknown = JSON.parse(call.text)
    return typeof value === 'object' && value !== null ? (value as PostedFields) : undefined
  } catch {
    return undefined // No JSON: the caller is told so.
  }
}

// A form goes back to the page with a word of what happened; a test gets JSON and a status.
function tell(call: Call, payer: Payer, told: { status: number; kind: string }): Answer {
  const message = said[told.kind]?.[languageOf(call)] ?? told.kind
  if (isJson(call)) return json(told.status, { result: told.kind, message })
  const query = new URLSearchParams({ lang: languageOf(call), message })
  return { status: 303, headers: { location: `/phone/${payer.name}?${query.toString()}` } }
}

const statuses = {
  paid: 200,
  cancelled: 200,
  wrong_password: 422,
  not_enough: 422,
  not_waiting: 404,
}

function password(house: House, payer: Payer, call: Call): Answer {
  const fields = fieldsOf(call)
  if (!fields) return json(400, { result: 'bad_request' })
  const { order_no: orderNo, action, password: given } = fields
  const { kind } = answerPassword(house, payer.name, {
    orderNo: String(orderNo),
    action: action === 'cancel' ? 'cancel' : 'confirm',
    password: given === undefined ? undefined : String(given),
  })
  return tell(call, payer, { status: statuses[kind], kind })
}

function pay(house: House, payer: Payer, call: Call): Answer {
  const fields = fieldsOf(call)
  if (!fields) return json(400, { result: 'bad_request' })
  try {
    const key = keyOfPayable(house, fields)
    payOrder(house, payer.name, { key, password: String(fields['password'] ?? '') })
    return tell(call, payer, { status: 200, kind: 'paid' })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return tell(call, payer, { status: 422, kind: error.code })
  }
}

/** What a payer may open: a code_url, a prepay id, an h5_url, or what a page or an app has signed. */
function keyOfPayable(house: House, fields: PostedFields): string {
  for (const kind of ['jsapi', 'app'] as const) {
    const signed = fields[kind]
    if (signed === undefined) continue
    const order = readClientPay(house, { kind, fields: signed as Record<string, string> })
    return keyOf(order.mchid, order.outTradeNo)
  }
  const given = String(fields['code_url'] ?? fields['prepay_id'] ?? fields['h5_url'] ?? '').trim()
  const key = house.index.get(given.replace(/^https?:\/\/[^/]+\/h5\//, ''))
  if (key === undefined) throw new Refusal('ORDERNOTEXIST')
  return key
}

function listOfPhones(house: House): Answer {
  const items = house.accounts.payers.map(
    ({ name, shownName }) => `<li><a href="/phone/${name}">${escapeHtml(shownName)}</a></li>`,
  )
  const title = '微信支付沙箱 · WeChat Pay sandbox'
  return html(
    200,
    `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><ul>${items.join('')}</ul></html>`,
  )
}

// Where an h5_url leads: on a real phone WeChat would open; here a payer is chosen.
function h5Page(house: House, prepayId: string): Answer {
  const order = house.orders.get(house.index.get(prepayId) ?? '')
  if (!order) return html(404, '<p>订单不存在 · no such order</p>')
  const forms = house.accounts.payers.map(
    ({ name, shownName }) =>
      `<form method="post" action="/phone/${name}/pay"><input type="hidden" name="prepay_id" value="${prepayId}"><label>${escapeHtml(shownName)} · 支付密码 password <input name="password" type="password" inputmode="numeric"></label> <button>付款 Pay ${yuan(order.totalMinor)}</button></form>`,
  )
  return html(
    200,
    `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>微信支付沙箱</title><h1>${escapeHtml(order.body)}</h1>${forms.join('')}</html>`,
  )
}
