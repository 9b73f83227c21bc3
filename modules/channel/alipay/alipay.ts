import type { Clock } from '../../lib/clock.ts'
import { systemClock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import type { Channel, ChargeKey, PresentOrder, PresentOutcome } from '../channel.ts'
import { readable } from '../fields.ts'
import { postForm } from '../post.ts'
import type { AlipayAccount } from './account.ts'
import { alipaySchedule, alipayTimeouts } from './account.ts'
import { noticeReply, readNoticeForm } from './notice.ts'
import type { Asked, Reply } from './outcome.ts'
import {
  readCancel,
  readCharge,
  readClose,
  readQuery,
  readRefund,
  readRefundQuery,
} from './outcome.ts'
import * as shown from './present.ts'
import type { Biz, Call } from './request.ts'
import * as request from './request.ts'
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
 * @throws AppError INVALID_REQUEST, `param` naming the key that cannot be read
 *
 * Source: reference/protocols.md §3.
 */
export function openAlipay(account: AlipayAccount, outside: Outside = {}): Channel {
  const { clock = systemClock, fetch = globalThis.fetch } = outside
  const key = readable('privateKey', () => readPrivateKey(account.privateKey))
  const alipayKeys = readable('alipayPublicKeys', () => account.alipayPublicKeys.map(readPublicKey))
  const { chargeMs, otherMs, notFoundAfterMs } = { ...alipayTimeouts, ...account.timeouts }
  // Without the charset in the address the gateway reads the form as GBK.
  const address = new URL('/gateway.do?charset=utf-8', account.baseUrl)

  const ask = async (method: string, biz: Biz, timeoutMs = otherMs): Promise<Reply> => {
    const body = request.signedForm({ method, biz, at: clock() }, account, key)
    const answer = await postForm(fetch, { address, body, timeoutMs })
    if (answer.text === undefined) return answer
    const content = readSignedAnswer(answer.text, method, alipayKeys)
    return content ? { content } : { problem: 'NOT_SIGNED' }
  }

  const ageOf = ({ startedAt }: { startedAt: Date }) => clock().getTime() - startedAt.getTime()
  const asked = (charge: ChargeKey): Asked => {
    const { chargeId, amountMinor } = charge
    return { chargeId, amountMinor, ageMs: ageOf(charge), notFoundAfterMs }
  }
  const signed = (call: Omit<Call, 'at'>) =>
    request.signedFields({ ...call, at: clock() }, account, key)
  const reverse = async (charge: ChargeKey) =>
    readCancel(await ask('alipay.trade.cancel', request.tradeBiz(charge)), asked(charge))

  const present = async (order: PresentOrder): Promise<PresentOutcome> => {
    const { way, returnUrl } = order
    const [method, biz] = [shown.presentMethods[way], shown.presentBiz(order, account)]
    if (way === 'h5') {
      return {
        kind: 'ready',
        form: { action: address.href, fields: signed({ method, biz, returnUrl }) },
      }
    }
    if (way === 'app') {
      return { kind: 'ready', sdk: new URLSearchParams(signed({ method, biz })).toString() }
    }
    return shown.readPresent(await ask(method, biz), order)
  }

  return {
    name: 'alipay',
    schedule: { ...alipaySchedule, ...account.schedule },
    charge: async (order) =>
      readCharge(await ask('alipay.trade.pay', request.payBiz(order, account), chargeMs), order),
    query: async (charge) =>
      readQuery(await ask('alipay.trade.query', request.tradeBiz(charge)), asked(charge)),
    reverse,
    close: async (charge) => {
      const closed = await ask('alipay.trade.close', request.tradeBiz(charge))
      return readClose(closed, charge.chargeId) ?? reverse(charge)
    },
    present,
    refund: async (order) =>
      readRefund(await ask('alipay.trade.refund', request.refundBiz(order)), order),
    queryRefund: async (order) => {
      const biz = request.refundQueryBiz(order)
      const reply = await ask('alipay.trade.fastpay.refund.query', biz)
      return readRefundQuery(reply, order, ageOf(order) >= notFoundAfterMs)
    },
    readNotice: ({ body }) => readNoticeForm(body, account, alipayKeys),
    replyTo: noticeReply,
    link: async (order) => {
      const { returnUrl } = order
      const [method, biz] = ['alipay.user.agreement.page.sign', shown.agreementBiz(order)]
      const url = new URL(address)
      const fields = Object.entries(signed({ method, biz, returnUrl }))
      for (const [name, value] of fields) url.searchParams.set(name, value)
      return { url: url.href }
    },
    readLink: async (linkId) => {
      const biz = shown.agreementQueryBiz(linkId)
      return shown.readAgreement(await ask('alipay.user.agreement.query', biz), linkId)
    },
    unlink: async ({ linkId }) => {
      const biz = shown.agreementQueryBiz(linkId)
      return shown.readUnsign(await ask('alipay.user.agreement.unsign', biz))
    },
    test: async () => {
      const biz = request.tradeBiz({ chargeId: newId('chg') })
      return shown.readTest(await ask('alipay.trade.query', biz))
    },
  }
}
