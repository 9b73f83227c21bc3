import type { KeyObject } from 'node:crypto'

import type { NoticeReply, ReadNotice } from '../channel.ts'
import type { AlipayAccount } from './account.ts'
import { labelOf } from './present.ts'
import { readTrade, refunded, textOf, yuanOf } from './outcome.ts'
import type { Fields } from './sign.ts'
import { isNoticeSigned } from './sign.ts'

/**
 * Reads a notice of Alipay's: the form as it was posted. It is believed when Alipay signed it and
 * it names this app and this seller; whether the charge is known, and of this amount, is for the
 * caller to see. A refund that names no request of ours was made by `cancel` or by hand: then it
 * says how the charge stands, and nothing of a refund.
 *
 * Source: reference/protocols.md §3.6.
 */
export function readNoticeForm(
  body: string,
  { appId, sellerId }: Pick<AlipayAccount, 'appId' | 'sellerId'>,
  keys: readonly KeyObject[],
): ReadNotice {
  const fields: Fields = Object.fromEntries(new URLSearchParams(body))
  if (!isNoticeSigned(fields, keys)) return { kind: 'refused', problem: 'signature' }
  if (fields['app_id'] !== appId) return { kind: 'refused', problem: 'app_id' }
  if (isOfAgreement(fields)) return readAgreementNotice(fields)
  if (fields['seller_id'] !== sellerId) return { kind: 'refused', problem: 'seller_id' }

  const refundId = refundOf(fields)
  if (refundId !== null) return { kind: 'refund', refundId, outcome: refunded(refundId) }
  const chargeId = textOf(fields, 'out_trade_no')
  const amountMinor = yuanOf(fields, 'total_amount')
  if (chargeId === '' || amountMinor === null) return { kind: 'refused', problem: 'no trade' }
  const outcome = readTrade(fields, { chargeId, amountMinor })
  return { kind: 'charge', chargeId, amountMinor, outcome }
}

// A notice of an agreement names no seller: it is between the payer and the app.
const isOfAgreement = ({ notify_type: type = '' }: Fields): boolean => type.startsWith('dut_user_')

// Source: alipay.user.agreement.page.sign, its notices dut_user_sign and dut_user_unsign.
function readAgreementNotice(fields: Fields): ReadNotice {
  const { notify_type: type, external_agreement_no: linkId = '', agreement_no: token = '' } = fields
  if (linkId === '' || token === '') return { kind: 'refused', problem: 'no agreement' }
  if (type === 'dut_user_unsign') return { kind: 'link', linkId, linked: { kind: 'ended' } }
  if (type !== 'dut_user_sign' || fields['status'] !== 'NORMAL')
    return { kind: 'refused', problem: 'another event' }
  const linked = { kind: 'linked', token, label: labelOf(fields), last4: null } as const
  return { kind: 'link', linkId, linked }
}

// Of a refund that was asked for, out_biz_no is its request number. A cancelled trade that was paid
// is given back too: under the trade's own number, or under none.
function refundOf(fields: Fields): string | null {
  const { gmt_refund: at = '', out_biz_no: requestNo = '' } = fields
  const isAskedFor = at !== '' && requestNo !== '' && requestNo !== fields['trade_no']
  return isAskedFor && requestNo !== fields['out_trade_no'] ? requestNo : null
}

/**
 * What Alipay wants to hear: the seven characters `success`, or else it tells again, up to 25 hours.
 *
 * Source: reference/protocols.md §3.6.
 */
export function noticeReply({ kind }: ReadNotice): NoticeReply {
  const contentType = 'text/plain; charset=utf-8'
  if (kind === 'refused') return { status: 400, contentType, body: 'failure' }
  return { status: 200, contentType, body: 'success' }
}
