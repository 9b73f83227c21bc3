import type { ChargeOrder, PresentOrder, RefundOrder } from '../channel.ts'
import type { Fields } from './xml.ts'

/**
 * What WeChat said, in one form for both versions, after its signature was verified. `nothing`: no
 * answer, or none that is provably WeChat's; `problem` says which, in a word for the log.
 */
export type Told<Said> =
  | { kind: 'nothing'; problem: string }
  | { kind: 'refused'; code: string; callAgain?: boolean }
  | { kind: 'said'; said: Said }

/** An order as WeChat tells of it. What is undefined was not told. */
export type ToldOrder = {
  /** trade_state. */
  state: string
  chargeId: string | undefined
  channelRef: string | undefined
  paidAt: Date | undefined
  totalMinor: bigint | undefined
  payerPaidMinor: bigint | undefined
  /** Masked already. */
  payer: string | null
}

export type ToldRefund = {
  /** SUCCESS, PROCESSING, …, in the words of either version. */
  state: string
  refundId: string | undefined
  refundRef: string | undefined
  refundMinor: bigint | undefined
}

/** `callAgain`: recall=Y, the reversal is not done. */
export type ToldReversal = { callAgain: boolean }

/** An order that is to be shown: its number at WeChat, and where it is paid, as far as it was told. */
export type ToldPrepay = {
  prepayId: string | undefined
  codeUrl: string | undefined
  h5Url: string | undefined
}

/** The calls of either version: what is asked, and what was said to it. */
export type Wire = {
  charge(order: ChargeOrder): Promise<Told<ToldOrder>>
  query(charge: Pick<ChargeOrder, 'chargeId'>): Promise<Told<ToldOrder>>
  reverse(charge: Pick<ChargeOrder, 'chargeId'>): Promise<Told<ToldReversal>>
  close(charge: Pick<ChargeOrder, 'chargeId'>): Promise<Told<unknown>>
  present(order: PresentOrder): Promise<Told<ToldPrepay>>
  refund(order: RefundOrder): Promise<Told<ToldRefund>>
  queryRefund(order: RefundOrder): Promise<Told<ToldRefund>>
}

/** Fields of a JSON object. */
export type Json = Readonly<Record<string, unknown>>

/** An order in V2's words. The answer to a charge has no trade_state: it is there when it is paid. */
export function orderOfV2(fields: Fields): ToldOrder {
  const totalMinor = minorOfText(fields['total_fee'])
  return {
    state: fields['trade_state'] ?? 'SUCCESS',
    chargeId: fields['out_trade_no'],
    channelRef: fields['transaction_id'],
    paidAt: readBeijingTime(fields['time_end']),
    totalMinor,
    payerPaidMinor: minorOfText(fields['cash_fee']) ?? totalMinor,
    payer: maskOf(fields['sub_openid'] ?? fields['openid']),
  }
}

/** An order in V3's words; in partner mode the payer has two names. */
export function orderOfV3(json: Json): ToldOrder {
  const amount = partOf(json, 'amount')
  const payer = partOf(json, 'payer')
  const totalMinor = minorOfNumber(amount['total'])
  return {
    state: textOf(json['trade_state']) ?? '',
    chargeId: textOf(json['out_trade_no']),
    channelRef: textOf(json['transaction_id']),
    paidAt: readOffsetTime(textOf(json['success_time'])),
    totalMinor,
    payerPaidMinor: minorOfNumber(amount['payer_total']) ?? totalMinor,
    payer: maskOf(textOf(payer['openid'] ?? payer['sub_openid'] ?? payer['sp_openid'])),
  }
}

/** A V2 reversal is done when it says that it need not be called again. */
export const reversalOfV2 = (fields: Fields): ToldReversal => ({
  callAgain: fields['recall'] !== 'N',
})

/** The answer to a V2 refund. It says that the refund was taken, not that it is done. */
export function refundTakenOfV2(fields: Fields): ToldRefund {
  return {
    state: 'PROCESSING',
    refundId: fields['out_refund_no'],
    refundRef: fields['refund_id'],
    refundMinor: minorOfText(fields['refund_fee']),
  }
}

/** One refund out of V2's numbered list; undefined when it is not in it. */
export function refundOfV2(fields: Fields, refundId: string): ToldRefund | undefined {
  const listed = Object.entries(fields).find(
    ([name, value]) => /^out_refund_no_\d+$/.test(name) && value === refundId,
  )
  if (!listed) return undefined
  const number = listed[0].slice('out_refund_no_'.length)
  return {
    state: fields[`refund_status_${number}`] ?? '',
    refundId,
    refundRef: fields[`refund_id_${number}`],
    refundMinor: minorOfText(fields[`refund_fee_${number}`]),
  }
}

/** A new order in V2's words. */
export const prepayOfV2 = (fields: Fields): ToldPrepay => ({
  prepayId: fields['prepay_id'],
  codeUrl: fields['code_url'],
  h5Url: fields['mweb_url'],
})

/** A new order in V3's words. */
export const prepayOfV3 = (json: Json): ToldPrepay => ({
  prepayId: textOf(json['prepay_id']),
  codeUrl: textOf(json['code_url']),
  h5Url: textOf(json['h5_url']),
})

/** A refund in V3's words; its notice calls the state refund_status. */
export function refundOfV3(json: Json): ToldRefund {
  return {
    state: textOf(json['status'] ?? json['refund_status']) ?? '',
    refundId: textOf(json['out_refund_no']),
    refundRef: textOf(json['refund_id']),
    refundMinor: minorOfNumber(partOf(json, 'amount')['refund']),
  }
}

/** Reads a JSON object; undefined when the text is something else. */
export function readJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined // Not JSON, so nothing that WeChat says.
  }
}

/** A text out of foreign JSON; undefined when it is none. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

/** An object inside foreign JSON; an empty one when there is none. */
export function partOf(json: Json, name: string): Json {
  const part = json[name]
  return isObject(part) ? part : {}
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Fen, as V2 writes them. */
function minorOfText(text: string | undefined): bigint | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? BigInt(text) : undefined
}

/** Fen, as V3 writes them. */
function minorOfNumber(value: unknown): bigint | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? BigInt(value)
    : undefined
}

// An openid is a pseudonym of a person: enough of it to compare, and not the whole.
function maskOf(openid: string | undefined): string | null {
  return openid !== undefined && openid.length > 12
    ? `${openid.slice(0, 4)}…${openid.slice(-4)}`
    : null
}

// yyyyMMddHHmmss, Beijing time.
function readBeijingTime(text: string | undefined): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text ?? '')
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second] = parts
  return readOffsetTime(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`)
}

// RFC 3339 with its offset.
function readOffsetTime(text: string | undefined): Date | undefined {
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text ?? '')
  const at = new Date(isWhole ? text! : NaN)
  return Number.isNaN(at.getTime()) ? undefined : at
}
