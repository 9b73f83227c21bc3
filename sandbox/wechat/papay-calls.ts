import type { Answer, Call } from '../counterpart/http.ts'
import { html, text } from '../counterpart/http.ts'
import type { Contract, ContractRef, Signing } from './contract.ts'
import { endContract, findContract, openidIn, openSigning } from './contract.ts'
import type { House } from './house.ts'
import { merchantOf } from './house.ts'
import { chargeByContract } from './papay.ts'
import { signingPath } from './papay-page.ts'
import { Refusal, refuse } from './refusals.ts'
import type { CallV2 } from './v2-calls.ts'
import { need, orderRequestOf } from './v2-fields.ts'
import type { Shown } from './v2-show.ts'
import { longTime } from './v2-show.ts'
import { isSignedV2, writeXml, type Fields } from './v2-xml.ts'

// 委托代扣 as it is on the wire. Fields: WeChat Pay V2, 委托代扣: 公众号纯签约, H5纯签约, 查询签约关系, 申请解约,
// 申请扣款, 查询订单.

type Work = CallV2['work']

const refOf = (fields: Fields): ContractRef => ({
  contractId: fields['contract_id'],
  ...(fields['plan_id'] !== undefined && { planId: fields['plan_id'] }),
  ...(fields['contract_code'] !== undefined && { contractCode: fields['contract_code'] }),
})

const querying: Work = ({ house, merchant, fields }) => {
  if (need(fields, 'version') !== '1.0') refuse('PARAM_ERROR', 'version参数格式错误')
  return showContract(findContract(house, merchant.mchid, refOf(fields)))
}

const ending: Work = ({ house, merchant, fields }) => {
  if (need(fields, 'version') !== '1.0') refuse('PARAM_ERROR', 'version参数格式错误')
  const remark = need(fields, 'contract_termination_remark', 512)
  const contract = findContract(house, merchant.mchid, refOf(fields))
  if (contract.endedAt !== undefined) refuse('CONTRACT_NOT_EXIST')
  const { contractId, planId, contractCode } = endContract(house, contract, {
    endedBy: 'merchant',
    remark,
  })
  return { contract_id: contractId, plan_id: planId, contract_code: contractCode }
}

const applying: Work = ({ house, merchant, fields, faults }) => {
  if (need(fields, 'trade_type') !== 'PAP') refuse('PARAM_ERROR', 'trade_type参数格式错误')
  const notifyUrl = need(fields, 'notify_url')
  const contractId = need(fields, 'contract_id', 32)
  const request = orderRequestOf(house, merchant, fields)
  chargeByContract(house, { ...request, contractId, notifyUrl }, faults)
  return {}
}

/** What 查询签约关系 says of a contract. */
function showContract(contract: Contract): Shown {
  const { endedAt, endedBy } = contract
  return {
    contract_id: contract.contractId,
    plan_id: contract.planId,
    contract_code: contract.contractCode,
    request_serial: contract.requestSerial,
    contract_display_account: contract.displayAccount,
    contract_state: endedAt === undefined ? '0' : '1',
    contract_signed_time: longTime(new Date(contract.signedAt)),
    contract_expired_time: NEVER,
    contract_terminated_time: endedAt && longTime(new Date(endedAt)),
    contract_termination_mode: terminationMode(endedBy),
    contract_termination_remark: contract.remark,
    openid: openidIn(contract),
  }
}

const NEVER = '2037-12-31 23:59:59'

const terminationMode = (endedBy: Contract['endedBy']): string | undefined =>
  endedBy && { payer: '2', merchant: '3' }[endedBy]

/** What 签约、解约结果通知 says. */
export function showContractNotice(contract: Contract, change: 'ADD' | 'DELETE'): Shown {
  const at = change === 'ADD' ? contract.signedAt : (contract.endedAt ?? contract.signedAt)
  return {
    mch_id: contract.mchid,
    contract_code: contract.contractCode,
    plan_id: contract.planId,
    openid: openidIn(contract),
    change_type: change,
    operate_time: longTime(new Date(at)),
    contract_id: contract.contractId,
    contract_expired_time: change === 'ADD' ? NEVER : undefined,
    contract_termination_mode: change === 'ADD' ? undefined : terminationMode(contract.endedBy),
    request_serial: contract.requestSerial,
  }
}

const plain = { needsCertificate: false } as const

/** The calls of a merchant's server about contracts, by their path; the query of orders is added there. */
export const papayCalls: Record<string, CallV2> = {
  '/papay/querycontract': { ...plain, isNonceless: true, operation: 'other', work: querying },
  '/papay/deletecontract': { ...plain, isNonceless: true, operation: 'other', work: ending },
  '/pay/pappayapply': { ...plain, operation: 'charge', work: applying },
}

/**
 * Answers what begins a signing: `/papay/entrustweb`, opened inside WeChat, leads to the page of
 * signing; `/papay/h5entrustweb`, asked by the merchant's server, says where that page is (unsigned, as
 * at WeChat). Undefined when the path is another.
 */
export function answerSigning(house: House, call: Call): Answer | undefined {
  const isPage = call.path === '/papay/entrustweb'
  if (call.method !== 'GET' || (!isPage && call.path !== '/papay/h5entrustweb')) return undefined
  try {
    const signing = readSigning(house, Object.fromEntries(call.query), isPage)
    if (isPage) {
      const referer = call.query.get('return_web') === '1' ? (call.headers.referer ?? '') : ''
      house.signings.set(signing.token, { ...signing, referer })
      return { status: 302, headers: { location: signingPath(house, signing) } }
    }
    const redirect_url = signingPath(house, signing)
    return xml({ return_code: 'SUCCESS', return_msg: 'OK', result_code: 'SUCCESS', redirect_url })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message } = error
    if (isPage) return html(400, `<p role="alert">${code}: ${message}</p>`)
    const result = { result_code: 'FAIL', err_code: code, result_msg: message }
    return xml({ return_code: 'SUCCESS', return_msg: 'OK', ...result })
  }
}

const xml = (fields: Shown): Answer => text(200, writeXml(fields), 'text/xml; charset=utf-8')

function readSigning(house: House, fields: Fields, isPage: boolean): Signing {
  const merchant = merchantOf(house, need(fields, 'mch_id', 32)) ?? refuse('MCHID_NOT_EXIST')
  if (!isSignedV2(fields, merchant.apiKeyV2)) refuse('SIGNERROR')
  const appid = need(fields, 'appid', 32)
  if (!merchant.appids.includes(appid)) refuse('APPID_MCHID_NOT_MATCH')
  if (need(fields, 'version') !== '1.0') refuse('PARAM_ERROR', 'version参数格式错误')
  if (!/^\d{10}$/.test(need(fields, 'timestamp'))) refuse('PARAM_ERROR', 'timestamp参数格式错误')
  if (!isPage) need(fields, 'clientip', 64)
  const requestSerial = need(fields, 'request_serial', 20)
  if (!/^\d+$/.test(requestSerial)) refuse('PARAM_ERROR', 'request_serial参数格式错误')
  return openSigning(house, {
    mchid: merchant.mchid,
    appid,
    planId: need(fields, 'plan_id', 28),
    contractCode: need(fields, 'contract_code', 32),
    requestSerial,
    displayAccount: need(fields, 'contract_display_account', 32),
    notifyUrl: need(fields, 'notify_url'),
  })
}
