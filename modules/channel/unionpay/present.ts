import { assert } from '../../lib/assert.ts'
import type { PresentOrder, PresentOutcome } from '../channel.ts'
import type { UnionpayAccount } from './account.ts'
import type { Reply } from './outcome.ts'
import { codeOf } from './outcome.ts'
import { declineReasonOf } from './codes.ts'
import { amountFields, kindOf, nameOf, NO_NOTICE, termIdOf } from './request.ts'
import type { Fields } from './sign.ts'
import { txnTime } from './times.ts'

// Orders that a merchant shows and UnionPay's payers take up. Source: reference/protocols.md §4.1.

const subTypes = { native: '07', app: '01', h5: '01', jsapi: '01' } as const

/**
 * 01/07 asks for a QR code, 01/01 for an order of an app or a page.
 *
 * @throws AssertionError for another currency than CNY, or a number that is no orderId
 */
export function shownOrder(order: PresentOrder, account: UnionpayAccount): Fields {
  assert(order.currency === 'CNY', 'this gateway takes CNY')
  return {
    ...kindOf('01', subTypes[order.way]),
    ...nameOf(order),
    ...amountFields(order.amountMinor),
    termId: termIdOf(order.terminalId, account),
    payTimeout: txnTime(order.expiresAt),
    backUrl: account.notifyUrl ?? NO_NOTICE,
  }
}

/** The same for a page, which sends the browser back in the end. */
export const pageOf = (
  message: Fields,
  { returnUrl }: Pick<PresentOrder, 'returnUrl'>,
): Fields => ({
  ...message,
  ...(returnUrl !== null && { frontUrl: returnUrl }),
})

/**
 * Reads the answer to an order that is to be shown. That the number is there already (12) is no
 * refusal: a query says how it stands.
 */
export function readPresent(reply: Reply, name: 'qrCode' | 'tn'): PresentOutcome {
  if (reply.problem !== undefined) {
    return { kind: 'unknown', channelCode: reply.problem, isIll: true }
  }
  const channelCode = codeOf(reply)
  const reason = declineReasonOf(channelCode)
  if (reason) return { kind: 'refused', reason, channelCode }
  const given = reply.fields[name] ?? ''
  if (channelCode !== '00' || given === '') return { kind: 'unknown', channelCode }
  return name === 'tn' ? { kind: 'ready', sdk: given } : { kind: 'ready', qrText: given }
}
