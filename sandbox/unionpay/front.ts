import { randomBytes } from 'node:crypto'

import { formatDecimal } from '../../modules/money/money.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { formOf, html, json } from '../counterpart/http.ts'
import { escapeHtml, languageOf, type Language } from '../counterpart/phone.ts'
import { draftOf } from './back.ts'
import type { Refused } from './codes.ts'
import { messageOf, refuse } from './codes.ts'
import type { House, Payer, Txn } from './house.ts'
import { echoOf, resultOf, saidOf, signed } from './notify.ts'
import { payLinked } from './pay.ts'
import type { Asked } from './request.ts'
import { answer, of } from './request.ts'
import { accept } from './txn.ts'
import { readNested } from './wire.ts'

// What a payer's browser or app is sent to: UnionPay's own page to pay or to put a card on file, and
// the number with which an app opens UnionPay's. Posted as JSON the page answers in JSON.

const PAGE_LIFE_MS = 15 * 60_000

/** `appTransReq.do`, 01/01: `tn`, which the merchant's app hands to UnionPay's. */
export function openApp(asked: Asked): Answer {
  const { house, fields, id } = asked
  if (of(fields, 'txnType') !== '01') refuse('32')
  const tn = String(BigInt(`0x${randomBytes(9).toString('hex')}`))
    .slice(0, 21)
    .padStart(21, '8')
  accept(house, id, { ...draftOf(asked, PAGE_LIFE_MS), link: tn, wait: 'payer' })
  return answer(house, fields, '00', { tn })
}

/** `frontTransReq.do`: 01/01 to pay on a page, 79/00 to put a card on file with the merchant. */
export function openFront(asked: Asked): Answer {
  const { house, fields, id } = asked
  const type = of(fields, 'txnType')
  if (type !== '01' && type !== '79') refuse('32')
  const isOpening = type === '79'
  if (isOpening && !readNested(of(fields, 'tokenPayData'))?.['trId']) refuse('13', 'tokenPayData')
  const link = randomBytes(16).toString('hex')
  const draft = isOpening
    ? {
        ...draftOf({ ...asked, fields: { ...fields, txnAmt: '1' } }, PAGE_LIFE_MS),
        amountMinor: 0n,
      }
    : draftOf(asked, PAGE_LIFE_MS)
  const tokenPayData = of(fields, 'tokenPayData')
  accept(house, id, { ...draft, link, tokenPayData, wait: 'payer' })
  return { status: 302, headers: { location: `${house.url()}/front/${link}` } }
}

const words = {
  zh: {
    pay: '确认付款',
    open: '同意并绑卡',
    card: '银行卡',
    password: '支付密码',
    gone: '页面已失效',
    wrong: '支付密码不正确',
    onFile: '将银行卡绑定到商户，以后免密付款',
    sandbox: '沙箱：这里没有真实的资金',
    next: '返回商户',
  },
  en: {
    pay: 'Pay',
    open: 'Agree and put the card on file',
    card: 'Bank card',
    password: 'Payment password',
    gone: 'This page is no longer valid',
    wrong: 'The payment password is wrong',
    onFile: 'Put a card on file with the merchant, to pay without a password',
    sandbox: 'Sandbox: no real money here',
    next: 'Back to the merchant',
  },
} as const

/** Answers `/front/<link>`; undefined when the path is another. */
export function answerFront(house: House, call: Call): Answer | undefined {
  const link = /^\/front\/([0-9a-f]{32})$/.exec(call.path)?.[1]
  if (link === undefined) return undefined
  const said = words[languageOf(call)]
  const txn = house.txns.get(house.links.get(link) ?? '')
  if (txn?.state !== 'accepted') return say(call, 404, said.gone)
  if (call.method === 'GET') return page(house, txn, languageOf(call))
  const posted = postedTo(call)
  const payer = house.payers.get(String(posted['payer'] ?? ''))
  if (!payer || payer.password !== posted['password']) return say(call, 422, said.wrong)
  const done = payLinked(house, txn, payer)
  if (typeof done === 'string') return say(call, 422, messageOf(done))
  const fields = signed(house, { ...echoOf(done), ...resultOf(house, done), ...saidOf('00') })
  if (isJson(call)) return json(200, { front_url: done.frontUrl, fields })
  return html(200, frame(said.next, '', backForm(done.frontUrl, fields)))
}

const isJson = (call: Call): boolean =>
  call.headers['content-type']?.startsWith('application/json') ?? false

const postedTo = (call: Call): Record<string, unknown> =>
  isJson(call)
    ? (JSON.parse(call.text) as Record<string, unknown>)
    : Object.fromEntries(formOf(call))

const say = (call: Call, status: number, message: string): Answer =>
  isJson(call) ? json(status, { message }) : html(status, frame('银联', message))

/** What a browser sees when its message was refused. */
export const refusalPage = (refusal: Refused): Answer =>
  html(400, frame('银联', `${messageOf(refusal.code)}${refusal.detail}`))

// The browser carries the signed result to the merchant. It proves little: only the notice and the
// query say what has become of the order.
function backForm(url: string, fields: Record<string, string>): string {
  if (url === '') return ''
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  )
  return `<form method="post" action="${escapeHtml(url)}">${inputs.join('')}<button>→</button></form><script>document.forms[0].submit()</script>`
}

function page(house: House, txn: Txn, language: Language): Answer {
  const said = words[language]
  const isOpening = txn.txnType === '79'
  const { name } = house.merchants.get(txn.merId)!
  const amount = `¥ ${formatDecimal(txn.amountMinor, 'CNY')}`
  const options = house.payers.all().map(option).join('')
  const form = `<form method="post">
<label>${said.card}<select name="payer">${options}</select></label>
<label>${said.password}<input name="password" type="password" inputmode="numeric" required></label>
<button>${isOpening ? said.open : said.pay}</button>
</form><footer>${said.sandbox}</footer>`
  return html(200, frame(name, isOpening ? said.onFile : amount, form))
}

const option = ({ login, name, cardNo }: Payer): string =>
  `<option value="${escapeHtml(login)}">${escapeHtml(name)} ${cardNo.slice(-4)}</option>`

function frame(title: string, message: string, body = ''): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:400px;margin:32px auto;padding:0 16px}
label{display:block;margin:16px 0}input,select{display:block;box-sizing:border-box;width:100%;font:inherit;padding:8px}
button{font:inherit;padding:8px 16px}footer{margin-top:32px;color:#595959}</style></head>
<body><h1>${escapeHtml(title)}</h1><p role="status">${escapeHtml(message)}</p>${body}</body></html>`
}
