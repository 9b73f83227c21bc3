import { code128Svg, qrSvg } from '../counterpart/barcode.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { formOf, html, json, text } from '../counterpart/http.ts'
import type { WaitingPayment } from '../counterpart/phone.ts'
import { escapeHtml, languageOf, phonePage, waitingState } from '../counterpart/phone.ts'
import { granted, refuse, refused, Refused } from './codes.ts'
import type { Content } from './codes.ts'
import { readSigned } from './gateway.ts'
import type { House, Payer, Trade } from './house.ts'
import { purse } from './house.ts'
import { offer, orderOf, takeUp } from './order.ts'
import { closeTrade, payTrade } from './trade.ts'
import { signedAnswer, yuan } from './wire.ts'

// The payers' phones: a page for people at `/phone/<login>`, and the same for programs: the view at
// `/phone/<login>.json`, and `/password` and `/pay` answered in JSON to those who post JSON.

const REFRESH_SECONDS = 45

const said = {
  paid: { zh: '付款成功', en: 'Paid' },
  cancelled: { zh: '已取消付款', en: 'Cancelled' },
  wrong_password: { zh: '支付密码不正确', en: 'The payment password is wrong' },
  not_waiting: { zh: '没有等待确认的这笔付款', en: 'No such payment waits for you' },
} as const

const statuses = { paid: 200, cancelled: 200, wrong_password: 422, not_waiting: 404 } as const

type Outcome = { result: keyof typeof said; content?: Content }

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
      return tell(call, payer, () => decide(house, payer, postedTo(call)))
    case 'POST /pay':
      return tell(call, payer, () => payOrder(house, payer, postedTo(call)))
    default:
      return undefined
  }
}

const isJson = (call: Call): boolean =>
  call.headers['content-type']?.startsWith('application/json') ?? false

function postedTo(call: Call): Record<string, unknown> {
  return isJson(call)
    ? (JSON.parse(call.text) as Record<string, unknown>)
    : Object.fromEntries(formOf(call))
}

// A form goes back to the page with a word of what happened; a program gets JSON and a status.
function tell(call: Call, payer: Payer, act: () => Outcome): Answer {
  const answer = (status: number, message: string, content: Content): Answer => {
    if (isJson(call)) return json(status, { message, ...content })
    const query = new URLSearchParams({ lang: languageOf(call), message })
    return { status: 303, headers: { location: `/phone/${payer.login}?${query.toString()}` } }
  }
  try {
    const { result, content } = act()
    return answer(statuses[result], said[result][languageOf(call)], { result, ...content })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const content = refused(error.subCode, error.detail)
    return answer(422, String(content['sub_msg']), { result: error.subCode, ...content })
  }
}

function decide(house: House, payer: Payer, posted: Record<string, unknown>): Outcome {
  const { order_no: orderNo, action, password } = posted
  const trade = openTrades(house, payer).find((one) => one.outTradeNo === orderNo)
  if (!trade) return { result: 'not_waiting' }
  if (action === 'cancel') {
    closeTrade(house, trade)
    return { result: 'cancelled' }
  }
  return payer.password === password ? settle(house, trade) : { result: 'wrong_password' }
}

// The phone takes what it can scan, a QR code, and what another app hands to it, an order string.
function payOrder(house: House, payer: Payer, posted: Record<string, unknown>): Outcome {
  const { code_url: scanned = '', password } = posted
  if (payer.password !== password) return { result: 'wrong_password' }
  const isOrderString = String(scanned).includes('method=alipay.trade.app.pay')
  return isOrderString
    ? payOrderString(house, payer, String(scanned))
    : payOrderCode(house, payer, String(scanned))
}

function payOrderCode(house: House, payer: Payer, link: string): Outcome {
  const order = orderOf(house, link) ?? refuse('ACQ.TRADE_NOT_EXIST')
  return settle(house, takeUp(house, order, payer))
}

function payOrderString(house: House, payer: Payer, orderString: string): Outcome {
  const asked = readSigned(house, Object.fromEntries(new URLSearchParams(orderString)))
  const order = offer(asked, 'app', 'QUICK_MSECURITY_PAY')
  const { result, content } = settle(house, takeUp(house, order, payer))
  const { appId, sellerId } = asked.app
  // What the phone hands back to the app, as the mobile SDK does.
  const signed = signedAnswer(
    'alipay_trade_app_pay_response',
    granted({ ...content, app_id: appId, seller_id: sellerId }),
    house.keys.alipay.privateKeyPem,
  )
  return { result, content: { app_result: { resultStatus: '9000', result: signed, memo: '' } } }
}

function settle(house: House, trade: Trade): Outcome {
  const outcome = payTrade(house, trade)
  if (typeof outcome === 'string') refuse(outcome)
  const { tradeNo: trade_no, outTradeNo: out_trade_no, totalMinor } = outcome
  return { result: 'paid', content: { trade_no, out_trade_no, total_amount: yuan(totalMinor) } }
}

/** The payer's trades that wait for the password. */
function openTrades(house: House, payer: Payer): Trade[] {
  return house.trades
    .all()
    .filter(
      ({ payer: login, status, wait }) =>
        login === payer.login && status === 'WAIT_BUYER_PAY' && wait.kind !== 'nothing',
    )
}

const merchantName = (house: House, { appId }: Trade): string => house.apps.get(appId)!.name

const waitingFor = (house: House, payer: Payer): WaitingPayment[] =>
  openTrades(house, payer).map((trade) => ({
    orderNo: trade.outTradeNo,
    merchant: `${merchantName(house, trade)} · ${trade.subject}`,
    amountText: `¥ ${yuan(trade.totalMinor)}`,
  }))

// Every call shows a new code.
function showView(house: House, payer: Payer) {
  const { code, expiresAt } = house.mint.show(payer.login)
  return {
    payer: payer.login,
    name: payer.name,
    code,
    expires_at: expiresAt.toISOString(),
    balance: house.books.balanceMinor(purse(payer.login)),
    waiting: openTrades(house, payer).map((trade) => ({
      order_no: trade.outTradeNo,
      merchant: merchantName(house, trade),
      amount: trade.totalMinor,
    })),
  }
}

async function showPage(house: House, call: Call, payer: Payer): Promise<Answer> {
  const { code } = house.mint.show(payer.login)
  const page = phonePage({
    language: languageOf(call),
    title: { zh: '支付宝（沙箱）', en: 'Alipay (sandbox)' },
    accent: '#0958d9',
    holder: payer.name,
    balanceText: `¥ ${yuan(house.books.balanceMinor(purse(payer.login)))}`,
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
  const title = '支付宝沙箱 · Alipay sandbox'
  return html(
    200,
    `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><ul>${items.join('')}</ul></html>`,
  )
}
