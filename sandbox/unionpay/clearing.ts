import type { House, Txn } from './house.ts'
import { maskCard } from './house.ts'
import { originalOf } from './txn.ts'
import { beijingTime } from './wire.ts'

// UnionPay's own books with the fields of the clearing file ZM. The file comes from these rows.
// Source: reference/protocols.md §4.2; the names say which of its fields they fill.

/** A line of ZM: a purchase, a void or a refund that has succeeded. */
export type ClearingLine = {
  kind: 'purchase' | 'void' | 'refund'
  /** The clearing day whose file has the line. */
  clearedOn: string
  traceNo: string
  /** MMDDhhmmss. */
  transmittedAt: string
  accNo: string
  amountMinor: bigint
  mcc: string
  channelType: string
  queryId: string
  orderId: string
  payCardType: string
  origTraceNo: string
  /** MMDDhhmmss, of the purchase. */
  origTransmittedAt: string
  /** Charged to the merchant: positive; given back: negative. Written as C or D and twelve digits. */
  feeMinor: bigint
  /** What the merchant gets for the line, or owes: the amount less the fee, both with their sign. */
  netMinor: bigint
  txnType: string
  txnSubType: string
  bizType: string
  origQueryId: string
  merId: string
  termId: string
  reqReserved: string
  origOrderId: string
}

const kinds = { '01': 'purchase', '31': 'void', '04': 'refund' } as const

/**
 * The lines of the clearing files, in the order of what they report. A purchase that was reversed
 * has none, as if it had never been.
 */
export function clearingLines(house: House): ClearingLine[] {
  return house.txns
    .all()
    .filter((txn) => txn.state === 'succeeded' && txn.txnType !== '79')
    .toSorted((one, other) => one.doneAt!.localeCompare(other.doneAt!))
    .map((txn) => lineOf(house, txn))
}

function lineOf(house: House, txn: Txn): ClearingLine {
  const kind = kinds[txn.txnType as keyof typeof kinds]
  const orig = kind === 'purchase' ? undefined : originalOf(house, txn)
  const payer = house.payers.get(txn.payer)!
  const [amountMinor, feeMinor] = orig
    ? [-txn.amountMinor, -txn.feeMinor]
    : [txn.amountMinor, txn.feeMinor]
  return {
    kind,
    clearedOn: txn.clearedOn!,
    traceNo: txn.traceNo,
    transmittedAt: transmittedAt(txn),
    accNo: maskCard(payer.cardNo),
    amountMinor: txn.amountMinor,
    mcc: house.merchants.get(txn.merId)!.mcc,
    channelType: txn.channelType,
    queryId: txn.queryId,
    orderId: txn.orderId,
    payCardType: payer.cardType,
    origTraceNo: orig?.traceNo ?? '',
    origTransmittedAt: orig ? transmittedAt(orig) : '',
    feeMinor,
    netMinor: amountMinor - feeMinor,
    txnType: txn.txnType,
    txnSubType: txn.txnSubType,
    bizType: txn.bizType,
    origQueryId: txn.origQueryId,
    merId: txn.merId,
    termId: txn.termId,
    reqReserved: txn.reqReserved,
    origOrderId: orig?.orderId ?? '',
  }
}

const transmittedAt = ({ acceptedAt }: Txn): string => beijingTime(new Date(acceptedAt)).slice(4)
