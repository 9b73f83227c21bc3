import type { App, House, Purchase, Road } from './house.ts'
import { refuse } from './codes.ts'
import { readBeijingTime, readYuan } from './wire.ts'

/** `biz_content`, parsed. */
export type Biz = Record<string, unknown>

/** One call of a method by an app whose signature was verified. */
export type Asked = {
  house: House
  app: App
  biz: Biz
  notifyUrl: string
  returnUrl: string
}

/** A field as text, '' when it is not there. Numbers are taken too: clients send amounts as such. */
export function textOf(biz: Biz, name: string): string {
  const value = biz[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

const orderNoPattern = /^\w{1,64}$/

/** The merchant's order number: letters, digits and underscores. */
export function orderNoOf(biz: Biz): string {
  const orderNo = textOf(biz, 'out_trade_no')
  if (!orderNoPattern.test(orderNo)) refuse('ACQ.INVALID_PARAMETER', 'out_trade_no')
  return orderNo
}

// Source of the three minutes: reference/protocols.md §3.5. The others are not verified.
const lifeMs: Record<Road, number> = {
  code: 3 * 60_000,
  agreement: 3 * 60_000,
  qr: 2 * 3_600_000,
  user: 2 * 3_600_000,
  wap: 15 * 86_400_000,
  app: 15 * 86_400_000,
}

/** What the merchant sells, read from `biz_content`. */
export function purchaseOf(asked: Asked, road: Road, product: string): Purchase {
  const { app, biz } = asked
  const totalMinor = readYuan(biz['total_amount'])
  if (totalMinor === null) refuse('ACQ.INVALID_PARAMETER', 'total_amount')
  const subject = textOf(biz, 'subject')
  if (subject === '' || subject.length > 256) refuse('ACQ.INVALID_PARAMETER', 'subject')
  const given = textOf(biz, 'product_code')
  return {
    appId: app.appId,
    outTradeNo: orderNoOf(biz),
    totalMinor,
    subject,
    body: textOf(biz, 'body'),
    product: given === '' ? product : given,
    road,
    storeId: textOf(biz, 'store_id'),
    operatorId: textOf(biz, 'operator_id'),
    terminalId: textOf(biz, 'terminal_id'),
    passback: textOf(biz, 'passback_params'),
    notifyUrl: asked.notifyUrl,
    expiresAt: expiryOf(asked, road).toISOString(),
  }
}

const timeoutPattern = /^(\d{1,5})([mhdc])$/
const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }

function expiryOf({ house, biz }: Asked, road: Road): Date {
  const nowMs = house.clock.nowMs()
  const absolute = textOf(biz, 'time_expire')
  if (absolute !== '') {
    const at = readBeijingTime(absolute)
    if (at === null || at.getTime() <= nowMs) refuse('ACQ.INVALID_PARAMETER', 'time_expire')
    return at
  }
  const relative = textOf(biz, 'timeout_express')
  if (relative === '') return new Date(nowMs + lifeMs[road])
  const [, count, unit] = timeoutPattern.exec(relative) ?? []
  if (count === undefined || unit === undefined) refuse('ACQ.INVALID_PARAMETER', 'timeout_express')
  if (unit === 'c') return endOfDay(nowMs) // `1c`: until the end of the day.
  const waitMs = Number(count) * unitMs[unit as keyof typeof unitMs]
  if (waitMs < unitMs.m || waitMs > 15 * unitMs.d)
    refuse('ACQ.INVALID_PARAMETER', 'timeout_express')
  return new Date(nowMs + waitMs)
}

const BEIJING_AHEAD_MS = 8 * 3_600_000

function endOfDay(nowMs: number): Date {
  const day = Math.floor((nowMs + BEIJING_AHEAD_MS) / unitMs.d) + 1
  return new Date(day * unitMs.d - BEIJING_AHEAD_MS)
}
