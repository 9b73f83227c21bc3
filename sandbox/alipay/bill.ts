import type { House, Refund, Trade } from './house.ts'
import { FEES, till } from './house.ts'
import { storeName } from './show.ts'

// Alipay's own books with the fields of its two bill files. The files come from these rows.
// Source: reference/protocols.md §3.7.

/** A row of the trade bill (业务明细): a trade, or a refund with negative amounts. */
export type TradeLine = {
  kind: 'trade' | 'refund'
  appId: string
  tradeNo: string
  outTradeNo: string
  subject: string
  createdAt: string
  finishedAt: string
  storeId: string
  storeName: string
  operatorId: string
  terminalId: string
  /** The payer as the merchant sees it: name and masked account. */
  counterparty: string
  orderMinor: bigint
  receivedMinor: bigint
  /** Negative: charged; positive: given back. */
  feeMinor: bigint
  outRequestNo: string
  remark: string
}

/** A row of the account bill (账务明细) of one merchant. */
export type AccountLine = {
  number: number
  appId: string
  tradeNo: string
  outTradeNo: string
  subject: string
  at: string
  counterparty: string
  incomeMinor: bigint
  expenseMinor: bigint
  balanceMinor: bigint
  kind: string
}

/** The rows of the trade bill, in the order of what they report. */
export function tradeLines(house: House): TradeLine[] {
  const paid = house.trades.all().filter(({ paidAt }) => paidAt !== null)
  const refunds = house.refunds.all()
  return [
    ...paid.map((trade) => paymentLine(house, trade)),
    ...refunds.map((refund) => refundLine(house, house.trades.get(refund.tradeId)!, refund)),
  ].toSorted((one, other) => one.finishedAt.localeCompare(other.finishedAt))
}

function lineOf(house: House, trade: Trade) {
  const payer = house.payers.get(trade.payer)!
  return {
    appId: trade.appId,
    tradeNo: trade.tradeNo,
    outTradeNo: trade.outTradeNo,
    subject: trade.subject,
    createdAt: trade.createdAt,
    storeId: trade.storeId,
    storeName: storeName(trade.storeId),
    terminalId: trade.terminalId,
    counterparty: `*${payer.name.slice(1)}(${payer.logonId})`,
  }
}

const paymentLine = (house: House, trade: Trade): TradeLine => ({
  ...lineOf(house, trade),
  kind: 'trade',
  finishedAt: trade.paidAt!,
  operatorId: trade.operatorId,
  orderMinor: trade.totalMinor,
  receivedMinor: trade.totalMinor,
  feeMinor: -trade.feeMinor,
  outRequestNo: '',
  remark: trade.body,
})

const refundLine = (house: House, trade: Trade, refund: Refund): TradeLine => ({
  ...lineOf(house, trade),
  kind: 'refund',
  finishedAt: refund.at,
  operatorId: refund.operatorId,
  orderMinor: -refund.amountMinor,
  receivedMinor: -refund.amountMinor,
  feeMinor: refund.feeReturnedMinor,
  outRequestNo: refund.outRequestNo,
  remark: refund.reason,
})

const kindNames: Record<string, string> = {
  payment: '在线支付',
  refund: '交易退款',
  service_fee: '收费',
  service_fee_return: '退费',
  withdrawal: '提现',
}

/** The rows of one merchant's account bill; each has the balance after it. */
export function accountLines(house: House, appId: string): AccountLine[] {
  const account = till(appId)
  let balanceMinor = 0n
  return house.books
    .movements()
    .filter(({ from, to }) => from === account || to === account)
    .map(({ number, at, kind, subject, from, to, amountMinor }) => {
      const isIncome = to === account
      balanceMinor += isIncome ? amountMinor : -amountMinor
      const tradeNo = subject.split('/')[0]!
      const trade = house.trades.get(house.tradeNos.get(tradeNo) ?? '')
      const other = isIncome ? from : to
      return {
        number,
        appId,
        tradeNo,
        outTradeNo: trade?.outTradeNo ?? '',
        subject: trade?.subject ?? '',
        at,
        counterparty: other === FEES ? '支付宝' : trade ? lineOf(house, trade).counterparty : '',
        incomeMinor: isIncome ? amountMinor : 0n,
        expenseMinor: isIncome ? 0n : amountMinor,
        balanceMinor,
        kind: kindNames[kind] ?? kind,
      }
    })
}
