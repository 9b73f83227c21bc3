import { randomBytes } from 'node:crypto'

import type { Content } from './codes.ts'
import { granted, refuse } from './codes.ts'
import type { House, Order, Payer, Road, Trade } from './house.ts'
import type { Asked } from './request.ts'
import { purchaseOf, textOf } from './request.ts'
import { closeWhenDue, createTrade, tradeId, tradeOf } from './trade.ts'

// Orders that the payer comes to: by a QR code, by a page, by the merchant's own app. A trade is
// born when the payer takes the order up; until then `alipay.trade.query` knows of none.

const QR_LINK = 'https://qr.alipay.com/'

/** `alipay.trade.precreate`: a QR code for the payer to scan. */
export function precreate(asked: Asked): Content {
  const { outTradeNo, token } = offer(asked, 'qr', 'FACE_TO_FACE_PAYMENT')
  return granted({ out_trade_no: outTradeNo, qr_code: `${QR_LINK}${token}` })
}

/** `alipay.trade.create`: an order for a payer whom the merchant names; it waits on their phone. */
export function create(asked: Asked): Content {
  const { house, biz } = asked
  const userId = textOf(biz, 'buyer_id') || textOf(biz, 'buyer_open_id')
  const payer = house.payers.all().find((one) => one.userId === userId)
  if (!payer) refuse('ACQ.BUYER_NOT_EXIST')
  const order = offer(asked, 'user', 'JSAPI_PAY')
  const trade = takeUp(house, order, payer)
  return granted({ out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo })
}

/**
 * Writes an order down. The same order again is the same; another one under its number is refused,
 * and so is one whose trade is over.
 */
export function offer(asked: Asked, road: Road, product: string): Order {
  const { house, returnUrl } = asked
  const purchase = purchaseOf(asked, road, product)
  const id = tradeId(purchase.appId, purchase.outTradeNo)
  const trade = tradeOf(house, id)
  if (trade?.status === 'TRADE_CLOSED') refuse('ACQ.TRADE_HAS_CLOSE')
  if (trade && trade.status !== 'WAIT_BUYER_PAY') refuse('ACQ.TRADE_HAS_SUCCESS')
  const earlier = house.orders.get(id)
  const known = earlier ?? trade
  const { totalMinor, subject } = purchase
  if (known && (known.totalMinor !== totalMinor || known.subject !== subject)) {
    refuse('ACQ.CONTEXT_INCONSISTENT')
  }
  if (earlier?.state === 'closed') refuse('ACQ.TRADE_HAS_CLOSE')
  if (earlier) return earlier
  const token = `bax${randomBytes(16).toString('hex')}`
  const quitUrl = textOf(asked.biz, 'quit_url')
  const order: Order = { ...purchase, id, token, returnUrl, quitUrl, state: 'open' }
  house.orders.put(id, order)
  house.orderTokens.put(token, id)
  return order
}

/** The order that a QR code's text or a page's token leads to. */
export function orderOf(house: House, link: string): Order | undefined {
  const id = house.orderTokens.get(link.trim().replace(QR_LINK, ''))
  return id === undefined ? undefined : house.orders.get(id)
}

/**
 * The payer scans the code or enters the page: the trade is born, or is found again.
 *
 * @throws Refused when the order is over or somebody else's
 */
export function takeUp(house: House, order: Order, payer: Payer): Trade {
  const trade = tradeOf(house, order.id)
  if (trade) {
    if (trade.status === 'TRADE_CLOSED') refuse('ACQ.TRADE_HAS_CLOSE')
    if (trade.status !== 'WAIT_BUYER_PAY') refuse('ACQ.TRADE_HAS_SUCCESS')
    if (trade.payer !== payer.login) refuse('ACQ.TRADE_BUYER_NOT_MATCH')
    return trade
  }
  const isOver = Date.parse(order.expiresAt) <= house.clock.nowMs()
  if (order.state === 'closed' || isOver) refuse('ACQ.TRADE_HAS_CLOSE')
  const wait = { kind: 'password' } as const
  const born = createTrade(house, order, { payer: payer.login, authCode: '', wait })
  closeWhenDue(house, born)
  return born
}
