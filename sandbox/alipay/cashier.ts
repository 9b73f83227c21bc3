import type { Answer, Call } from '../counterpart/http.ts'
import { formOf, html, json } from '../counterpart/http.ts'
import { escapeHtml, languageOf, type Language } from '../counterpart/phone.ts'
import { signAgreement } from './agreement.ts'
import type { Content } from './codes.ts'
import { refused, Refused } from './codes.ts'
import type { House, Offer, Order, Payer } from './house.ts'
import { orderOf, takeUp } from './order.ts'
import { payTrade } from './trade.ts'
import type { Fields } from './wire.ts'
import { beijingTime, signedText, signText, yuan } from './wire.ts'

// The pages that a browser is sent to: the payer says who they are, types the password and pays, or
// signs. Asked for JSON (`Accept: application/json`) they answer `{ location }` or `{ message }`.

/** Where the browser goes to pay an order. */
export const cashierPath = (house: House, order: Order): URL =>
  new URL(`/cashier/${order.token}`, house.url())

/** Where the browser goes to sign an agreement. */
export const signPath = (house: House, offer: Offer): URL =>
  new URL(`/cashier/${offer.token}`, house.url())

const words = {
  zh: {
    pay: '确认付款',
    sign: '同意并签约',
    payer: '支付宝账户',
    password: '支付密码',
    leave: '返回商家',
    wrong: '支付密码不正确',
    gone: '页面已失效',
    agree: '授权商家免密扣款',
    sandbox: '沙箱：这里没有真实的资金',
    failed: '未能付款',
    done: '已完成',
  },
  en: {
    pay: 'Pay',
    sign: 'Agree and sign',
    payer: 'Alipay account',
    password: 'Payment password',
    leave: 'Back to the merchant',
    wrong: 'The payment password is wrong',
    gone: 'This page is no longer valid',
    agree: 'Let the merchant charge without a password',
    sandbox: 'Sandbox: no real money here',
    failed: 'Not paid',
    done: 'Done',
  },
} as const

/** Answers `/cashier/<token>`; undefined when the path is another. */
export function answerCashier(house: House, call: Call): Answer | undefined {
  const token = /^\/cashier\/(\w+)$/.exec(call.path)?.[1]
  if (token === undefined) return undefined
  const language = languageOf(call)
  const order = orderOf(house, token)
  const offer = house.offers.get(token)
  if (!order && !offer) return say(call, 404, words[language].gone)
  if (call.method === 'GET') return page(house, { order, offer, language })
  try {
    return act(house, call, { order, offer })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const reason = refused(error.subCode, error.detail)
    return say(call, 422, `${words[language].failed}: ${String(reason['sub_msg'])}`)
  }
}

type Subject = { order: Order | undefined; offer: Offer | undefined }

function act(house: House, call: Call, { order, offer }: Subject): Answer {
  const form = formOf(call)
  if (form.get('action') === 'leave') return go(call, order?.quitUrl ?? '')
  const payer = house.payers.get(form.get('payer') ?? '')
  if (!payer || payer.password !== form.get('password')) {
    return say(call, 403, words[languageOf(call)].wrong)
  }
  if (offer) {
    const { agreementNo } = signAgreement(house, payer, offer)
    const result = { agreement_no: agreementNo, external_agreement_no: offer.externalNo }
    return go(call, returnLink(house, offer, { ...result, status: 'NORMAL', is_success: 'T' }))
  }
  const paid = payTrade(house, takeUp(house, order!, payer))
  if (typeof paid === 'string') throw new Refused(paid)
  return go(
    call,
    returnLink(house, order!, {
      method: 'alipay.trade.wap.pay.return',
      out_trade_no: paid.outTradeNo,
      trade_no: paid.tradeNo,
      total_amount: yuan(paid.totalMinor),
      seller_id: house.apps.get(paid.appId)!.sellerId,
    }),
  )
}

// The browser carries a signed word to the merchant. It proves little: only the notice and the
// query say that a trade is paid.
function returnLink(
  house: House,
  { appId, returnUrl }: { appId: string; returnUrl: string },
  fields: Fields,
): string {
  if (returnUrl === '') return ''
  const all: Fields = {
    app_id: appId,
    auth_app_id: appId,
    charset: 'utf-8',
    version: '1.0',
    sign_type: 'RSA2',
    timestamp: beijingTime(house.clock.now()),
    ...fields,
  }
  const sign = signText(signedText(all, ['sign', 'sign_type']), house.keys.alipay.privateKeyPem)
  const link = new URL(returnUrl)
  for (const [name, value] of Object.entries({ ...all, sign })) link.searchParams.set(name, value)
  return link.href
}

const wantsJson = (call: Call): boolean =>
  call.headers.accept?.includes('application/json') ?? false

function go(call: Call, location: string): Answer {
  if (wantsJson(call)) return json(200, { location })
  if (location === '') return say(call, 200, words[languageOf(call)].done)
  return { status: 302, headers: { location } }
}

function say(call: Call, status: number, message: string): Answer {
  return wantsJson(call) ? json(status, { message }) : html(status, frame('Alipay', message))
}

/** What a browser sees when its request was refused at the gateway. */
export function refusalPage(content: Content): Answer {
  const text = `${String(content['sub_code'])}: ${String(content['sub_msg'])}`
  return html(400, frame('Alipay', text))
}

function page(house: House, subject: Subject & { language: Language }): Answer {
  const { order, offer, language } = subject
  const said = words[language]
  const app = house.apps.get((order ?? offer)!.appId)!
  const what = order ? `${order.subject} ¥${yuan(order.totalMinor)}` : said.agree
  const options = house.payers.all().map(option).join('')
  return html(
    200,
    frame(
      app.name,
      what,
      `<form method="post">
<label>${said.payer}<select name="payer">${options}</select></label>
<label>${said.password}<input name="password" type="password" inputmode="numeric" required></label>
<button>${order ? said.pay : said.sign}</button>
<button name="action" value="leave" formnovalidate>${said.leave}</button>
</form><footer>${said.sandbox}</footer>`,
    ),
  )
}

const option = ({ login, name, logonId }: Payer): string =>
  `<option value="${escapeHtml(login)}">${escapeHtml(name)} ${escapeHtml(logonId)}</option>`

function frame(title: string, message: string, body = ''): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:400px;margin:32px auto;padding:0 16px}
label{display:block;margin:16px 0}input,select{display:block;box-sizing:border-box;width:100%;font:inherit;padding:8px}
button{font:inherit;padding:8px 16px;margin-right:8px}footer{margin-top:32px;color:#595959}</style></head>
<body><h1>${escapeHtml(title)}</h1><p role="status">${escapeHtml(message)}</p>${body}</body></html>`
}
