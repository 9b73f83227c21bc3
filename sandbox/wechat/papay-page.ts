import type { Answer, Call } from '../counterpart/http.ts'
import { formOf, html, json } from '../counterpart/http.ts'
import { escapeHtml, languageOf } from '../counterpart/phone.ts'
import type { Contract, Signing } from './contract.ts'
import { contractsOf, endByPayer, sign, signingOf } from './contract.ts'
import type { House } from './house.ts'
import { merchantOf, payerOf } from './house.ts'
import { Refusal } from './refusals.ts'

// The payer's side of contracts: the page on which one is signed, and the list on the phone where one
// is ended. Both want the password. Asked for JSON they answer in JSON.

/** Where a payer signs. */
export const signingPath = (house: House, { token }: Signing): string =>
  `${house.url()}/papay/sign/${token}`

const words = {
  zh: {
    agree: '同意并签约',
    what: '授权商家免密扣款（委托代扣）',
    account: '商家账户',
    payer: '微信用户',
    password: '支付密码',
    gone: '页面已失效',
    done: '签约成功',
    list: '扣费服务',
    none: '没有已签约的商家',
    end: '关闭扣费服务',
    ended: '已关闭扣费服务',
    back: '返回付款码',
    sandbox: '沙箱：这里没有真实的资金',
  },
  en: {
    agree: 'Agree and sign',
    what: 'Let the merchant charge without a password',
    account: 'Account at the merchant',
    payer: 'WeChat user',
    password: 'Payment password',
    gone: 'This page is no longer valid',
    done: 'Signed',
    list: 'Merchants that may charge me',
    none: 'None has been signed with',
    end: 'End it',
    ended: 'Ended',
    back: 'Back to the payment code',
    sandbox: 'Sandbox: no real money here',
  },
} as const

const wantsJson = (call: Call): boolean =>
  call.headers.accept?.includes('application/json') ?? false

/** Answers `/papay/sign/<token>`; undefined when the path is another. */
export function answerSignPage(house: House, call: Call): Answer | undefined {
  const token = /^\/papay\/sign\/([0-9a-f]{32})$/.exec(call.path)?.[1]
  if (token === undefined) return undefined
  const said = words[languageOf(call)]
  const signing = signingOf(house, token)
  if (!signing) return say(call, 404, said.gone)
  if (call.method === 'GET') {
    // H5 goes back to the page that it was opened from.
    const referer = signing.referer || (call.headers.referer ?? '')
    house.signings.set(token, { ...signing, referer })
    return signPage(house, call, signing)
  }
  const form = formOf(call)
  try {
    const who = { payer: form.get('payer') ?? '', password: form.get('password') ?? '' }
    const { contractId } = sign(house, signing, who)
    return signed(call, signing, contractId)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return say(call, 403, error.message)
  }
}

function signed(call: Call, { referer }: Signing, contractId: string): Answer {
  const back = URL.parse(referer)
  back?.searchParams.set('from_wxpay', '1')
  const location = back?.href ?? ''
  if (wantsJson(call)) return json(200, { contract_id: contractId, location })
  // Of a referer without a path the payer must find the way back alone.
  if (!back || back.pathname === '/') return say(call, 200, words[languageOf(call)].done)
  return { status: 302, headers: { location } }
}

function signPage(house: House, call: Call, signing: Signing): Answer {
  const said = words[languageOf(call)]
  const options = house.accounts.payers.map(
    ({ name, shownName }) =>
      `<option value="${escapeHtml(name)}">${escapeHtml(shownName)}</option>`,
  )
  const form = `<p>${said.account}: <strong>${escapeHtml(signing.displayAccount)}</strong></p>
<form method="post"><label>${said.payer}<select name="payer">${options.join('')}</select></label>
<label>${said.password}<input name="password" type="password" inputmode="numeric" required></label>
<button>${said.agree}</button></form><footer>${said.sandbox}</footer>`
  const title = merchantOf(house, signing.mchid)?.name ?? signing.mchid
  return html(200, frame(title, said.what, form))
}

/** Answers `/phone/<payer>/contracts`: what the payer has signed, and its end. */
export function answerContracts(house: House, call: Call): Answer | undefined {
  const name = /^\/phone\/([\w-]+)\/contracts$/.exec(call.path)?.[1]
  const payer = name === undefined ? undefined : payerOf(house, name)
  if (!payer) return undefined
  const said = words[languageOf(call)]
  if (call.method === 'GET') return listPage(house, call, payer.name)
  const form = formOf(call)
  try {
    const password = form.get('password') ?? ''
    endByPayer(house, payer.name, { contractId: form.get('contract_id') ?? '', password })
    return say(call, 200, said.ended)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return say(call, 422, error.message)
  }
}

function listPage(house: House, call: Call, payer: string): Answer {
  const said = words[languageOf(call)]
  const contracts = contractsOf(house, payer)
  if (wantsJson(call)) return json(200, { contracts: contracts.map((one) => one.contractId) })
  const item = ({ contractId, mchid, displayAccount }: Contract) => `<form method="post">
<p><strong>${escapeHtml(merchantOf(house, mchid)?.name ?? mchid)}</strong> ${escapeHtml(displayAccount)}</p>
<input type="hidden" name="contract_id" value="${contractId}">
<label>${said.password}<input name="password" type="password" inputmode="numeric" required></label>
<button>${said.end}</button></form>`
  const back = `<p><a href="/phone/${payer}">${said.back}</a></p>`
  const message = contracts.length === 0 ? said.none : ''
  return html(200, frame(said.list, message, contracts.map(item).join('') + back))
}

const say = (call: Call, status: number, message: string): Answer =>
  wantsJson(call) ? json(status, { message }) : html(status, frame('微信支付', message))

function frame(title: string, message: string, body = ''): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:400px;margin:32px auto;padding:0 16px}
label{display:block;margin:16px 0}input,select{display:block;box-sizing:border-box;width:100%;font:inherit;padding:8px}
button{font:inherit;padding:8px 16px}footer{margin-top:32px;color:#595959}</style></head>
<body><h1>${escapeHtml(title)}</h1><p role="status">${escapeHtml(message)}</p>${body}</body></html>`
}
