import { code128Svg, qrSvg } from '../counterpart/barcode.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { formOf, html, json, text } from '../counterpart/http.ts'
import type { WaitingPayment } from '../counterpart/phone.ts'
import { languageOf, phonePage, waitingState } from '../counterpart/phone.ts'
import { granted, refuse, refused, Refused } from './codes.ts'
import type { Content } from './codes.ts'
import { readSigned } from './gateway.ts'
import type { House, Payer, Trade } from './house.ts'
import { purse } from './house.ts'
import { offer, orderOf, takeUp } from './order.ts'
import { closeTrade, payTrade } from './trade.ts'
import { signedAnswer, yuan } from './wire.ts'

// The payer's phone, `/phone/<login>`: a page for people, and the same in JSON for programs that
// ask for it (`Accept: application/json`).

const REFRESH_SECONDS = 45

const said = {
  paid: { zh: '付款成功', en: 'Paid' },
  left: { zh: '已取消付款', en: 'Cancelled' },
  wrong: { zh: '支付密码不正确', en: 'The payment password is wrong' },
  gone: { zh: '没有等待确认的这笔付款', en: 'No such payment waits for you' },
} as const

/** Answers everything under `/phone/`; undefined when the path is another. */
export async function answerPhone(house: House, call: Call): Promise<Answer | undefined> {
  const [, login = '', page = ''] = /^\/phone\/([^/]+)(?:\/(\w+))?$/.exec(call.path) ?? []
  if (login === '') return undefined
  const payer = house.payers.get(decodeURIComponent(login))
  if (!payer) return json(404, { message: 'no such payer' })
  switch (`${call.method} ${page}`) {
    case 'GET ':
      return showPhone(house, call, payer)
    case 'GET state': {
      const isLive = house.mint.stateOf(call.query.get('code') ?? '') === 'live'
      return text(200, waitingState(waitingFor(house, payer), isLive))
    }
    case 'POST password':
      return tell(house, call, payer, (form) => decide(house, payer, form))
    case 'POST pay':
      return tell(house, call, payer, (form) => payOrder(house, payer, form))
    default:
      return json(404, { message: 'no such page' })
  }
}

type Said = { status: number; word: keyof typeof said; content?: Content }

async function tell(
  house: House,
  call: Call,
  payer: Payer,
  act: (form: URLSearchParams) => Said,
): Promise<Answer> {
  const language = languageOf(call)
  let status: number
  let message: string
  let content: Content
  try {
    const outcome = act(formOf(call))
    ;({ status, content = {} } = outcome)
    message = said[outcome.word][language]
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    content = refused(error.subCode, error.detail)
    status = 422
    message = String(content['sub_msg'])
  }
  if (wantsJson(call)) return json(status, { message, ...content })
  return showPhone(house, call, payer, message)
}

function decide(house: House, payer: Payer, form: URLSearchParams): Said {
  const trade = openTrades(house, payer).find((one) => one.tradeNo === form.get('order_no'))
  if (!trade) return { status: 404, word: 'gone' }
  if (form.get('action') === 'cancel') {
    closeTrade(house, trade)
    return { status: 200, word: 'left' }
  }
  if (payer.password !== form.get('password')) return { status: 403, word: 'wrong' }
  return settle(house, trade)
}

// The phone takes what it can scan, a QR code, and what another app hands to it, an order string.
function payOrder(house: House, payer: Payer, form: URLSearchParams): Said {
  if (payer.password !== form.get('password')) return { status: 403, word: 'wrong' }
  const scanned = form.get('code_url') ?? ''
  if (!scanned.includes('method=alipay.trade.app.pay')) {
    const order = orderOf(house, scanned) ?? refuse('ACQ.TRADE_NOT_EXIST')
    return settle(house, takeUp(house, order, payer))
  }
  const asked = readSigned(house, Object.fromEntries(new URLSearchParams(scanned)))
  const order = offer(asked, 'app', 'QUICK_MSECURITY_PAY')
  const { word, status, content = {} } = settle(house, takeUp(house, order, payer))
  const { alipay } = house.keys
  const result = signedAnswer(
    'alipay_trade_app_pay_response',
    granted({ ...content, app_id: asked.app.appId, seller_id: asked.app.sellerId }),
    alipay.privateKeyPem,
  )
  return { word, status, content: { resultStatus: '9000', result, memo: '' } }
}

function settle(house: House, trade: Trade): Said {
  const outcome = payTrade(house, trade)
  if (typeof outcome === 'string') refuse(outcome)
  const { tradeNo: trade_no, outTradeNo: out_trade_no, totalMinor } = outcome
  const content = { trade_no, out_trade_no, total_amount: yuan(totalMinor) }
  return { status: 200, word: 'paid', content }
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

const waitingFor = (house: House, payer: Payer): WaitingPayment[] =>
  openTrades(house, payer).map((trade) => ({
    orderNo: trade.tradeNo,
    merchant: `${house.apps.get(trade.appId)!.name} · ${trade.subject}`,
    amountText: `¥${yuan(trade.totalMinor)}`,
  }))

const wantsJson = (call: Call): boolean =>
  call.headers.accept?.includes('application/json') ?? false

async function showPhone(
  house: House,
  call: Call,
  payer: Payer,
  message?: string,
): Promise<Answer> {
  const { code, expiresAt } = house.mint.show(payer.login)
  const balanceMinor = house.books.balanceMinor(purse(payer.login))
  if (wantsJson(call)) {
    return json(200, {
      payer: payer.login,
      name: payer.name,
      balance_minor: balanceMinor,
      code,
      expires_at: expiresAt.toISOString(),
      waiting: openTrades(house, payer).map((trade) => ({
        order_no: trade.tradeNo,
        out_trade_no: trade.outTradeNo,
        merchant: house.apps.get(trade.appId)!.name,
        subject: trade.subject,
        amount_minor: trade.totalMinor,
      })),
    })
  }
  return html(
    200,
    phonePage({
      language: languageOf(call),
      title: { zh: '支付宝（沙箱）', en: 'Alipay (sandbox)' },
      accent: '#1677ff',
      holder: payer.name,
      balanceText: `¥${yuan(balanceMinor)}`,
      code,
      barcodeSvg: code128Svg(code),
      qrSvg: await qrSvg(code),
      refreshSeconds: REFRESH_SECONDS,
      waiting: waitingFor(house, payer),
      path: `/phone/${encodeURIComponent(payer.login)}`,
      message,
    }),
  )
}
