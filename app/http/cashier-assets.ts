// The style and the script of the cashier page: small, so that it opens on any phone at once, and
// served as files, so that nothing inline has to be allowed.

export const cashierCss = `:root{--ink:#1b1f24;--soft:#5c6670;--line:#e3e7eb;--back:#f5f6f8;--card:#fff;--accent:#0a6cff}
@media (prefers-color-scheme:dark){:root{--ink:#f0f2f4;--soft:#a0a9b2;--line:#31373d;--back:#14171a;--card:#1e2226;--accent:#5b9dff}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:420px;min-height:100vh;margin:0 auto;padding:32px 20px;display:flex;flex-direction:column;gap:20px}
header{text-align:center}
h1{margin:0;font-size:18px;font-weight:600}
.store{margin:4px 0 0;color:var(--soft);font-size:14px}
.amount{margin:0;text-align:center;font-size:40px;line-height:48px;font-weight:600;font-variant-numeric:tabular-nums}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px;display:flex;flex-direction:column;gap:12px}
.card h2{margin:0;font-size:14px;font-weight:500;color:var(--soft)}
form{margin:0}
button,.button{display:flex;width:100%;min-height:48px;align-items:center;justify-content:center;border:1px solid var(--line);border-radius:8px;background:var(--card);color:var(--ink);font:inherit;text-decoration:none;cursor:pointer}
button.first,.button.first{background:var(--accent);border-color:var(--accent);color:#fff}
@media (prefers-color-scheme:dark){button.first,.button.first{color:#0b0d0f}}
button:focus-visible,.button:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
label{display:block;color:var(--soft);font-size:14px}
input{width:100%;min-height:56px;margin:4px 0 12px;padding:0 12px;border:1px solid var(--line);border-radius:8px;background:var(--card);color:var(--ink);font:600 28px/1 system-ui;font-variant-numeric:tabular-nums}
.note{margin:0;text-align:center;color:var(--soft)}
.note.bad{color:#c62828}
@media (prefers-color-scheme:dark){.note.bad{color:#ff8a80}}
.state{margin:0;text-align:center;font-size:20px;font-weight:600}
.qr svg{display:block;width:100%;height:auto;max-width:320px;margin:0 auto;background:#fff;border-radius:8px}
.sheet{max-width:520px;text-align:center;align-items:center;justify-content:center}
.sheet .qr{width:100%}
@media print{body{background:#fff;color:#000}.screen{display:none}}
`

/**
 * Starts the wallet once, and looks whether the order is paid. Without it every step has a button.
 * What it is told stands in the page's own attributes.
 */
export const cashierJs = `'use strict'
const main = document.querySelector('main')
const { start, state, redirect, sdk, bridge } = main.dataset
const once = (name, act) => {
  const key = name + ' ' + location.pathname
  try {
    if (sessionStorage.getItem(key)) return
    sessionStorage.setItem(key, '1')
  } catch {
    // A browser that keeps nothing starts it each time the page is opened.
  }
  act()
}
const toResult = () => location.assign(main.dataset.result)

const callWechat = () => {
  const invoke = () =>
    WeixinJSBridge.invoke('getBrandWCPayRequest', JSON.parse(sdk), toResult)
  if (typeof WeixinJSBridge === 'undefined')
    document.addEventListener('WeixinJSBridgeReady', invoke, { once: true })
  else invoke()
}
const callAlipay = () => {
  const invoke = () => AlipayJSBridge.call('tradePay', JSON.parse(sdk), toResult)
  if (typeof AlipayJSBridge === 'undefined')
    document.addEventListener('AlipayJSBridgeReady', invoke, { once: true })
  else invoke()
}

if (start) once('start', () => document.getElementById(start).requestSubmit())
if (redirect) once('go ' + redirect, () => location.assign(redirect))
if (sdk && bridge === 'wechat') callWechat()
if (sdk && bridge === 'alipay') callAlipay()
for (const button of document.querySelectorAll('[data-print]')) button.onclick = () => print()

const look = async () => {
  try {
    const answer = await fetch(state, { cache: 'no-store' })
    if (answer.ok && (await answer.json()).state !== 'open') return toResult()
  } catch {
    // No network for a moment: looked again below.
  }
  setTimeout(look, 2000)
}
if (state) setTimeout(look, 2000)
`
