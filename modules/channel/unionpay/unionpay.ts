import type { Clock } from '../../lib/clock.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Channel } from '../channel.ts'
import type { UnionpayAccount } from './account.ts'
import { unionpaySchedule, unionpaySigner, unionpayTimeouts } from './account.ts'
import { noticeReply, readNoticeForm } from './notice.ts'
import type { Asked, Reply } from './outcome.ts'
import { readCharge, readQuery, readRefund, readRefundQuery } from './outcome.ts'
import type { Charge } from './request.ts'
import * as request from './request.ts'
import { reverseCharge } from './reverse.ts'
import type { Fields } from './sign.ts'
import { isSigned, readAnswer } from './sign.ts'
import { certIdOf, openTrust, readCertificate, readPrivateKey } from './trust.ts'

export { unionpayQueriesMs, unionpaySchedule, unionpaySigner, unionpayTimeouts } from './account.ts'
export type { UnionpayAccount, UnionpayTimeouts } from './account.ts'

/** What is not data, handed in so that a test can stand in for it. */
export type Outside = { clock?: Clock; fetch?: typeof globalThis.fetch }

/**
 * The road to UnionPay, with the keys of one merchant: payment codes, through the gateway of version
 * 5.1.0. Nothing it does throws for what UnionPay says or does not say; what cannot be believed is
 * unknown. Keys and bodies stay inside.
 *
 * @throws Error when a key or a certificate of the account cannot be read
 *
 * Source: reference/protocols.md §4.1.
 */
export function openUnionpay(account: UnionpayAccount, outside: Outside = {}): Channel {
  const { clock = systemClock, fetch = globalThis.fetch } = outside
  const { answerMs, notFoundAfterMs } = { ...unionpayTimeouts, ...account.timeouts }
  const sender = openSender(account)
  const trust = openTrust({
    rootCertificates: account.rootCertificates,
    middleCertificates: account.middleCertificates ?? [],
    signerNames: account.signerNames ?? [unionpaySigner],
  })

  const ask = async (service: Service, message: Fields): Promise<Reply> => {
    const address = new URL(`/gateway/api/${service}.do`, account.baseUrl)
    const body = request.signedForm(message, sender)
    const answer = await post(fetch, { address, body, timeoutMs: answerMs })
    if (answer.text === undefined) return answer
    const fields = readAnswer(answer.text)
    const key = fields && trust(fields['signPubKeyCert'] ?? '', clock())
    if (!fields || !key || !isSigned(fields, key)) return { problem: 'NOT_SIGNED' }
    return fields['merId'] === account.merId ? { fields } : { problem: 'OTHER_MERCHANT' }
  }
  const asked = ({ chargeId, startedAt }: Charge): Asked => {
    const ageMs = clock().getTime() - startedAt.getTime()
    return { chargeId, ageMs, notFoundAfterMs }
  }
  const query = async (charge: Charge) =>
    readQuery(await ask('queryTrans', request.purchaseQuery(charge)), asked(charge))

  return {
    name: 'unionpay',
    schedule: { ...unionpaySchedule, ...account.schedule },
    charge: async (order) =>
      readCharge(await ask('backTransReq', request.purchase(order, account))),
    query,
    reverse: (charge) =>
      reverseCharge(charge, {
        now: clock,
        query: () => query(charge),
        reverse: () => ask('backTransReq', request.reversal(charge)),
        sendVoid: (queryId) => ask('backTransReq', request.voidOf(charge, queryId, account)),
        queryVoid: () => ask('queryTrans', request.voidQuery(charge)),
      }),
    refund: async (order) => readRefund(await ask('backTransReq', request.refund(order, account))),
    queryRefund: async (order) =>
      readRefundQuery(await ask('queryTrans', request.refundQuery(order)), order),
    readNotice: ({ body }) => readNoticeForm(body, { merId: account.merId, trust, at: clock() }),
    replyTo: noticeReply,
  }
}

type Service = 'backTransReq' | 'queryTrans'

function openSender(account: UnionpayAccount): request.Sender {
  const certificate = readCertificate(account.certificate)
  const key = readPrivateKey(account.privateKey)
  if (!certificate.checkPrivateKey(key)) {
    throw new Error('the certificate of the UnionPay account belongs to another private key')
  }
  return { account, key, certId: certIdOf(certificate) }
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
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
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
