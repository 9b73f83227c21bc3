import type { ChargeOutcome, Linked, RefundOutcome, ReverseOutcome, Unlinked } from '../channel.ts'
import { codeOf, lettersOf, readCharge } from './outcome.ts'
import type { Told } from './told.ts'
import type { Fields } from './xml.ts'

/** A contract as WeChat tells of it. What is undefined was not told. */
export type ToldContract = {
  contractId: string | undefined
  linkId: string | undefined
  planId: string | undefined
  /** 0: signed and good. 1: ended. */
  state: string | undefined
}

/** A contract in V2's words. */
export const contractOf = (fields: Fields): ToldContract => ({
  contractId: fields['contract_id'],
  linkId: fields['contract_code'],
  planId: fields['plan_id'],
  state: fields['contract_state'],
})

/** What the account is called: WeChat tells nothing of its owner but a pseudonym. */
export const WECHAT_LABEL = '微信支付'

// A page of signing is good for ten minutes; after this nobody can sign on it any more.
const PAGE_LIFE_MS = 15 * 60_000

type Link = { linkId: string; planId: string; ageMs: number }

/**
 * Reads how a contract stands. Before the payer has signed there is none; that there is none is final
 * once the page is over.
 *
 * Source: WeChat Pay V2, 委托代扣, 查询签约关系 (contract_state).
 */
export function readContract(told: Told<ToldContract>, { linkId, planId, ageMs }: Link): Linked {
  if (told.kind === 'nothing') return { kind: 'pending' }
  if (told.kind === 'refused') {
    const isNone = lettersOf(told.code) === NONE && ageMs > PAGE_LIFE_MS
    return isNone ? { kind: 'refused', channelCode: told.code } : { kind: 'pending' }
  }
  const { contractId, state, ...named } = told.said
  if (named.linkId !== linkId || named.planId !== planId) return { kind: 'pending' }
  if (state === '0' && contractId) {
    return { kind: 'linked', token: contractId, label: WECHAT_LABEL, last4: null }
  }
  return state === '1' ? { kind: 'refused', channelCode: 'TERMINATED' } : { kind: 'pending' }
}

const NONE = lettersOf('CONTRACT_NOT_EXIST')

// What no repetition changes: the account is set up wrongly.
const unlinkRefusals = new Set(
  ['NOAUTH', 'APPID_NOT_EXIST', 'MCHID_NOT_EXIST', 'APPID_MCHID_NOT_MATCH', 'PARAM_ERROR'].map(
    lettersOf,
  ),
)

/**
 * Reads the answer to the end of a contract. That there is none is as good.
 *
 * Source: WeChat Pay V2, 委托代扣, 申请解约.
 */
export function readEnd(told: Told<unknown>): Unlinked {
  if (told.kind === 'nothing') return { kind: 'again', channelCode: told.problem, isIll: true }
  if (told.kind === 'said') return { kind: 'unlinked', channelCode: 'SUCCESS' }
  const channelCode = codeOf(told.code)
  const letters = lettersOf(channelCode)
  if (letters === NONE) return { kind: 'unlinked', channelCode }
  return { kind: unlinkRefusals.has(letters) ? 'refused' : 'again', channelCode }
}

/**
 * Reads the answer to a charge by contract. Taken in is not paid: it is asked about until it is.
 *
 * Source: WeChat Pay V2, 委托代扣, 申请扣款.
 */
export function readContractCharge(
  told: Told<unknown>,
  asked: { chargeId: string; amountMinor: bigint },
): ChargeOutcome {
  return told.kind === 'said'
    ? { kind: 'unknown', waitsFor: 'channel', channelCode: 'ACCEPT' }
    : readCharge(told, asked)
}

/** What undoing a charge by contract may ask; each is one call. */
export type UndoCalls = {
  query(): Promise<ChargeOutcome>
  /** Refunds the whole; asked again it is the same refund. */
  refund(channelRef: string): Promise<RefundOutcome>
  queryRefund(channelRef: string): Promise<RefundOutcome>
}

/**
 * Undoes a charge by contract. WeChat reverses and closes only other orders, so one that is paid is
 * refunded as a whole; what is taken in and not paid yet must end first.
 *
 * Source: WeChat Pay V2, 委托代扣 (its list of calls); 撤销订单 (only 付款码支付).
 */
export async function undoContractCharge(ask: UndoCalls): Promise<ReverseOutcome> {
  const before = await ask.query()
  if (before.kind === 'unknown' || before.kind === 'not_sent') {
    const isIll = before.kind === 'unknown' && before.isIll && ({ isIll: true } as const)
    return { kind: 'again', channelCode: before.channelCode, ...isIll }
  }
  if (before.kind !== 'succeeded') {
    return { kind: 'reversed', wasPaid: false, channelCode: before.channelCode }
  }
  const { channelRef } = before
  const refunded = await ask.refund(channelRef)
  const outcome = refunded.kind === 'accepted' ? await ask.queryRefund(channelRef) : refunded
  if (outcome.kind === 'succeeded') {
    return { kind: 'reversed', wasPaid: true, channelCode: 'REFUNDED' }
  }
  const { channelCode } = outcome
  if (outcome.kind === 'declined') return { kind: 'refused', channelCode }
  const isIll = outcome.kind === 'unknown' && outcome.isIll && ({ isIll: true } as const)
  return { kind: 'again', channelCode, ...isIll }
}
