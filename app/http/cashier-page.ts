import { create } from 'qrcode'

import { formatDecimal, type Currency } from '../../modules/money/money.ts'
import type { Ready } from '../../modules/payment/payment.ts'
import type { Language } from './cashier-words.ts'
import { words } from './cashier-words.ts'

/** Whom the page is of, and in which language. */
export type Head = {
  language: Language
  merchantName: string
  storeName: string | null
  amountMinor: bigint | null
  currency: Currency
}

export const escapeHtml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

const signs: Partial<Record<Currency, string>> = { CNY: '¥' }

/** An amount as payers read it: ¥25.00. */
export const shownAmount = (amountMinor: bigint, currency: Currency): string =>
  `${signs[currency] ?? `${currency} `}${formatDecimal(amountMinor, currency)}`

type Marks = Readonly<Record<string, string | null | undefined>>

const attributes = (marks: Marks): string =>
  Object.entries(marks)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([name, value]) => ` data-${name}="${escapeHtml(value)}"`)
    .join('')

/** A whole page. `marks` is what the script is told; `refresh` is for browsers that have none. */
export function page(
  language: Language,
  body: string,
  {
    marks = {},
    className = '',
    refresh,
  }: { marks?: Marks; className?: string; refresh?: string } = {},
): string {
  const again = refresh
    ? `<noscript><meta http-equiv="refresh" content="5;url=${escapeHtml(refresh)}"></noscript>`
    : ''
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${words.title[language]}</title>
<link rel="stylesheet" href="/c/assets/cashier.css">
<script src="/c/assets/cashier.js" defer></script>
${again}</head>
<body>
<main class="${className}"${attributes(marks)}>
${body}
</main>
</body>
</html>
`
}

const headOf = ({ merchantName, storeName, amountMinor, currency }: Head): string => `<header>
<h1>${escapeHtml(merchantName)}</h1>
${storeName === null ? '' : `<p class="store">${escapeHtml(storeName)}</p>`}
</header>
${amountMinor === null ? '' : `<p class="amount">${escapeHtml(shownAmount(amountMinor, currency))}</p>`}`

/** A code on the wall: how much? `attempt` makes a form that is sent twice one order. */
export function amountPage(
  head: Head,
  { token, attempt, isWrong }: { token: string; attempt: string; isWrong: boolean },
): string {
  const { language } = head
  return page(
    language,
    `${headOf(head)}
<form class="card" method="post" action="/c/${token}/amount">
<input type="hidden" name="attempt" value="${escapeHtml(attempt)}">
<div><label for="amount">${words.amount[language]} (${head.currency})</label>
<input id="amount" name="amount" inputmode="decimal" autocomplete="off" required autofocus maxlength="12"${isWrong ? ' aria-invalid="true" aria-describedby="wrong"' : ''}></div>
${isWrong ? `<p class="note bad" id="wrong" role="alert">${words.wrongAmount[language]}</p>` : ''}
<button class="first">${words.next[language]}</button>
</form>`,
  )
}

type Choice = {
  token: string
  schemes: readonly string[]
  /** The one whose app this browser is in: it is started by itself. */
  own: string | null
  /** What the app has said of its payer, handed on to the scheme. */
  payerRef: string | null
  walletUrl: string
}

const nameOf = (scheme: string, language: Language): string =>
  scheme in words ? words[scheme as 'wechat'][language] : scheme

/** An open order: the wallet of this browser is started; any other chooses. */
export function choicePage(head: Head, choice: Choice): string {
  const { language } = head
  const { token, own, schemes, payerRef, walletUrl } = choice
  const payer = payerRef ? `<input type="hidden" name="payer" value="${escapeHtml(payerRef)}">` : ''
  const form = (
    scheme: string,
  ) => `<form id="start-${scheme}" method="post" action="/c/${token}/start">
<input type="hidden" name="scheme" value="${scheme}">${payer}
<button${scheme === own ? ' class="first"' : ''}>${own ? `${words.startWith[language]} ` : ''}${escapeHtml(nameOf(scheme, language))}</button>
</form>`
  const offered = own === null ? schemes : schemes.filter((scheme) => scheme === own)
  const wallet = `<a class="button" href="${escapeHtml(walletUrl)}">${words.wallet[language]}</a>`
  const isEmpty = own !== null && offered.length === 0
  return page(
    language,
    `${headOf(head)}
<section class="card">
<h2>${words.choose[language]}</h2>
${isEmpty ? `<p class="note">${words.nothing[language]}</p>` : offered.map(form).join('\n')}
${own === null ? wallet : ''}
</section>`,
    {
      marks: {
        start: offered[0] !== undefined && own !== null ? `start-${own}` : null,
        ...watched(token),
      },
    },
  )
}

const watched = (token: string): Marks => ({
  state: `/c/${token}/state`,
  result: `/c/${token}/result`,
})

/** What the scheme gave us to start it with: a page, a form, its bridge, or a code for the phone. */
export function startPage(
  head: Head,
  { token, scheme, ready }: { token: string; scheme: string; ready: Ready },
): string {
  const { language } = head
  const { url, form, sdk, qrText } = ready
  const goOn = words.goOn[language]
  const fields = Object.entries(form?.fields ?? {}).map(
    ([name, value]) =>
      `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  )
  const how = form
    ? `<form id="start-form" method="post" action="${escapeHtml(form.action)}" accept-charset="utf-8">${fields.join('')}<button class="first">${goOn}</button></form>`
    : url
      ? `<a class="button first" href="${escapeHtml(url)}">${goOn}</a>`
      : qrText
        ? `<div class="qr">${qrSvg(qrText)}</div><p class="note">${words.scanThis[language]} · ${escapeHtml(nameOf(scheme, language))}</p>`
        : ''
  return page(
    language,
    `${headOf(head)}
<section class="card">
${qrText ? '' : `<p class="note" role="status">${words.starting[language]}</p>`}
${how}
<a class="button" href="/c/${token}/result">${words.done[language]}</a>
</section>`,
    {
      marks: {
        ...{ start: form ? 'start-form' : null, redirect: url ?? null, bridge: scheme },
        sdk: typeof sdk === 'object' ? JSON.stringify(sdk) : null,
        ...watched(token),
      },
    },
  )
}

/** How the order stands; it waits for the outcome while it is open. */
export function resultPage(
  head: Head,
  { token, state }: { token: string; state: 'open' | 'paid' | 'closed' },
): string {
  const { language } = head
  const isOpen = state === 'open'
  const said = { open: words.waiting, paid: words.paid, closed: words.closed }[state][language]
  const mark = { open: '…', paid: '✓', closed: '×' }[state]
  return page(
    language,
    `${headOf(head)}
<section class="card">
<p class="state" role="status">${isOpen ? '' : `${mark} `}${said}</p>
${state === 'closed' ? `<p class="note">${words.closedHint[language]}</p>` : ''}
${isOpen ? `<a class="button" href="/c/${token}">${words.back[language]}</a>` : ''}
</section>`,
    isOpen ? { marks: watched(token), refresh: `/c/${token}/result` } : {},
  )
}

/** What cannot be paid, and where to go from there. */
export const failurePage = (language: Language, said: string, back: string | null): string =>
  page(
    language,
    `<section class="card">
<p class="state" role="alert">${escapeHtml(said)}</p>
${back === null ? '' : `<a class="button" href="${escapeHtml(back)}">${words.back[language]}</a>`}
</section>`,
  )

/** A code on the wall, as a sheet to print. */
export const printPage = (head: Head, { name, url }: { name: string; url: string }): string =>
  page(
    head.language,
    `${headOf(head)}
<div class="qr">${qrSvg(url)}</div>
<p class="state">${words.scanToPay[head.language]}</p>
<p class="note">${words.scanWith[head.language]}</p>
<p class="note">${escapeHtml(name)}</p>
<button class="screen" data-print>${words.print[head.language]}</button>`,
    { className: 'sheet' },
  )

// In modules. Source: ISO/IEC 18004 (four all round).
const QUIET = 4

/** A QR code of level M as SVG, with its quiet zone; black on white whatever the theme. */
export function qrSvg(text: string): string {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules
  let path = ''
  for (let at = 0; at < data.length; at++) {
    if (data[at]) path += `M${(at % size) + QUIET} ${Math.floor(at / size) + QUIET}h1v1h-1z`
  }
  const width = size + 2 * QUIET
  return `<svg viewBox="0 0 ${width} ${width}" shape-rendering="crispEdges" role="img" aria-label="QR"><rect width="${width}" height="${width}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`
}
