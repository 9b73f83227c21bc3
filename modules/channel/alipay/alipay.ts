import type { Clock } from '../../lib/clock.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Channel, ChargeOrder } from '../channel.ts'
import type { AlipayAccount } from './account.ts'
import { alipaySchedule, alipayTimeouts } from './account.ts'
import { noticeReply, readNoticeForm } from './notice.ts'
import type { Asked, Reply } from './outcome.ts'
import { readCancel, readCharge, readQuery, readRefund, readRefundQuery } from './outcome.ts'
import type { Biz } from './request.ts'
import { payBiz, refundBiz, refundQueryBiz, signedForm, tradeBiz } from './request.ts'
import { readPrivateKey, readPublicKey, readSignedAnswer } from './sign.ts'

export { alipaySchedule, alipayTimeouts } from './account.ts'
export type { AlipayAccount, AlipayTimeouts } from './account.ts'

/** What is not data, handed in so that a test can stand in for it. */
export type Outside = { clock?: Clock; fetch?: typeof globalThis.fetch }

/**
 * The road to Alipay, with the keys of one app: payment codes, through the gateway of version 2.
 * Nothing it does throws for what Alipay says or does not say; what cannot be believed is unknown.
 * Keys and bodies stay inside.
 *
 * @throws Error when a key of the account cannot be read
 *
 * Source: reference/protocols.md §3.
 */
export function openAlipay(account: AlipayAccount, outside: Outside = {}): Channel {
  const { clock = systemClock, fetch = globalThis.fetch } = outside
  const key = readPrivateKey(account.privateKey)
  const alipayKeys = account.alipayPublicKeys.map(readPublicKey)
  const { chargeMs, otherMs, notFoundAfterMs } = { ...alipayTimeouts, ...account.timeouts }
  // Without the charset in the address the gateway reads the form as GBK.
  const address = new URL('/gateway.do?charset=utf-8', account.baseUrl)

  const ask = async (method: string, biz: Biz, timeoutMs = otherMs): Promise<Reply> => {
    const body = signedForm({ method, biz, at: clock() }, account, key)
    const answer = await post(fetch, { address, body, timeoutMs })
    if (answer.text === undefined) return answer
    const content = readSignedAnswer(answer.text, method, alipayKeys)
    return content ? { content } : { problem: 'NOT_SIGNED' }
  }

  const asked = ({ chargeId, startedAt }: Pick<ChargeOrder, 'chargeId' | 'startedAt'>): Asked => {
    const ageMs = clock().getTime() - startedAt.getTime()
    return { chargeId, ageMs, notFoundAfterMs }
  }

  return {
    name: 'alipay',
    schedule: { ...alipaySchedule, ...account.schedule },
    charge: async (order) =>
      readCharge(await ask('alipay.trade.pay', payBiz(order, account), chargeMs), order),
    query: async (charge) =>
      readQuery(await ask('alipay.trade.query', tradeBiz(charge)), asked(charge)),
    reverse: async (charge) =>
      readCancel(await ask('alipay.trade.cancel', tradeBiz(charge)), asked(charge)),
    refund: async (order) => readRefund(await ask('alipay.trade.refund', refundBiz(order)), order),
    queryRefund: async (order) =>
      readRefundQuery(await ask('alipay.trade.fastpay.refund.query', refundQueryBiz(order)), order),
    readNotice: ({ body }) => readNoticeForm(body, account, alipayKeys),
    replyTo: noticeReply,
  }
}

type Post = { address: URL; body: string; timeoutMs: number }

type Answer = { text: string; problem?: undefined } | { problem: string; text?: undefined }

// Why no answer came is told in a word: an error of `fetch` may hold the address or the body.
async function post(
  fetch: typeof globalThis.fetch,
  { address, body, timeoutMs }: Post,
): Promise<Answer> {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await answer.text()
    return answer.status === 200 ? { text } : { problem: `HTTP_${answer.status}` }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    return { problem: isLate ? 'TIMEOUT' : 'NO_ANSWER' }
  }
}
