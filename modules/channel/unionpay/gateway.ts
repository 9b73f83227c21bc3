import type { Clock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Channel, ChargeKey, ChargeOrder, PostForm, TestResult } from '../channel.ts'
import { readable } from '../fields.ts'
import { postForm } from '../post.ts'
import type { UnionpayAccount } from './account.ts'
import { unionpaySchedule, unionpaySigner, unionpayTimeouts } from './account.ts'
import { NOT_FOUND } from './codes.ts'
import { noticeReply, readNoticeForm } from './notice.ts'
import type { Asked, Reply } from './outcome.ts'
import { codeOf, readCharge, readQuery, readRefund, readRefundQuery } from './outcome.ts'
import * as request from './request.ts'
import { closeCharge, reverseCharge, type Asking } from './reverse.ts'
import type { Fields } from './sign.ts'
import { isSigned, readAnswer } from './sign.ts'
import { certIdOf, openTrust, readCertificate, readPrivateKey } from './trust.ts'

/** What is not data, handed in so that a test can stand in for it. */
export type Outside = { clock?: Clock; fetch?: typeof globalThis.fetch }

/** The addresses of the gateway that answer a merchant's server, and those for a payer's browser. */
export type Service = 'backTransReq' | 'queryTrans' | 'appTransReq' | 'frontTransReq'

/** UnionPay's gateway with the keys of one merchant: whatever product goes through it. */
export type Gateway = {
  account: UnionpayAccount
  clock: Clock
  /** Sends a message, signed, and believes the answer when UnionPay signed it for this merchant. */
  ask(service: Exclude<Service, 'frontTransReq'>, message: Fields): Promise<Reply>
  /** The same message for the payer's browser to carry. */
  form(service: 'frontTransReq', message: Fields): PostForm
  asked(charge: ChargeKey): Asked
  /** Whether "no such transaction" is believed of what began then. */
  isOld(startedAt: Date): boolean
  readNotice: Channel['readNotice']
}

/**
 * Opens the gateway of version 5.1.0. Nothing it does throws for what UnionPay says or does not say.
 * Keys and bodies stay inside.
 *
 * @throws AppError INVALID_REQUEST, `param` naming the key or certificate that cannot be read
 *
 * Source: reference/protocols.md §4.1.
 */
export function openGateway(account: UnionpayAccount, outside: Outside = {}): Gateway {
  const { clock = systemClock, fetch = globalThis.fetch } = outside
  const { answerMs, notFoundAfterMs } = { ...unionpayTimeouts, ...account.timeouts }
  const sender = openSender(account)
  const { rootCertificates, middleCertificates = [], signerNames = [unionpaySigner] } = account
  const trust = readable('rootCertificates', () =>
    openTrust({ rootCertificates, middleCertificates, signerNames }),
  )
  const addressOf = (service: Service) => new URL(`/gateway/api/${service}.do`, account.baseUrl)
  const ageOf = (startedAt: Date) => clock().getTime() - startedAt.getTime()

  return {
    account,
    clock,
    async ask(service, message) {
      const body = request.signedForm(message, sender)
      const address = addressOf(service)
      const answer = await postForm(fetch, { address, body, timeoutMs: answerMs })
      if (answer.text === undefined) return answer
      const fields = readAnswer(answer.text)
      const key = fields && trust(fields['signPubKeyCert'] ?? '', clock())
      if (!fields || !key || !isSigned(fields, key)) return { problem: 'NOT_SIGNED' }
      return fields['merId'] === account.merId ? { fields } : { problem: 'OTHER_MERCHANT' }
    },
    form: (service, message) => ({
      action: addressOf(service).href,
      fields: request.signedFields(message, sender),
    }),
    asked: ({ chargeId, amountMinor, startedAt }) => ({
      ...{ chargeId, amountMinor, ageMs: ageOf(startedAt), notFoundAfterMs },
    }),
    isOld: (startedAt) => ageOf(startedAt) >= notFoundAfterMs,
    readNotice: ({ body }) => readNoticeForm(body, { merId: account.merId, trust, at: clock() }),
  }
}

function openSender(account: UnionpayAccount): request.Sender {
  const certificate = readable('certificate', () => readCertificate(account.certificate))
  const key = readable('privateKey', () => readPrivateKey(account.privateKey))
  readable('certificate', () => {
    if (!certificate.checkPrivateKey(key)) throw new Error('it belongs to another private key')
  })
  return { account, key, certId: certIdOf(certificate) }
}

/** What differs between the products that go through the gateway: how a purchase is asked for. */
export type Product = { name: string; purchase: (order: ChargeOrder) => Fields }

/**
 * A road through the gateway: everything that is alike for scanned codes and for cards on file.
 *
 * Source: reference/protocols.md §4.1.
 */
export function openRoad(gateway: Gateway, { name, purchase }: Product): Channel {
  const { account, ask, asked } = gateway
  const query = async (charge: ChargeKey) =>
    readQuery(await ask('queryTrans', request.purchaseQuery(charge)), asked(charge))
  const asking = (charge: ChargeKey): Asking => ({
    now: gateway.clock,
    query: () => query(charge),
    reverse: () => ask('backTransReq', request.reversal(charge)),
    sendVoid: (queryId) => ask('backTransReq', request.voidOf(charge, queryId, account)),
    queryVoid: () => ask('queryTrans', request.voidQuery(charge)),
  })

  return {
    name,
    schedule: { ...unionpaySchedule, ...account.schedule },
    charge: async (order) => readCharge(await ask('backTransReq', purchase(order))),
    query,
    reverse: (charge) => reverseCharge(charge, asking(charge)),
    close: (charge) => closeCharge(charge, asking(charge)),
    refund: async (order) => readRefund(await ask('backTransReq', request.refund(order, account))),
    queryRefund: async (order) => {
      const reply = await ask('queryTrans', request.refundQuery(order))
      return readRefundQuery(reply, order, gateway.isOld(order.startedAt))
    },
    readNotice: gateway.readNotice,
    replyTo: noticeReply,
    async test() {
      const never = { chargeId: newId('chg'), startedAt: gateway.clock() }
      return readTest(await ask('queryTrans', request.purchaseQuery(never)))
    },
  }
}

// Of a number that was made this moment UnionPay says that it cannot find it.
function readTest(reply: Reply): TestResult {
  const code = codeOf(reply)
  return code === NOT_FOUND ? { ok: true, problem: null } : { ok: false, problem: code }
}
