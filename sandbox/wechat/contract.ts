import { randomBytes } from 'node:crypto'

import { randomDigits } from '../counterpart/codes.ts'
import { openidOf, PLAN_ID } from './accounts.ts'
import { compactTime } from './beijing.ts'
import type { House } from './house.ts'
import { payerOf } from './house.ts'
import { refuse } from './refusals.ts'

// Contracts (委托代扣): a payer lets a merchant charge the account without being asked each time.

/** A contract, signed once; ended, it stays to be asked about. */
export type Contract = {
  contractId: string
  mchid: string
  appid: string
  planId: string
  /** The merchant's own number, used once. */
  contractCode: string
  requestSerial: string
  /** How the payer is called at the merchant: what the page of signing shows. */
  displayAccount: string
  payer: string
  notifyUrl: string
  signedAt: string
  endedAt: string | undefined
  /** Who has ended it. */
  endedBy: 'payer' | 'merchant' | undefined
  remark: string | undefined
}

/** What a payer is asked to sign, and until when. */
export type Signing = Pick<
  Contract,
  'mchid' | 'appid' | 'planId' | 'contractCode' | 'requestSerial' | 'displayAccount' | 'notifyUrl'
> & {
  token: string
  /** The page that the browser came from, and goes back to; empty when it did not say. */
  referer: string
  expiresMs: number
}

// Source: H5纯签约, redirect_url.
const SIGNING_MS = 10 * 60_000

/** Makes a page on which a payer signs. Throws Refusal: another merchant's plan, a number used before. */
export function openSigning(
  house: House,
  asked: Omit<Signing, 'token' | 'referer' | 'expiresMs'>,
): Signing {
  if (asked.planId !== PLAN_ID) refuse('PARAM_ERROR', 'plan_id参数有误')
  if (findByCode(house, asked)) refuse('CONTRACT_EXIST')
  const token = randomBytes(16).toString('hex')
  const signing = { ...asked, token, referer: '', expiresMs: house.clock.nowMs() + SIGNING_MS }
  house.signings.set(token, signing)
  return signing
}

/** The page with this in its address, as long as it may be signed on. */
export function signingOf(house: House, token: string): Signing | undefined {
  const signing = house.signings.get(token)
  return signing && house.clock.nowMs() < signing.expiresMs ? signing : undefined
}

/** The payer signs. The merchant is told by a notice (change_type ADD). Throws Refusal. */
export function sign(
  house: House,
  signing: Signing,
  { payer, password }: { payer: string; password: string },
): Contract {
  if (payerOf(house, payer)?.password !== password) refuse('TRADE_ERROR', '支付密码错误')
  if (findByCode(house, signing)) refuse('CONTRACT_EXIST')
  const { token, referer: _left, expiresMs: _over, ...said } = signing
  const at = house.clock.now()
  const contract: Contract = {
    ...said,
    contractId: `${compactTime(at).slice(0, 8)}${randomDigits(10)}`,
    payer,
    signedAt: at.toISOString(),
    endedAt: undefined,
    endedBy: undefined,
    remark: undefined,
  }
  house.signings.delete(token)
  house.contracts.put(contract.contractId, contract)
  tell(house, contract, 'ADD')
  return contract
}

/** Ends a contract. The merchant is told by a notice (change_type DELETE). */
export function endContract(
  house: House,
  contract: Contract,
  end: { endedBy: 'payer' | 'merchant'; remark?: string },
): Contract {
  const ended = { ...contract, remark: undefined, ...end, endedAt: house.clock.now().toISOString() }
  house.contracts.put(ended.contractId, ended)
  tell(house, ended, 'DELETE')
  return ended
}

/** The payer ends a contract on the phone. */
export function endByPayer(
  house: House,
  payer: string,
  { contractId, password }: { contractId: string; password: string },
): void {
  const contract = house.contracts.get(contractId)
  if (contract?.payer !== payer || contract.endedAt !== undefined) refuse('CONTRACT_NOT_EXIST')
  if (payerOf(house, payer)?.password !== password) refuse('TRADE_ERROR', '支付密码错误')
  endContract(house, contract, { endedBy: 'payer' })
}

/** What a payer has signed and not ended. */
export const contractsOf = (house: House, payer: string): Contract[] =>
  house.contracts.all().filter((one) => one.payer === payer && one.endedAt === undefined)

type ByCode = Pick<Contract, 'mchid' | 'planId' | 'contractCode'>

const findByCode = (house: House, { mchid, planId, contractCode }: ByCode): Contract | undefined =>
  house.contracts
    .all()
    .findLast(
      (one) => one.mchid === mchid && one.planId === planId && one.contractCode === contractCode,
    )

/** How a merchant names a contract: by WeChat's number, or by the plan and its own. */
export type ContractRef = { contractId?: string | undefined } & Partial<
  Pick<Contract, 'planId' | 'contractCode'>
>

/** Finds a contract of this merchant, an ended one too. Throws Refusal: LACK_PARAMS, CONTRACT_NOT_EXIST. */
export function findContract(house: House, mchid: string, ref: ContractRef): Contract {
  const { contractId, planId, contractCode } = ref
  if (!contractId && (!planId || !contractCode)) refuse('LACK_PARAMS', '缺少参数contract_id')
  const found = contractId
    ? house.contracts.get(contractId)
    : findByCode(house, { mchid, planId: planId!, contractCode: contractCode! })
  return found?.mchid === mchid ? found : refuse('CONTRACT_NOT_EXIST')
}

/** The payer of a contract as the app knows them. */
export const openidIn = ({ appid, payer }: Contract): string => openidOf(appid, payer)

function tell(house: House, contract: Contract, change: 'ADD' | 'DELETE'): void {
  house.post({
    id: `${change} ${contract.contractId}`,
    kind: 'contract',
    change,
    orderNo: contract.contractCode,
    mchid: contract.mchid,
    subject: contract.contractId,
    url: contract.notifyUrl,
    wire: 'v2',
    madeAt: house.clock.now().toISOString(),
  })
}
