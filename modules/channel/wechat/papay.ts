import type { Clock } from '../../lib/clock.ts'
import { idTime } from '../../lib/ids.ts'
import type {
  Channel,
  ChargeKey,
  ChargeOrder,
  ChargeOutcome,
  LinkPage,
  RefundOrder,
  RefundOutcome,
  ReverseOutcome,
} from '../channel.ts'
import type { KeysV2, WechatAccount } from './account.ts'
import type { LinkingAccount } from './contract.ts'
import * as calls from './contract.ts'
import {
  contractOf,
  readContract,
  readContractCharge,
  readEnd,
  undoContractCharge,
} from './contract-outcome.ts'
import { codeOf, readQuery } from './outcome.ts'
import { orderOfV2 } from './told.ts'
import type { Send } from './transport.ts'
import type { AskV2 } from './v2.ts'
import { joined } from './v2.ts'
import { readXml } from './xml.ts'

/** How contracts are asked for: an account, its keys of V2, and a way to ask with them. */
export type PapayParts = { account: WechatAccount; keys: KeysV2; ask: AskV2 }

/** What the charges by contract need of the rest of the road. */
export type OfRoad = {
  isOld: (charge: ChargeKey) => boolean
  refund: (order: RefundOrder) => Promise<RefundOutcome>
  queryRefund: (order: RefundOrder) => Promise<RefundOutcome>
}

export type Papay = {
  charge(order: ChargeOrder, contractId: string): Promise<ChargeOutcome>
  query(charge: ChargeKey): Promise<ChargeOutcome>
  reverse(charge: ChargeKey): Promise<ReverseOutcome>
}

/** Charges by contract (委托代扣), always over V2. Nothing here throws. */
export function openPapay({ account, ask }: PapayParts, road: OfRoad): Papay {
  const query = async (charge: ChargeKey) => {
    const told = await ask(calls.contractChargeQuery(account, charge), orderOfV2)
    return readQuery(told, { ...charge, isOld: road.isOld(charge) })
  }
  return {
    query,
    charge: async (order, contractId) => {
      const told = await ask(calls.contractCharge(account, order, contractId), () => ({}))
      return readContractCharge(told, order)
    },
    reverse: (charge) => {
      const whole = (channelRef: string) => wholeRefund(charge, channelRef)
      return undoContractCharge({
        query: () => query(charge),
        refund: (channelRef) => road.refund(whole(channelRef)),
        queryRefund: (channelRef) => road.queryRefund(whole(channelRef)),
      })
    },
  }
}

// One charge is undone once, whoever asks and however often.
function wholeRefund(charge: ChargeKey, channelRef: string): RefundOrder {
  const { chargeId, amountMinor, startedAt } = charge
  return {
    ...{ chargeId, channelRef, refundId: `${chargeId}-undo`, currency: 'CNY', reason: '订单撤销' },
    ...{ refundMinor: amountMinor, chargeMinor: amountMinor, chargedAt: startedAt, startedAt },
  }
}

/** Links accounts by contract. Nothing here throws. */
export function openLinking(
  account: LinkingAccount,
  { keys, ask, send, now }: PapayParts & { send: Send; now: Clock },
): Required<Pick<Channel, 'link' | 'readLink' | 'unlink'>> {
  return {
    link: async (order) => {
      const { path, fields } = calls.signingRequest(account, keys, order)
      const url = new URL(joined(account.baseUrl, path))
      for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value)
      return order.isInApp ? { url: url.href } : readPage(send, url)
    },
    readLink: async (linkId) => {
      const told = await ask(calls.contractQuery(account, linkId), contractOf)
      const ageMs = now().getTime() - idTime(linkId).getTime()
      return readContract(told, { linkId, planId: account.planId, ageMs })
    },
    unlink: async ({ linkId }) =>
      readEnd(await ask(calls.contractEnd(account, linkId), () => ({}))),
  }
}

// The answer is not signed; what comes of the page is asked for and signed, whatever the page was.
async function readPage(send: Send, url: URL): Promise<LinkPage> {
  const answer = await send({ method: 'GET', url, headers: { accept: 'text/xml' } })
  if (answer.kind === 'nothing') return { problem: answer.problem }
  const fields = readXml(answer.body)
  if (fields?.['result_code'] !== 'SUCCESS') return { problem: codeOf(fields?.['err_code'] ?? '') }
  const page = URL.parse(fields['redirect_url'] ?? '')
  return page && /^https?:$/.test(page.protocol) ? { url: page.href } : { problem: 'NO_PAGE' }
}
