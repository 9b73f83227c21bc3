import { assert } from '../../lib/assert.ts'
import { idTime } from '../../lib/ids.ts'
import type { ChargeOrder, Linked, Unlinked } from '../channel.ts'
import type { UnionpayAccount } from '../unionpay/account.ts'
import { codeOf, type Reply } from '../unionpay/outcome.ts'
import { declineReasonOf, NOT_FOUND } from '../unionpay/codes.ts'
import { orderIdOf } from '../unionpay/order-id.ts'
import { amountFields, kindOf, NO_NOTICE, termIdOf } from '../unionpay/request.ts'
import type { Fields } from '../unionpay/sign.ts'
import { txnTime } from '../unionpay/times.ts'

// Token payment, bizType 000902: the payer agrees once on UnionPay's page, and what the merchant keeps
// is a token, good for this merchant and of no use to anybody else.

const TOKEN_PAYMENT = { bizType: '000902' } as const

/** How UnionPay names a link: the number, and the time that is in it. */
const nameOf = (linkId: string): Fields => ({
  orderId: orderIdOf(linkId),
  txnTime: txnTime(idTime(linkId)),
})

/**
 * 79/00: the fields with which a browser opens UnionPay's page to put a card on file. Nobody is told
 * of its end; it is asked for.
 *
 * Source: UnionPay's example of token payment (银联全渠道开通), read 2026-11.
 */
export function opening(
  linkId: string,
  { trId, returnUrl }: { trId: string; returnUrl: string },
): Fields {
  return {
    ...TOKEN_PAYMENT,
    ...kindOf('79', '00'),
    ...nameOf(linkId),
    tokenPayData: `{trId=${trId}&tokenType=01}`,
    frontUrl: returnUrl,
    backUrl: NO_NOTICE,
  }
}

/** 00/00: asks what became of it. */
export function openingQuery(linkId: string): Fields {
  return { ...TOKEN_PAYMENT, ...kindOf('00', '00'), ...nameOf(linkId) }
}

/**
 * 01/01: charges a card on file, in fen. What this answers holds the token, so it is never logged.
 *
 * @throws AssertionError for another currency than CNY, or for anything but a token
 *
 * Source: UnionPay's example of token payment (无跳转支付); reference/protocols.md §4.1.
 */
export function tokenPurchase(order: ChargeOrder, account: UnionpayAccount): Fields {
  const { means, chargeId, startedAt, amountMinor } = order
  assert(order.currency === 'CNY', 'this gateway takes CNY')
  assert(means.kind === 'agreement', 'this road charges cards on file')
  return {
    ...TOKEN_PAYMENT,
    ...kindOf('01', '01'),
    ...{ orderId: orderIdOf(chargeId), txnTime: txnTime(startedAt) },
    ...amountFields(amountMinor),
    tokenPayData: means.token,
    termId: termIdOf(order.terminalId, account),
    backUrl: account.notifyUrl ?? NO_NOTICE,
  }
}

/**
 * 74/01: gives a token back, so that the card is on file here no more. What this answers holds the
 * token, so it is never logged.
 *
 * Source: UnionPay's example of token payment (解除标记), not verified at its gateway.
 */
export function tokenDeletion(
  linkId: string,
  { token, now }: { token: string; now: Date },
): Fields {
  return {
    ...TOKEN_PAYMENT,
    ...kindOf('74', '01'),
    ...{ orderId: orderIdOf(linkId), txnTime: txnTime(now) },
    tokenPayData: token,
  }
}

/**
 * Reads the answer to a token that was given back: 00 is done, and a token that is not good any more
 * (39, as for a purchase) was given back before. What else is refused for good stays refused.
 */
export function readTokenDeletion(reply: Reply): Unlinked {
  const channelCode = codeOf(reply)
  if (channelCode === '00' || channelCode === '39') return { kind: 'unlinked', channelCode }
  if (reply.problem !== undefined) return { kind: 'again', channelCode, isIll: true }
  return { kind: declineReasonOf(channelCode) ? 'refused' : 'again', channelCode }
}

// The page lives a quarter of an hour; then nobody can agree on it any more.
const PAGE_LIFE_MS = 15 * 60_000

/**
 * Reads what became of a card that was to be put on file. The token is kept as the nested value that
 * a purchase sends: with the requestor that it is good for.
 *
 * Source: UnionPay's example of token payment; reference/protocols.md §4.1 (query).
 */
export function readOpening(reply: Reply, { linkId, now }: { linkId: string; now: Date }): Linked {
  const isOver = now.getTime() - idTime(linkId).getTime() > PAGE_LIFE_MS
  const channelCode = codeOf(reply)
  // The page was never opened: there is nothing yet, and after its life there never will be.
  if (channelCode === NOT_FOUND)
    return isOver ? { kind: 'refused', channelCode } : { kind: 'pending' }
  const { fields } = reply
  if (channelCode !== '00' || fields?.['orderId'] !== orderIdOf(linkId)) return { kind: 'pending' }
  const { origRespCode = '', tokenPayData = '', accNo = '' } = fields
  if (origRespCode !== '00') {
    const isFinal = declineReasonOf(origRespCode) !== undefined
    return isFinal ? { kind: 'refused', channelCode: origRespCode } : { kind: 'pending' }
  }
  const token = readToken(tokenPayData)
  if (!token) return { kind: 'pending' }
  const last4 = /\d{4}$/.exec(accNo)?.[0] ?? null
  return { kind: 'linked', token, label: '银联卡', last4 }
}

function readToken(nested: string): string | null {
  const inside = /^\{(.*)\}$/.exec(nested)?.[1] ?? ''
  const given = new Map(
    inside.split('&').map((pair) => [...pair.split('=', 2)] as [string, string]),
  )
  const [token, trId] = [given.get('token'), given.get('trId')]
  return token && trId ? `{token=${token}&trId=${trId}}` : null
}
