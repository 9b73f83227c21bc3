import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { AppError, errors } from '../../modules/errors/errors.ts'
import { parseMinor } from '../../modules/money/money.ts'
import { merchantToken } from '../../modules/paycode/paycode.ts'
import { readMerchant, readStore } from '../../modules/party/party.ts'
import {
  createStaticOrder,
  readShown,
  showAt,
  shownSchemes,
  type Payment,
  type Shown,
  type Way,
} from '../../modules/payment/payment.ts'
import { found } from '../schemas/shared.ts'
import { askWho, forgetCookie, readWho } from './cashier-payer.ts'
import { cashierCss, cashierJs } from './cashier-assets.ts'
import {
  amountPage,
  choicePage,
  failurePage,
  printPage,
  resultPage,
  startPage,
  type Head,
} from './cashier-page.ts'
import { failureWords, languageOf } from './cashier-words.ts'
import { asAppError } from './errors.ts'
import type { OpenIo } from '../io.ts'
import type { App } from './http.ts'
import { addressOf } from './merchant-shown.ts'
import { readUserAgent, type Browser } from './user-agent.ts'

const hidden = { schema: { hide: true } }

// A payer taps a few times; whoever sends more makes orders for nobody.
const atMost = { ...hidden, config: { rateLimit: { max: 30, timeWindow: 60_000 } } }

// Nothing inline, nothing from elsewhere. A scheme's page is posted to from one page, which says so.
const policyOf = (formOrigin: string | null): string =>
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
  `base-uri 'none'; frame-ancestors 'none'; form-action 'self'${formOrigin ? ` ${formOrigin}` : ''}`

type Cashier = { io: OpenIo; publicUrl: string }

/**
 * The page behind a code that a merchant shows. Whatever opens it: inside WeChat, Alipay or UnionPay
 * that wallet is started, anywhere else the payer chooses; a code on the wall asks for the amount
 * first. It works without its script, one tap more.
 *
 * Source: protocols.md §1.4 (one code, and the User-Agent decides); issue 3 (one cashier page).
 */
export function cashier(app: App, context: Cashier): void {
  app.register((inside, _options, registered) => {
    // A form and nothing else: the fields of JSON need not be texts.
    inside.removeAllContentTypeParsers()
    inside.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 8 * 1024 },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body as string))),
    )
    inside.setErrorHandler((thrown, request, reply) => {
      const error = asAppError(thrown)
      const { code } = error
      if (code === 'INTERNAL_ERROR')
        context.io.log.error({ err: thrown, requestId: request.id }, 'a cashier page died')
      const language = languageOf(queryOf(request)['lang'], request.headers['accept-language'])
      const mayGoBack = code === 'CHANNEL_UNAVAILABLE' || code === 'SCHEME_NOT_OPEN'
      const back = mayGoBack ? `/c/${tokenOf(request)}` : null
      return send(reply.code(errors[code].status), {
        html: failurePage(language, failureWords(code)[language], back),
      })
    })
    routes(inside as App, context)
    registered()
  })
}

const queryOf = (request: FastifyRequest) => (request.query ?? {}) as Record<string, unknown>
const bodyOf = (request: FastifyRequest) => (request.body ?? {}) as Record<string, string>
const tokenOf = (request: FastifyRequest) => (request.params as { token: string }).token

const send = (
  reply: FastifyReply,
  { html, formOrigin = null }: { html: string; formOrigin?: string | null },
) =>
  reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policyOf(formOrigin))
    .header('referrer-policy', 'no-referrer')
    .send(html)

function routes(app: App, { io, publicUrl }: Cashier): void {
  const asset = (type: string, text: string) => (_request: FastifyRequest, reply: FastifyReply) =>
    reply.type(type).header('cache-control', 'public, max-age=300').send(text)
  app.get('/c/assets/cashier.css', hidden, asset('text/css; charset=utf-8', cashierCss))
  app.get('/c/assets/cashier.js', hidden, asset('text/javascript; charset=utf-8', cashierJs))

  app.get('/c/:token', hidden, async (request, reply) => {
    const token = tokenOf(request)
    const shown = found(await readShown(io, token))
    const head = await headOf(request, shown)
    if (shown.kind === 'static') {
      const attempt = randomUUID()
      return send(reply, { html: amountPage(head, { token, attempt, isWrong: false }) })
    }
    const state = stateOf(shown.payment)
    if (state !== 'open') return send(reply, { html: resultPage(head, { token, state }) })
    const browser = readUserAgent(request.headers['user-agent'])
    const payerRef = payerRefOf(browser, queryOf(request))
    const own = browser.scheme
    const who = own && !payerRef ? askWho({ io, publicUrl }, shown.payment, own) : null
    if (who) return reply.header('set-cookie', who.cookie).redirect(who.url, 302)
    return send(reply, { html: choicePage(head, choiceOf(shown.payment, { own, payerRef })) })
  })

  app.get('/c/:token/payer', atMost, async (request, reply) => {
    const token = tokenOf(request)
    const shown = await orderOf(token)
    const state = stateOf(shown.payment)
    const head = await headOf(request, shown)
    reply.header('set-cookie', forgetCookie(publicUrl))
    if (state !== 'open') return send(reply, { html: resultPage(head, { token, state }) })
    const { scheme: own } = readUserAgent(request.headers['user-agent'])
    const { code, state: brought } = queryOf(request)
    const answer = { code, state: brought, cookies: request.headers.cookie }
    const payerRef = own
      ? await readWho({ io, publicUrl }, shown.payment, { ...answer, scheme: own })
      : null
    return send(reply, { html: choicePage(head, choiceOf(shown.payment, { own, payerRef })) })
  })

  app.post('/c/:token/amount', atMost, async (request, reply) => {
    const token = tokenOf(request)
    const shown = found(await readShown(io, token))
    if (shown.kind !== 'static') throw new AppError('NOT_FOUND')
    const { amount = '', attempt = '' } = bodyOf(request)
    const head = await headOf(request, shown)
    const amountMinor = parseMinor(amount.trim(), head.currency)
    const isAttempt = /^[0-9a-f-]{36}$/.test(attempt)
    if (amountMinor === null || amountMinor === 0n || !isAttempt) {
      const wrong = { token, attempt: randomUUID(), isWrong: true }
      return send(reply.code(422), { html: amountPage(head, wrong) })
    }
    const { currency } = head
    // The amount is part of the attempt: whoever goes back and types another one makes another order.
    const wish = { amountMinor, currency, attempt: `page/${attempt}/${amountMinor}` }
    const { payment } = await createStaticOrder(io, shown.code, { ...wish, actor: 'payer' })
    return reply.redirect(`/c/${merchantToken(payment.institutionId, payment.id)}`, 303)
  })

  app.post('/c/:token/start', atMost, async (request, reply) => {
    const token = tokenOf(request)
    const { payment } = await openOrder(token)
    const { scheme = '', payer = '' } = bodyOf(request)
    const browser = readUserAgent(request.headers['user-agent'])
    const payerRef = /^[\w-]{6,128}$/.test(payer) ? payer : null
    const ready = await showAt(io, {
      ...{ institutionId: payment.institutionId, paymentId: payment.id, scheme, ip: request.ip },
      ...{ way: wayOf(browser, payerRef), payerRef },
      returnUrl: `${addressOf(publicUrl, payment)}/result`,
    })
    const head = await headOf(request, { kind: 'order', payment })
    const formOrigin = ready.form ? new URL(ready.form.action).origin : null
    return send(reply, { html: startPage(head, { token, scheme, ready }), formOrigin })
  })

  app.get('/c/:token/result', hidden, async (request, reply) => {
    const token = tokenOf(request)
    const shown = await orderOf(token)
    const state = stateOf(shown.payment)
    return send(reply, { html: resultPage(await headOf(request, shown), { token, state }) })
  })

  app.get('/c/:token/state', hidden, async (request, reply) => {
    const { payment } = await orderOf(tokenOf(request))
    return reply.type('application/json').send(JSON.stringify({ state: stateOf(payment) }))
  })

  app.get('/c/:token/print', hidden, async (request, reply) => {
    const shown = found(await readShown(io, tokenOf(request)))
    if (shown.kind !== 'static') throw new AppError('NOT_FOUND')
    const { code } = shown
    const url = addressOf(publicUrl, code)
    return send(reply, { html: printPage(await headOf(request, shown), { name: code.name, url }) })
  })

  function choiceOf(payment: Payment, who: { own: Browser['scheme']; payerRef: string | null }) {
    const token = merchantToken(payment.institutionId, payment.id)
    const walletUrl = `${publicUrl}/wallet/?pay=${token}`
    return { token, schemes: shownSchemes(io, payment), walletUrl, ...who }
  }

  async function orderOf(token: string) {
    const shown = found(await readShown(io, token))
    if (shown.kind !== 'order') throw new AppError('NOT_FOUND')
    return shown
  }

  async function openOrder(token: string) {
    const shown = await orderOf(token)
    if (stateOf(shown.payment) !== 'open') throw new AppError('ORDER_EXPIRED')
    return shown
  }

  async function headOf(request: FastifyRequest, shown: Shown): Promise<Head> {
    const language = languageOf(queryOf(request)['lang'], request.headers['accept-language'])
    if (shown.kind === 'order') {
      const { merchantName, storeName, amountMinor, currency } = shown.payment
      return { language, merchantName, storeName, amountMinor, currency }
    }
    const { institutionId, merchantId, storeId, state } = shown.code
    const merchant = await readMerchant(io.db, institutionId, merchantId)
    if (state !== 'active' || merchant?.state !== 'active') throw new AppError('NOT_FOUND')
    const store = await readStore(io.db, institutionId, storeId)
    const { currency } = await io.institution(institutionId)
    const storeName = store?.name ?? null
    return { language, merchantName: merchant.name, storeName, amountMinor: null, currency }
  }
}

const stateOf = ({ state, nextAction }: Payment): 'open' | 'paid' | 'closed' => {
  if (state === 'succeeded') return 'paid'
  return nextAction === 'payer_scans' ? 'open' : 'closed'
}

/** The payer as the app has named them, by the page that sent the browser here. */
function payerRefOf({ scheme }: Browser, query: Record<string, unknown>): string | null {
  const given = scheme === 'wechat' ? query['openid'] : query['buyer_id']
  return scheme !== null && typeof given === 'string' && /^[\w-]{6,128}$/.test(given) ? given : null
}

/** By the app's own bridge when the payer is known to it; by a page on a phone; else by a code. */
function wayOf({ scheme, isPhone }: Browser, payerRef: string | null): Way {
  if (scheme !== null && scheme !== 'unionpay' && payerRef !== null) return 'jsapi'
  return isPhone ? 'h5' : 'native'
}
