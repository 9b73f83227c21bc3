import { formatDecimal } from '../../modules/money/money.ts'
import { code128Svg, qrSvg } from '../counterpart/barcode.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { formOf, html, json, text } from '../counterpart/http.ts'
import type { WaitingPayment } from '../counterpart/phone.ts'
import { escapeHtml, languageOf, phonePage, waitingState } from '../counterpart/phone.ts'
import type { RespCode } from './codes.ts'
import { messageOf } from './codes.ts'
import type { House, Payer, Txn } from './house.ts'
import { card } from './house.ts'
import { decide, linkedTo, payLinked, waitingOf } from './pay.ts'

// The payers' phones: a page for people at `/phone/<login>`, and the same for programs: the view at
// `/phone/<login>.json`, and `/password` and `/pay` answered in JSON to those who post JSON.

const REFRESH_SECONDS = 45

const said = {
  paid: { zh: '付款成功', en: 'Paid' },
  cancelled: { zh: '已取消付款', en: 'Cancelled' },
  wrong_password: { zh: '支付密码不正确', en: 'The payment password is wrong' },
  not_waiting: { zh: '没有等待您的这笔付款', en: 'No such payment waits for you' },
} as const

const statuses = { paid: 200, cancelled: 200, wrong_password: 422, not_waiting: 404 } as const

/** A failed payment carries UnionPay's code. */
type Outcome = { result: keyof typeof said } | { result: 'failed'; code: RespCode }

/** Answers what the payers' phones do; undefined when the path is none of theirs. */
export function answerPhone(house: House, call: Call): Answer | Promise<Answer> | undefined {
  if (call.method === 'GET' && call.path === '/') return listOfPhones(house)
  const [, login, page = ''] = /^\/phone\/([\w-]+)(\.json|\/\w+)?$/.exec(call.path) ?? []
  if (login === undefined) return undefined
  const payer = house.payers.get(login)
  if (!payer) return json(404, { message: `no payer ${login}` })
  switch (`${call.method} ${page}`) {
    case 'GET ':
      return showPage(house, call, payer)
    case 'GET .json':
      return json(200, showView(house, payer))
    case 'GET /state': {
      const isLive = house.mint.stateOf(call.query.get('code') ?? '') === 'live'
      return text(200, waitingState(waitingFor(house, payer), isLive))
    }
    case 'POST /password':
      return tell(call, payer, typePassword(house, payer, postedTo(call)))
    case 'POST /pay':
      return tell(call, payer, payScanned(house, payer, postedTo(call)))
    default:
      return undefined
  }
}

const isJson = (call: Call): boolean =>
  call.headers['content-type']?.startsWith('application/json') ?? false

const postedTo = (call: Call): Record<string, unknown> =>
  isJson(call)
    ? (JSON.parse(call.text) as Record<string, unknown>)
    : Object.fromEntries(formOf(call))

// A form goes back to the page with a word of what happened; a program gets JSON and a status.
function tell(call: Call, payer: Payer, outcome: Outcome): Answer {
  const isFailed = outcome.result === 'failed'
  const message = isFailed ? messageOf(outcome.code) : said[outcome.result][languageOf(call)]
  if (isJson(call)) {
    const code = isFailed ? { resp_code: outcome.code } : {}
    return json(isFailed ? 422 : statuses[outcome.result], {
      result: outcome.result,
      message,
      ...code,
    })
  }
  const query = new URLSearchParams({ lang: languageOf(call), message })
  return { status: 303, headers: { location: `/phone/${payer.login}?${query.toString()}` } }
}

function typePassword(house: House, payer: Payer, posted: Record<string, unknown>): Outcome {
  const { order_no: orderNo, action, password } = posted
  const txn = waitingOf(house, payer.login).find(({ orderId }) => orderId === orderNo)
  if (!txn) return { result: 'not_waiting' }
  if (action === 'cancel') {
    decide(house, txn, { kind: 'cancel' })
    return { result: 'cancelled' }
  }
  if (payer.password !== password) return { result: 'wrong_password' }
  return outcomeOf(decide(house, txn, { kind: 'confirm' }))
}

// The phone takes what it can scan, a QR code, and what another app hands to it, a tn.
function payScanned(house: House, payer: Payer, posted: Record<string, unknown>): Outcome {
  const { code_url: scanned = '', password } = posted
  if (payer.password !== password) return { result: 'wrong_password' }
  const txn = linkedTo(house, String(scanned))
  return txn ? outcomeOf(payLinked(house, txn, payer)) : { result: 'not_waiting' }
}

function outcomeOf(now: Txn | RespCode): Outcome {
  if (typeof now === 'string') return { result: 'failed', code: now }
  return now.state === 'succeeded' ? { result: 'paid' } : { result: 'failed', code: now.code }
}

const merchantName = (house: House, { merId }: Txn): string => house.merchants.get(merId)!.name

const yuan = (amountMinor: bigint): string => `¥ ${formatDecimal(amountMinor, 'CNY')}`

const waitingFor = (house: House, payer: Payer): WaitingPayment[] =>
  waitingOf(house, payer.login).map((txn) => ({
    orderNo: txn.orderId,
    merchant: merchantName(house, txn),
    amountText: yuan(txn.amountMinor),
  }))

// Every call shows a new code.
function showView(house: House, payer: Payer) {
  const { code, expiresAt } = house.mint.show(payer.login)
  return {
    payer: payer.login,
    name: payer.name,
    code,
    expires_at: expiresAt.toISOString(),
    balance: house.books.balanceMinor(card(payer.login)),
    waiting: waitingOf(house, payer.login).map((txn) => ({
      order_no: txn.orderId,
      merchant: merchantName(house, txn),
      amount: txn.amountMinor,
    })),
  }
}

async function showPage(house: House, call: Call, payer: Payer): Promise<Answer> {
  const { code } = house.mint.show(payer.login)
  const page = phonePage({
    language: languageOf(call),
    title: { zh: '云闪付（沙箱）', en: 'UnionPay (sandbox)' },
    accent: '#a8071a',
    holder: `${payer.name} ${payer.cardNo.slice(-4)}`,
    balanceText: yuan(house.books.balanceMinor(card(payer.login))),
    code,
    barcodeSvg: code128Svg(code),
    qrSvg: await qrSvg(code),
    refreshSeconds: REFRESH_SECONDS,
    waiting: waitingFor(house, payer),
    path: `/phone/${payer.login}`,
    message: call.query.get('message') ?? undefined,
  })
  return html(200, page)
}

function listOfPhones(house: House): Answer {
  const items = house.payers
    .all()
    .map(({ login, name }) => `<li><a href="/phone/${login}">${escapeHtml(name)}</a></li>`)
  const title = '银联沙箱 · UnionPay sandbox'
  return html(
    200,
    `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><ul>${items.join('')}</ul></html>`,
  )
}
