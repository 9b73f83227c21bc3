import type { Answer } from '../counterpart/http.ts'
import { text } from '../counterpart/http.ts'
import type { RespCode } from './codes.ts'
import { messageOf, refuse } from './codes.ts'
import type { House, Merchant } from './house.ts'
import { txnId } from './house.ts'
import { signed } from './notify.ts'
import type { Fields } from './wire.ts'
import { isSignedBy, readBeijingTime, writeAnswer } from './wire.ts'

/** One message of a merchant whose signature was verified. */
export type Asked = { house: House; merchant: Merchant; fields: Fields; id: string }

const common = [
  'version',
  'encoding',
  'signMethod',
  'txnType',
  'txnSubType',
  'bizType',
  'accessType',
  'merId',
  'certId',
  'signature',
] as const

/**
 * Who sends the message, and that nobody has changed it. Every message is verified with the
 * certificate that UnionPay has of the merchant, whatever it carries itself.
 *
 * @throws Refused
 */
export function readSigned(house: House, fields: Fields): Asked {
  const missing = common.find((name) => (fields[name] ?? '') === '')
  if (missing) refuse('13', missing)
  if (of(fields, 'version') !== '5.1.0') refuse('10', 'version')
  if (of(fields, 'encoding').toUpperCase() !== 'UTF-8') refuse('10', 'encoding')
  if (of(fields, 'signMethod') !== '01') refuse('10', 'signMethod')
  const merchant = house.merchants.get(of(fields, 'merId'))
  if (!merchant) refuse('31')
  const { certId, certificatePem } = house.keys.ofMerchant(merchant.merId)
  if (certId !== of(fields, 'certId') || !isSignedBy(fields, certificatePem)) refuse('11')
  const id = txnId(merchant.merId, of(fields, 'orderId'), of(fields, 'txnTime'))
  return { house, merchant, fields, id }
}

/** A field, '' when it is not there. */
export const of = (fields: Fields, name: string): string => fields[name] ?? ''

/** Checks what names an order: 8 to 40 letters and digits, and a time of Beijing. */
export function checkOrder({ fields }: Asked): void {
  if (!/^[0-9A-Za-z]{8,40}$/.test(of(fields, 'orderId'))) refuse('10', 'orderId')
  if (readBeijingTime(of(fields, 'txnTime')) === null) refuse('10', 'txnTime')
}

/** The amount in fen: digits and nothing else. */
export function amountOf({ fields }: Asked): bigint {
  const typed = of(fields, 'txnAmt')
  if (!/^[1-9]\d{0,11}$/.test(typed)) refuse('10', 'txnAmt')
  return BigInt(typed)
}

/** An answer: the message's own fields, a code, more fields, UnionPay's certificate and signature. */
export function answer(house: House, fields: Fields, code: RespCode, more: Fields = {}): Answer {
  const echoed = ['txnType', 'txnSubType', 'bizType', 'accessType', 'merId', 'orderId', 'txnTime']
  const given = [...echoed, 'txnAmt', 'currencyCode', 'reqReserved', 'origQryId']
  const echo = given.flatMap((name) => {
    const value = of(fields, name)
    return value === '' ? [] : [[name, value] as const]
  })
  const { detail = '', ...rest } = more
  const whole: Fields = {
    version: '5.1.0',
    encoding: 'UTF-8',
    signMethod: '01',
    ...Object.fromEntries(echo),
    respCode: code,
    respMsg: detail === '' ? messageOf(code) : `${messageOf(code)}${detail}`,
    ...rest,
  }
  return text(200, writeAnswer(signed(house, whole)), 'text/html;charset=UTF-8')
}
