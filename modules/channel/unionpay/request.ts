import type { KeyObject } from 'node:crypto'

import { assert } from '../../lib/assert.ts'
import { readEmvToken } from '../../paycode/paycode.ts'
import type { ChargeOrder, RefundOrder } from '../channel.ts'
import type { UnionpayAccount } from './account.ts'
import { orderIdOf, voidOrderIdOf } from './order-id.ts'
import type { Fields } from './sign.ts'
import { signatureOf } from './sign.ts'
import { txnTime } from './times.ts'

/** What names a charge to UnionPay: the number and the time together. */
export type Charge = Pick<ChargeOrder, 'chargeId' | 'startedAt'>

/** What UnionPay's samples send when nobody wants to be told. */
export const NO_NOTICE = 'http://www.specialUrl.com'

/**
 * 01/06: charges a payer's code, in fen. Here, and here only, the digits of the code come out, so
 * what this answers is never logged.
 *
 * @throws AssertionError for another currency than CNY, or a number that is no orderId
 *
 * Source: reference/protocols.md §4.1.
 */
export function purchase(order: ChargeOrder, account: UnionpayAccount): Fields {
  assert(order.currency === 'CNY', 'this gateway takes CNY')
  return {
    ...kindOf('01', '06'),
    ...nameOf(order),
    ...amountFields(order.amountMinor),
    qrNo: codeOf(order),
    termId: termIdOf(order.terminalId, account),
    backUrl: account.notifyUrl ?? NO_NOTICE,
  }
}

function codeOf({ means }: ChargeOrder): string {
  assert(means.kind === 'code', 'this road charges scanned codes')
  const text = means.code.reveal()
  const { codeInformation } = means.code
  if (codeInformation.form === 'digits') return text
  // This field takes 1 to 20 digits: of an EMVCo code it gets the token, and not its base64.
  const token = readEmvToken(text, codeInformation.applicationId)
  assert(token, 'a code without a token is refused when it is read')
  return token.number
}

/** The number that the acquirer gave the terminal; where it gave none, the end of ours. */
export function termIdOf(terminalId: string, { terminalNos = {} }: UnionpayAccount): string {
  const known = terminalNos[terminalId]
  return (
    known ??
    terminalId
      .replace(/[^0-9A-Za-z]/g, '')
      .slice(-8)
      .padStart(8, '0')
  )
}

/** 00/00: asks what became of a charge. Source: reference/protocols.md §4.1. */
export function purchaseQuery(charge: Charge): Fields {
  return { ...kindOf('00', '00'), ...nameOf(charge) }
}

/**
 * 99/01: makes a purchase whose result is unknown as if it had never been. It has no number of its
 * own but names itself by the purchase's.
 *
 * Source: reference/protocols.md §4.1.
 */
export function reversal(charge: Charge): Fields {
  return { ...kindOf('99', '01'), ...nameOf(charge) }
}

/** 31/00: undoes a purchase that was paid, the whole of it. Source: reference/protocols.md §4.1. */
export function voidOf(
  charge: Charge & { amountMinor: bigint },
  queryId: string,
  { notifyUrl }: Pick<UnionpayAccount, 'notifyUrl'>,
): Fields {
  return {
    ...kindOf('31', '00'),
    ...voidName(charge),
    ...amountFields(charge.amountMinor),
    origQryId: queryId,
    backUrl: notifyUrl ?? NO_NOTICE,
  }
}

/** 00/00: asks what became of a purchase's void. */
export function voidQuery(charge: Charge): Fields {
  return { ...kindOf('00', '00'), ...voidName(charge) }
}

/**
 * 04/00: gives money back, in fen.
 *
 * @throws AssertionError for another currency than CNY
 *
 * Source: reference/protocols.md §4.1.
 */
export function refund(
  order: RefundOrder,
  { notifyUrl }: Pick<UnionpayAccount, 'notifyUrl'>,
): Fields {
  assert(order.currency === 'CNY', 'this gateway takes CNY')
  return {
    ...kindOf('04', '00'),
    ...refundName(order),
    ...amountFields(order.refundMinor),
    origQryId: order.channelRef,
    backUrl: notifyUrl ?? NO_NOTICE,
  }
}

/** 00/00: asks what became of a refund. */
export function refundQuery(order: RefundOrder): Fields {
  return { ...kindOf('00', '00'), ...refundName(order) }
}

/** What kind of message it is. */
export const kindOf = (txnType: string, txnSubType: string): Fields => ({ txnType, txnSubType })

/** The amount in fen, and that it is yuan. */
export const amountFields = (amountMinor: bigint): Fields => ({
  txnAmt: amountMinor.toString(),
  currencyCode: '156',
})

/** What names a charge: its number and time together. */
export const nameOf = ({ chargeId, startedAt }: Charge): Fields => ({
  orderId: orderIdOf(chargeId),
  txnTime: txnTime(startedAt),
})

// The purchase's time, because a void must be found again by it.
const voidName = ({ chargeId, startedAt }: Charge): Fields => ({
  orderId: voidOrderIdOf(chargeId),
  txnTime: txnTime(startedAt),
})

// Number and time must be the same however often a refund is asked for.
const refundName = ({ refundId, startedAt }: RefundOrder): Fields => ({
  orderId: orderIdOf(refundId),
  txnTime: txnTime(startedAt),
})

/** Who sends: the account, and the key and number of its certificate. */
export type Sender = { account: UnionpayAccount; key: KeyObject; certId: string }

/** The body of a message: its fields, encoded as a form. */
export function signedForm(fields: Fields, sender: Sender): string {
  return new URLSearchParams(signedFields(fields, sender)).toString()
}

/**
 * The fields of a message: what is common to all, its own, and the signature. A purchase's hold the
 * payer's code, so they are sent and nothing else.
 *
 * Source: reference/protocols.md §4.1.
 */
export function signedFields(fields: Fields, { account, key, certId }: Sender): Fields {
  const whole: Fields = {
    version: '5.1.0',
    encoding: 'UTF-8',
    signMethod: '01',
    bizType: '000000',
    channelType: '08',
    merId: account.merId,
    certId,
    ...accessOf(account),
    ...fields,
  }
  return { ...whole, signature: signatureOf(whole, key) }
}

// 0: the merchant itself; 1: an institution that acquires for it; 2: a platform.
function accessOf({ acquirer, subMerchant }: UnionpayAccount): Fields {
  if (acquirer) {
    return {
      accessType: '1',
      acqInsCode: acquirer.insCode,
      merCatCode: acquirer.mcc,
      merName: acquirer.merchantName,
      merAbbr: acquirer.merchantShortName,
    }
  }
  if (!subMerchant) return { accessType: '0' }
  return {
    accessType: '2',
    subMerId: subMerchant.id,
    subMerName: subMerchant.name,
    subMerAbbr: subMerchant.shortName,
  }
}
