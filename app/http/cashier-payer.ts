import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

import type { Identify } from '../../modules/channel/channel.ts'
import { merchantToken } from '../../modules/paycode/paycode.ts'
import { roadToShow, type Payment } from '../../modules/payment/payment.ts'
import type { OpenIo } from '../io.ts'
import { addressOf } from './merchant-shown.ts'

// A page inside a scheme's app asks the scheme who its payer is, before the scheme's own sheet can be
// opened. The browser is sent there and comes back with a code that is good once. That it is the same
// browser which comes back is proven by a cookie that only it has: the state that the scheme hands back
// is a hash of that cookie, the order and the account.

const COOKIE = 'onetill_payer'
const LIFE_SECONDS = 600

type Where = { io: OpenIo; publicUrl: string }
type Asking = { accountId: string; identify: Identify }

function askingOf({ io }: Where, payment: Payment, scheme: string): Asking | null {
  const road = roadToShow(io, payment, scheme)
  const identify = road?.channel.identify
  return road && identify ? { accountId: road.account.id, identify } : null
}

/**
 * Where the browser goes to learn who its payer is, and the cookie that it takes along; null where the
 * scheme cannot be asked. It comes back to this order's own page and nowhere else.
 *
 * Source: RFC 6749 §10.12 (state), §10.15 (no open redirector); WeChat, 网页授权.
 */
export function askWho(
  where: Where,
  payment: Payment,
  scheme: string,
): { url: string; cookie: string } | null {
  const asking = askingOf(where, payment, scheme)
  if (!asking) return null
  const { io, publicUrl } = where
  const nonce = randomBytes(16).toString('hex')
  const state = stateOf(io, { payment, accountId: asking.accountId, nonce })
  const returnUrl = `${addressOf(publicUrl, payment)}/payer`
  const url = asking.identify.pageFor({ returnUrl, state })
  return { url, cookie: cookieOf(nonce, publicUrl, LIFE_SECONDS) }
}

type Answer = {
  scheme: string
  code: unknown
  state: unknown
  cookies: string | undefined
}

/**
 * Who the payer is, by what the browser has brought back; null when it is not the browser that was
 * sent, or the scheme does not say. Then the order is paid in another way.
 */
export async function readWho(
  where: Where,
  payment: Payment,
  { scheme, code, state, cookies }: Answer,
): Promise<string | null> {
  const asking = askingOf(where, payment, scheme)
  const nonce = new RegExp(`(?:^|; )${COOKIE}=([0-9a-f]{32})(?:;|$)`).exec(cookies ?? '')?.[1]
  const isCode = typeof code === 'string' && /^[\w-]{1,128}$/.test(code)
  if (!asking || !nonce || typeof state !== 'string' || !isCode) return null
  const { io } = where
  const { accountId, identify } = asking
  const about = { institutionId: payment.institutionId, paymentId: payment.id, accountId }
  if (!isSame(state, stateOf(io, { payment, accountId, nonce }))) {
    io.log.warn(about, 'a payer came back to a cashier page that was not theirs')
    return null
  }
  const who = await identify.read(code)
  if (who.kind === 'known') return who.payerRef
  io.log.warn({ ...about, channelCode: who.channelCode }, 'a scheme did not say who its payer is')
  return null
}

/** The cookie is of use once. */
export const forgetCookie = (publicUrl: string): string => cookieOf('', publicUrl, 0)

function cookieOf(value: string, publicUrl: string, seconds: number): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  return `${COOKIE}=${value}; Path=/c/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
}

type Bound = { payment: Payment; accountId: string; nonce: string }

function stateOf({ pepper }: OpenIo, { payment, accountId, nonce }: Bound): string {
  const token = merchantToken(payment.institutionId, payment.id)
  const text = ['cashier payer', token, accountId, nonce].join('\n')
  return createHmac('sha256', pepper).update(text).digest('hex')
}

function isSame(given: string, made: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(made)]
  return one.length === other.length && timingSafeEqual(one, other)
}
