import type { Content } from './codes.ts'
import type { House, Trade } from './house.ts'
import { beijingTime, yuan } from './wire.ts'

/** What every answer about a trade begins with. */
export function payerContent(house: House, trade: Trade): Content {
  const payer = house.payers.get(trade.payer)!
  return {
    trade_no: trade.tradeNo,
    out_trade_no: trade.outTradeNo,
    buyer_logon_id: payer.logonId,
    buyer_user_id: payer.userId,
    total_amount: yuan(trade.totalMinor),
  }
}

/** The amounts of a paid trade. Nothing is discounted here, so they are all the same. */
export function amountsContent(trade: Trade): Content {
  const paid = yuan(trade.totalMinor)
  return {
    receipt_amount: paid,
    buyer_pay_amount: paid,
    invoice_amount: paid,
    point_amount: '0.00',
    fund_bill_list: [{ fund_channel: 'ALIPAYACCOUNT', amount: paid }],
  }
}

/** The answer of a payment that has succeeded. */
export function paidContent(house: House, trade: Trade): Content {
  return {
    ...payerContent(house, trade),
    ...amountsContent(trade),
    gmt_payment: beijingTime(new Date(trade.paidAt!)),
    ...(trade.storeId !== '' && { store_name: storeName(trade.storeId) }),
  }
}

/** What a store is called in answers and bills. */
export const storeName = (storeId: string): string => (storeId === '' ? '' : `门店 ${storeId}`)
