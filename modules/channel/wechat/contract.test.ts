import { describe, expect, test } from 'vitest'
import { Hash } from 'wechatpay-axios-plugin'

import { newId } from '../../lib/ids.ts'
import type { ChargeOutcome, RefundOutcome } from '../channel.ts'
import { openWechat, type WechatAccount } from './wechat.ts'
import { signingRequest } from './contract.ts'
import type { ToldContract } from './contract-outcome.ts'
import {
  readContract,
  readContractCharge,
  readEnd,
  undoContractCharge,
} from './contract-outcome.ts'
import { readQuery } from './outcome.ts'
import { readOpenid } from './openid.ts'
import { signV2 } from './sign.ts'
import type { Told } from './told.ts'
import { orderOfV2 } from './told.ts'
import { writeXml } from './xml.ts'

// Contracts (委托代扣): what is signed, and what each answer and notice means.

const KEY = '192006250b4c09247ec02edce69f6a2d'
const NOW = new Date('2026-11-23T04:00:00Z')
const account = {
  baseUrl: 'https://api.mch.weixin.qq.com',
  appId: 'wxcbda96de0b165486',
  mchId: '1200009811',
  planId: '12535',
  v2: { apiKey: KEY },
} satisfies WechatAccount
const link = {
  ...{ linkId: newId('src', NOW.getTime()), payerLabel: '138****0001', ip: '203.0.113.9' },
  ...{ returnUrl: 'https://pay.example/back', startedAt: NOW },
}

const refused = (code: string): Told<never> => ({ kind: 'refused', code })
const said = <Said>(what: Said): Told<Said> => ({ kind: 'said', said: what })
const nothing: Told<never> = { kind: 'nothing', problem: 'NO_ANSWER' }

test.each([
  [true, '/papay/entrustweb', Hash.ALGO_MD5],
  [false, '/papay/h5entrustweb', Hash.ALGO_HMAC_SHA256],
])(
  'a page of signing (in WeChat: %s) is signed as WeChat’s own client would',
  (isInApp, path, algo) => {
    const made = signingRequest(account, account.v2, { ...link, isInApp })
    const { sign, ...fields } = made.fields
    expect(made.path).toBe(path)
    expect(sign).toBe(Hash.sign(algo, fields, KEY))
    expect(fields).toMatchObject({
      ...{ plan_id: '12535', contract_code: link.linkId, contract_display_account: '138****0001' },
      ...{ request_serial: String(NOW.getTime()), version: '1.0' },
    })
    expect(fields['clientip']).toBe(isInApp ? undefined : '203.0.113.9')
  },
)

const contract: ToldContract = {
  ...{ contractId: 'Wx15463511252015071056489715', linkId: link.linkId, planId: '12535' },
  state: '0',
}
const linked = { kind: 'linked', token: contract.contractId, label: '微信支付', last4: null }

test.each<[string, Told<ToldContract>, number, object]>([
  ['signed', said(contract), 0, linked],
  ['ended', said({ ...contract, state: '1' }), 0, { kind: 'refused', channelCode: 'TERMINATED' }],
  ['of another link', said({ ...contract, linkId: 'src_2' }), 0, { kind: 'pending' }],
  ['of another plan', said({ ...contract, planId: '1' }), 0, { kind: 'pending' }],
  ['without a number', said({ ...contract, contractId: undefined }), 0, { kind: 'pending' }],
  ['in a state nobody documented', said({ ...contract, state: '9' }), 0, { kind: 'pending' }],
  ['not there yet', refused('CONTRACT_NOT_EXIST'), 60_000, { kind: 'pending' }],
  ['never signed', refused('CONTRACT_NOT_EXIST'), 960_000, { kind: 'refused' }],
  ['asked for in vain', refused('SYSTEMERROR'), 960_000, { kind: 'pending' }],
  ['answered by -26', refused('-26'), 960_000, { kind: 'pending' }],
  ['not answered', nothing, 960_000, { kind: 'pending' }],
])('a contract that is %s', (_what, told, ageMs, expected) => {
  expect(readContract(told, { linkId: link.linkId, planId: '12535', ageMs })).toMatchObject(
    expected,
  )
})

test.each<[string, Told<unknown>, object]>([
  ['done', said({}), { kind: 'unlinked' }],
  ['of none', refused('CONTRACT_NOT_EXIST'), { kind: 'unlinked' }],
  ['refused for good', refused('NOAUTH'), { kind: 'refused', channelCode: 'NOAUTH' }],
  ['unsure', refused('SYSTEMERROR'), { kind: 'again' }],
  ['answered by what nobody documented', refused('NEVER_HEARD_OF'), { kind: 'again' }],
  ['not answered', nothing, { kind: 'again', isIll: true }],
])('the end of a contract that is %s', (_what, told, expected) => {
  expect(readEnd(told)).toMatchObject(expected)
})

const asked = { chargeId: 'chg_1', amountMinor: 888n }
const inWords = (outcome: ChargeOutcome): string =>
  outcome.kind === 'declined' ? outcome.reason : outcome.kind

// The codes of 申请扣款; those that may speak of an earlier try of ours are for a query to decide.
test.each([
  ['SYSTEMERROR', 'unknown'],
  ['BANKERROR', 'unknown'],
  ['FREQUENCY_LIMITED', 'unknown'],
  ['INVALID_REQUEST', 'unknown'],
  ['ORDERPAID', 'unknown'],
  ['OUT_TRADE_NO_USED', 'unknown'],
  ['ORDERNOTEXIST', 'unknown'],
  ['CONTRACT_NOT_EXIST', 'account_not_linked'],
  ['NOTENOUGH', 'insufficient_funds'],
  ['RULELIMIT', 'over_channel_limit'],
  ['ORDERCLOSED', 'reversed'],
  ['NOAUTH', 'channel_refused'],
  ['APPID_NOT_EXIST', 'channel_refused'],
  ['MCHID_NOT_EXIST', 'channel_refused'],
  ['APPID_MCHID_NOT_MATCH', 'channel_refused'],
  ['LACK_PARAMS', 'channel_refused'],
  ['PARAM_ERROR', 'channel_refused'],
  ['SIGNERROR', 'channel_refused'],
  ['XML_FORMAT_ERROR', 'channel_refused'],
  ['REQUIRE_POST_METHOD', 'channel_refused'],
  ['POST_DATA_EMPTY', 'channel_refused'],
  ['NOT_UTF8', 'channel_refused'],
  ['SOMETHING_NEW', 'unknown'],
])('a charge by contract that is refused with %s is %s', (code, expected) => {
  expect(inWords(readContractCharge(refused(code), asked))).toBe(expected)
})

test('a charge by contract that was taken in is not paid', () => {
  expect(readContractCharge(said({}), asked)).toEqual({
    ...{ kind: 'unknown', waitsFor: 'channel', channelCode: 'ACCEPT' },
  })
  expect(readContractCharge(nothing, asked)).toMatchObject({ kind: 'unknown', isIll: true })
})

test.each([
  ['SUCCESS', 'succeeded'],
  ['REFUND', 'succeeded'],
  ['ACCEPT', 'unknown'],
  ['NOTPAY', 'unknown'],
  ['CLOSED', 'reversed'],
  ['PAY_FAIL', 'channel_refused'],
])('a charge by contract in the state %s is %s', (state, expected) => {
  const order = orderOfV2({
    ...{ trade_state: state, out_trade_no: 'chg_1', total_fee: '888', cash_fee: '888' },
    ...{ transaction_id: '42000001', time_end: '20261123120000' },
  })
  expect(inWords(readQuery(said(order), { ...asked, isOld: true }))).toBe(expected)
})

describe('undoing a charge by contract', () => {
  const paid: ChargeOutcome = {
    ...{
      kind: 'succeeded',
      channelRef: '42000001',
      paidAt: NOW,
      payerPaidMinor: 888n,
      payer: null,
    },
  }
  const waits: ChargeOutcome = { kind: 'unknown', waitsFor: 'channel', channelCode: 'ACCEPT' }
  const failed: ChargeOutcome = {
    ...{ kind: 'declined', reason: 'channel_refused', channelCode: 'PAY_FAIL' },
  }
  const accepted: RefundOutcome = { kind: 'accepted', channelCode: 'PROCESSING' }
  const back: RefundOutcome = { kind: 'succeeded', refundRef: '5030' }
  const no: RefundOutcome = { kind: 'declined', channelCode: 'NOTENOUGH' }

  test.each<[string, ChargeOutcome, [RefundOutcome, RefundOutcome], object]>([
    ['is refunded', paid, [accepted, back], { kind: 'reversed', wasPaid: true }],
    ['is asked again while it is under way', paid, [accepted, accepted], { kind: 'again' }],
    ['is refused with its refund', paid, [no, no], { kind: 'refused', channelCode: 'NOTENOUGH' }],
    ['waits for its end', waits, [back, back], { kind: 'again', channelCode: 'ACCEPT' }],
    ['is over when it failed', failed, [back, back], { kind: 'reversed', wasPaid: false }],
  ])('%s', async (_what, query, [refund, queryRefund], expected) => {
    const calls = {
      query: () => Promise.resolve(query),
      refund: () => Promise.resolve(refund),
      queryRefund: () => Promise.resolve(queryRefund),
    }
    expect(await undoContractCharge(calls)).toMatchObject(expected)
  })
})

const notice = (fields: Record<string, string>, key = KEY) => {
  const all = { return_code: 'SUCCESS', mch_id: account.mchId, result_code: 'SUCCESS', ...fields }
  return { headers: {}, body: writeXml({ ...all, sign: signV2(all, key, 'MD5') }) }
}
const change = {
  ...{ contract_code: link.linkId, plan_id: '12535', contract_id: 'Wx1', openid: 'onqOjjmM1tad' },
  ...{ operate_time: '2026-11-23 12:00:00', request_serial: '1', change_type: 'ADD' },
}
const failure = {
  ...{ result_code: 'FAIL', err_code: 'NOTENOUGH', out_trade_no: 'chg_1', contract_id: 'Wx1' },
}

test.each<[string, ReturnType<typeof notice>, object]>([
  ['signing', notice(change), { kind: 'link', linkId: link.linkId, linked: { token: 'Wx1' } }],
  [
    'an end',
    notice({ ...change, change_type: 'DELETE' }),
    { kind: 'link', linkId: link.linkId, linked: { kind: 'ended' } },
  ],
  ['another event', notice({ ...change, change_type: 'PAUSE' }), { problem: 'OTHER_EVENT' }],
  ['another plan', notice({ ...change, plan_id: '1' }), { problem: 'OTHER_PLAN' }],
  ['a forgery', notice(change, 'another key'), { problem: 'WRONG_SIGNATURE' }],
  ['another merchant', notice({ ...change, mch_id: '1' }), { problem: 'OTHER_MERCHANT' }],
  [
    'a charge that failed',
    notice(failure),
    { kind: 'charge', amountMinor: null, outcome: { reason: 'insufficient_funds' } },
  ],
  ['a failure of no contract', notice({ ...failure, contract_id: '' }), { problem: 'NOT_PAID' }],
])('a notice of %s is read', (_what, request, expected) => {
  const channel = openWechat(account)
  expect(channel.readNotice(request)).toMatchObject(expected)
})

test('accounts are linked by a merchant with a plan and the keys of V2, and by no other', () => {
  const { planId: _none, ...without } = account
  expect(openWechat(account).link).toBeDefined()
  expect(openWechat(without).link).toBeUndefined()
  expect(openWechat({ ...account, subMchId: '1900000200' }).link).toBeUndefined()
})

test('the secret goes to WeChat’s server and never into the browser’s address', () => {
  const { identify } = openWechat({ ...account, appSecret: 'hidden' })
  const page = identify!.pageFor({ returnUrl: 'https://pay.example/c/o_1/payer', state: 'ab12' })
  const url = new URL(page)
  expect(url.origin + url.pathname).toBe('https://open.weixin.qq.com/connect/oauth2/authorize')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    ...{ appid: account.appId, redirect_uri: 'https://pay.example/c/o_1/payer' },
    ...{ response_type: 'code', scope: 'snsapi_base', state: 'ab12' },
  })
  expect(url.hash).toBe('#wechat_redirect')
  expect(openWechat(account).identify).toBeUndefined()
})

test.each<[string, object]>([
  ['{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}', { kind: 'known' }],
  ['{"errcode":40163,"errmsg":"code been used"}', { kind: 'unknown', channelCode: 'E40163' }],
  ['{"openid":"<script>"}', { kind: 'unknown', channelCode: 'UNREADABLE' }],
  ['not json', { kind: 'unknown', channelCode: 'UNREADABLE' }],
])('of what WeChat says of a payer, %s is read', (body, expected) => {
  expect(readOpenid({ kind: 'answered', status: 200, headers: {}, body })).toMatchObject(expected)
})
