import { createPublicKey, generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import { compileIssuers, parse, shippedIssuers } from '../../paycode/paycode.ts'
import type { ChargeOrder, RefundOrder } from '../channel.ts'
import type { UnionpayAccount } from './account.ts'
import { unionpayQueriesMs, unionpaySchedule } from './account.ts'
import * as request from './request.ts'
import { isSigned } from './sign.ts'

const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const noon = new Date('2026-11-23T04:00:00Z')
const digits = '6212345678901234567'

const account: UnionpayAccount = {
  baseUrl: 'https://gateway.95516.com',
  merId: '777290000000001',
  privateKey: '',
  certificate: '',
  rootCertificates: [],
  notifyUrl: 'https://pay.example/notices/unionpay',
}
const order: ChargeOrder = {
  chargeId: 'chg_1_long',
  means: { kind: 'code', code: parse(digits, compileIssuers(shippedIssuers, noon)).ok! },
  amountMinor: 8_850n,
  currency: 'CNY',
  description: '早餐',
  terminalId: 'trm_01jdgq8v3zek4r8v3zek4r8v3z',
  storeId: 'str_1',
  ip: '203.0.113.7',
  startedAt: noon,
}

test('a charge is asked for in fen, with the code, by number and time', () => {
  expect(request.purchase(order, account)).toEqual({
    txnType: '01',
    txnSubType: '06',
    orderId: 'chgZu1Zulong',
    txnTime: '20261123120000',
    txnAmt: '8850',
    currencyCode: '156',
    qrNo: digits,
    termId: '3zek4r8v3z'.slice(-8),
    backUrl: 'https://pay.example/notices/unionpay',
  })
  expect(() => request.purchase({ ...order, currency: 'USD' }, account)).toThrow('takes CNY')
})

test('an EMVCo code is charged by the token in it', () => {
  const text = 'hQVDUFYwMWEkTwigAAADMwEBAVoKYpEjRWeJASNFb58ZBgEjRWeJAZ8lAhI0'
  const code = parse(text, compileIssuers(shippedIssuers, noon)).ok!
  const emv = request.purchase({ ...order, means: { kind: 'code', code } }, account)
  expect(emv['qrNo']).toBe('6291234567890123456')
})

test('a terminal is called as the acquirer calls it, where it has given a number', () => {
  const terminalNos = { [order.terminalId]: '00000042' }
  expect(request.purchase(order, { ...account, terminalNos })['termId']).toBe('00000042')
  expect(request.purchase({ ...order, terminalId: 't1' }, account)['termId']).toBe('000000t1')
})

test('query, reversal and void name the charge; the void has a number of its own', () => {
  const name = { orderId: 'chgZu1Zulong', txnTime: '20261123120000' }
  expect(request.purchaseQuery(order)).toEqual({ txnType: '00', txnSubType: '00', ...name })
  expect(request.reversal(order)).toEqual({ txnType: '99', txnSubType: '01', ...name })
  const voided = { ...name, orderId: 'chgZu1ZulongZv' }
  expect(request.voidOf(order, 'Q1', { notifyUrl: null })).toEqual({
    txnType: '31',
    txnSubType: '00',
    ...voided,
    txnAmt: '8850',
    currencyCode: '156',
    origQryId: 'Q1',
    backUrl: 'http://www.specialUrl.com',
  })
  expect(request.voidQuery(order)).toEqual({ txnType: '00', txnSubType: '00', ...voided })
})

const refund: RefundOrder = {
  chargeId: 'chg_1_long',
  channelRef: 'Q1',
  chargedAt: noon,
  refundId: 'refund01',
  refundMinor: 400n,
  chargeMinor: 8_850n,
  currency: 'CNY',
  reason: '退一件',
  startedAt: noon,
}

test('a refund names the charge by UnionPay’s number, and is found again by its own', () => {
  expect(request.refund(refund, account)).toMatchObject({
    txnType: '04',
    txnSubType: '00',
    orderId: 'refund01',
    txnTime: '20261123120000',
    txnAmt: '400',
    origQryId: 'Q1',
  })
  expect(request.refundQuery(refund)).toMatchObject({
    orderId: 'refund01',
    txnTime: '20261123120000',
  })
})

test('the time of a refund is its own, and not the charge’s', () => {
  const later = new Date('2026-11-25T04:00:00Z')
  const own = { ...refund, startedAt: later }
  expect(request.refund(own, account)).toMatchObject({ txnTime: '20261125120000' })
  expect(request.refundQuery(own)).toMatchObject({ txnTime: '20261125120000' })
})

test('a message is signed, and says who sends it and for whom', () => {
  const send = (more: Partial<UnionpayAccount>) => {
    const sender = { account: { ...account, ...more }, key, certId: '68759663125' }
    const form = request.signedForm(request.purchaseQuery(order), sender)
    return Object.fromEntries(new URLSearchParams(form))
  }
  const direct = send({})
  expect(direct).toMatchObject({
    version: '5.1.0',
    encoding: 'UTF-8',
    signMethod: '01',
    bizType: '000000',
    channelType: '08',
    accessType: '0',
    merId: '777290000000001',
    certId: '68759663125',
  })
  expect(isSigned(direct, createPublicKey(key))).toBe(true)

  const acquirer = {
    insCode: '48020000',
    mcc: '5411',
    merchantName: '小店',
    merchantShortName: '店',
  }
  expect(send({ acquirer })).toMatchObject({ accessType: '1', acqInsCode: '48020000' })
  const subMerchant = { id: 'S1', name: '小店', shortName: '店' }
  expect(send({ subMerchant })).toMatchObject({ accessType: '2', subMerId: 'S1' })
})

test('the schedule is UnionPay’s ladder, and asks six times at most', () => {
  expect(unionpayQueriesMs).toEqual([1_000, 3_000, 7_000, 15_000, 31_000, 63_000])
  const { queriesMs, giveUpMs } = unionpaySchedule
  expect(queriesMs).toEqual(unionpayQueriesMs)
  expect(giveUpMs).toBe(63_000)
})
