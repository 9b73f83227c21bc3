import type { Call } from './http.ts'

export type Language = 'zh' | 'en'

/** A payment that waits for its payer. */
export type WaitingPayment = { orderNo: string; merchant: string; amountText: string }

export type PhoneView = {
  language: Language
  /** The wallet's name as its users know it. */
  title: { zh: string; en: string }
  /** Any CSS colour. */
  accent: string
  holder: string
  balanceText: string
  code: string
  barcodeSvg: string
  qrSvg: string
  /** How long the page shows this code before it asks for another. */
  refreshSeconds: number
  waiting: readonly WaitingPayment[]
  /** The page's own path, `/phone/<payer>`; its forms post to `<path>/password` and `<path>/pay`. */
  path: string
  /** What the last form had to say, if anything. */
  message?: string | undefined
  /** Another page of this phone. */
  link?: { href: string; text: { zh: string; en: string } }
}

const words = {
  zh: {
    show: '向收银员出示付款码',
    balance: '余额',
    wait: '待确认的付款',
    password: '支付密码',
    hint: '六位数字；演示账户为 123456',
    confirm: '确认付款',
    cancel: '取消',
    scan: '扫一扫付款',
    scanHint: '粘贴收款码内容或预支付编号',
    pay: '付款',
    sandbox: '沙箱：这里没有真实的资金',
    other: 'English',
  },
  en: {
    show: 'Show this code to the cashier',
    balance: 'Balance',
    wait: 'Payments that wait for you',
    password: 'Payment password',
    hint: 'six digits; 123456 for the demo payers',
    confirm: 'Confirm payment',
    cancel: 'Cancel',
    scan: 'Scan to pay',
    scanHint: 'Paste what the merchant’s code says, or a prepay id',
    pay: 'Pay',
    sandbox: 'Sandbox: no real money here',
    other: '中文',
  },
} as const

/** The language of a page: `?lang=`, else what the browser asks for, else Chinese. */
export function languageOf(call: Call): Language {
  const asked = call.query.get('lang') ?? call.headers['accept-language'] ?? 'zh'
  return asked.startsWith('en') ? 'en' : 'zh'
}

/** Text made safe to stand in a page. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (char) => names[char]!)
}

/** What the page watches: when it reads differently at the server, the page loads itself again. */
export function waitingState(waiting: readonly WaitingPayment[], isCodeLive: boolean): string {
  return [String(isCodeLive), ...waiting.map(({ orderNo }) => orderNo)].join(' ')
}

/**
 * The payer's phone as a page. It shows the code, loads itself again when the code is old or used
 * or a payment waits (it asks `<path>/state?code=…` for `waitingState`), and asks for the password.
 */
export function phonePage(view: PhoneView): string {
  const said = words[view.language]
  const other = view.language === 'zh' ? 'en' : 'zh'
  const title = escapeHtml(view.title[view.language])
  const message = view.message
    ? `<p role="status" class="message">${escapeHtml(view.message)}</p>`
    : ''
  return `<!doctype html>
<html lang="${view.language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${escapeHtml(view.holder)}</title>
<noscript><meta http-equiv="refresh" content="${view.refreshSeconds}"></noscript>
<style>${style(view.accent)}</style>
</head>
<body>
<header><strong>${title}</strong><a href="?lang=${other}" lang="${other === 'zh' ? 'zh-CN' : 'en'}">${said.other}</a></header>
<main>
${message}
${view.waiting.map((payment) => waitingForm(view, payment)).join('\n')}
<section>
<h1>${said.show}</h1>
<div class="bars">${view.barcodeSvg}</div>
<p id="code" data-code="${view.code}">${view.code.replace(/(\d{4})(?=\d)/g, '$1 ')}</p>
<div class="qr">${view.qrSvg}</div>
<p>${escapeHtml(view.holder)} · ${said.balance} <span class="money">${escapeHtml(view.balanceText)}</span></p>
</section>
<form method="post" action="${view.path}/pay?lang=${view.language}">
<h2>${said.scan}</h2>
<label>${said.scanHint}<input name="code_url" required autocomplete="off"></label>
<label>${said.password}<input name="password" type="password" inputmode="numeric" required></label>
<button>${said.pay}</button>
</form>
${view.link ? `<section><a href="${view.link.href}?lang=${view.language}">${escapeHtml(view.link.text[view.language])}</a></section>` : ''}
</main>
<footer>${said.sandbox}</footer>
<script>${script(view)}</script>
</body>
</html>
`
}

function waitingForm(view: PhoneView, { orderNo, merchant, amountText }: WaitingPayment): string {
  const said = words[view.language]
  return `<form method="post" action="${view.path}/password?lang=${view.language}" class="waiting">
<h2>${said.wait}</h2>
<p>${escapeHtml(merchant)} <span class="money">${escapeHtml(amountText)}</span></p>
<input type="hidden" name="order_no" value="${escapeHtml(orderNo)}">
<label>${said.password} (${said.hint})<input name="password" type="password" inputmode="numeric" autofocus></label>
<button name="action" value="confirm">${said.confirm}</button>
<button name="action" value="cancel" class="quiet" formnovalidate>${said.cancel}</button>
</form>`
}

function style(accent: string): string {
  return `:root{color-scheme:light;--accent:${accent}}
body{margin:0;font:16px/1.5 system-ui,sans-serif;background:var(--accent);color:#1a1a1a}
header,footer{display:flex;justify-content:space-between;max-width:400px;margin:0 auto;padding:16px;color:#fff}
header a{color:#fff}
main{max-width:400px;margin:0 auto;padding:0 16px;display:grid;gap:16px}
section,form,.message{background:#fff;border-radius:8px;padding:16px;margin:0}
h1,h2{font-size:16px;margin:0 0 12px}
.bars svg{width:100%;height:80px}.qr{text-align:center}.qr svg{width:200px;height:200px}
#code,.money{font-variant-numeric:tabular-nums}#code{text-align:center;letter-spacing:1px}
label{display:block;margin-bottom:12px}
input{display:block;box-sizing:border-box;width:100%;font:inherit;padding:8px;border:1px solid #767676;border-radius:4px}
button{font:inherit;padding:8px 16px;border:0;border-radius:4px;background:#1a1a1a;color:#fff;cursor:pointer}
button.quiet{background:#fff;color:#1a1a1a;outline:1px solid #767676}`
}

// A form that is being filled in is not torn away from under the payer's fingers.
function script({ path, code, refreshSeconds, waiting }: PhoneView): string {
  const state = JSON.stringify(waitingState(waiting, true)).replaceAll('<', '\\u003c')
  return `const bornMs=performance.now()
const isTyping=()=>[...document.querySelectorAll('input:not([type=hidden])')].some((input)=>input.value!=='')
setInterval(async()=>{
  if(isTyping())return
  const isOld=performance.now()-bornMs>${refreshSeconds * 1000}
  const answer=await fetch('${path}/state?code=${code}').catch(()=>undefined)
  if(!answer?.ok)return
  if(isOld||(await answer.text())!==${state})location.replace('${path}'+location.search)
},1500)`
}
