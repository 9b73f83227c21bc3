import { createDecipheriv, createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, afterEach, describe, expect, test } from 'vitest'

import { virtualClock } from '../../sandbox/counterpart/clock.ts'
import type { FaultRule } from '../../sandbox/counterpart/faults.ts'
import type { Answer, Call } from '../../sandbox/counterpart/http.ts'
import { startServer, text } from '../../sandbox/counterpart/http.ts'
import { openidOf } from '../../sandbox/wechat/accounts.ts'
import { ladderMs } from '../../sandbox/wechat/tell.ts'
import type { Fields } from '../../sandbox/wechat/v2-xml.ts'
import { readXml, signV2 } from '../../sandbox/wechat/v2-xml.ts'
import { signLines, verify } from '../../sandbox/wechat/v3-sign.ts'
import type { Wechat, WechatOptions } from '../../sandbox/wechat/wechat.ts'
import { startWechat } from '../../sandbox/wechat/wechat.ts'
import { merchantOf, newNo } from './wechat-merchant.ts'

// What happens after a payment and against it: reversals, refunds, notices, faults, restarts. One
// counterpart on a clock that stands still; what needs one to itself starts it.

const startAt = new Date('2026-11-23T04:00:00Z')
const wechat = await startWechat({
  port: 0,
  seed: 'test',
  clock: virtualClock({ startAt, running: false }),
})
let notices: Call[] = []
let answerNotice: (call: Call) => Answer = () => ({ status: 204 })
const listener = await startServer({
  port: 0,
  respond: (call) => {
    notices.push(call)
    return answerNotice(call)
  },
})
const notifyUrl = `${listener.url}/notify`
const shop = merchantOf(wechat, notifyUrl)
const { mchid, appid, merchant, v2, v3, v3Order, micropay, query, queryV3 } = shop
const { reverse, refund, paid, phone, open } = shop
const fault = (rule: FaultRule) => wechat.control.faults.add(rule)
const balanceOf = (account: string) => wechat.control.books().balances[account] ?? 0n

/** Who has what; who has nothing is left out. */
const holdings = () =>
  Object.fromEntries(
    Object.entries(wechat.control.books().balances).filter(([, balance]) => balance !== 0n),
  )

function resetNotices() {
  notices = []
  answerNotice = () => ({ status: 204 })
}

afterEach(async () => {
  await wechat.control.idle()
  wechat.control.faults.clear()
  resetNotices()
})
afterAll(async () => {
  await Promise.all([wechat.close(), listener.close()])
})

describe('a reversal', () => {
  test('pays a paid order back, with its fee', async () => {
    const before = holdings()
    const no = await paid('5001')
    expect(balanceOf('payer:wang')).toBe(before['payer:wang']! - 5001n)
    expect(await reverse(no)).toMatchObject({ result_code: 'SUCCESS', recall: 'N' })
    expect(await query(no)).toMatchObject({ trade_state: 'REVOKED' })
    expect(holdings()).toEqual(before)
    expect(await reverse(no)).toMatchObject({ recall: 'N' })
    expect(holdings()).toEqual(before)
  })

  test('of an order that never came is done, and refuses the charge that comes late', async () => {
    const no = newNo()
    expect(await reverse(no)).toMatchObject({ result_code: 'SUCCESS', recall: 'N' })
    expect(await query(no)).toMatchObject({ trade_state: 'REVOKED' })
    const late = await micropay({ out_trade_no: no, total_fee: '1201' })
    expect(late).toMatchObject({ err_code: 'ORDERREVERSED' })
  })

  test('says recall=Y as often as it is told, in both shapes, and does nothing meanwhile', async () => {
    const no = await paid('1201')
    fault({ kind: 'recall', value: 2, orderNo: no })
    expect(await reverse(no)).toMatchObject({ result_code: 'SUCCESS', recall: 'Y' })
    expect(await query(no)).toMatchObject({ trade_state: 'SUCCESS' })
    expect(await reverse(no)).toMatchObject({ result_code: 'FAIL', recall: 'Y' })
    expect(await reverse(no)).toMatchObject({ result_code: 'SUCCESS', recall: 'N' })
  })

  test('can be followed by a late success', async () => {
    const no = newNo()
    await micropay({ out_trade_no: no, total_fee: '100100' })
    fault({ kind: 'late_success', value: 5_000, orderNo: no })
    expect(await reverse(no)).toMatchObject({ recall: 'N' })
    expect(await query(no)).toMatchObject({ trade_state: 'REVOKED' })
    await wechat.control.clock.advance(5_000)
    expect(await query(no)).toMatchObject({ trade_state: 'SUCCESS' })
    expect(wechat.control.books().wrong).toEqual([])
  })

  test('is refused after a refund, after seven days, and of what was not scanned', async () => {
    const refunded = await paid('1201')
    await refund(refunded, { out_refund_no: `R${refunded}`, total_fee: '1201', refund_fee: '1' })
    expect(await reverse(refunded)).toMatchObject({ err_code: 'TRADE_ERROR' })
    const native = newNo()
    await v3('POST', '/v3/pay/transactions/native', v3Order(native, 1201))
    expect(await reverse(native)).toMatchObject({ err_code: 'INVALID_REQUEST' })
    const old = await paid('1201')
    await wechat.control.clock.advance(7 * 86_400_000 + 1)
    expect(await reverse(old)).toMatchObject({ err_code: 'REVERSE_EXPIRE' })
  })
})

describe('refunds', () => {
  test('never exceed the payment, however many come at once', async () => {
    const no = await paid('1001')
    const asked = Array.from({ length: 8 }, (_, at) =>
      refund(no, { out_refund_no: `R${no}-${at}`, total_fee: '1001', refund_fee: '300' }),
    )
    const codes = (await Promise.all(asked)).map(({ result_code: code, err_code: error }) =>
      code === 'SUCCESS' ? code : error,
    )
    expect(codes.toSorted()).toEqual([...Array(5).fill('ERROR'), ...Array(3).fill('SUCCESS')])
    await wechat.control.clock.advance(2_000)
    const found = await v2('/pay/refundquery', { out_trade_no: no })
    expect(found).toMatchObject({ refund_count: '3', refund_status_2: 'SUCCESS' })
    expect(wechat.control.books().wrong).toEqual([])
  })

  test('are done once for one number, and bring the whole fee back with the last of them', async () => {
    const before = holdings()
    const no = await paid('9901')
    const back = (refundNo: string, fee: string) =>
      refund(no, { out_refund_no: refundNo, total_fee: '9901', refund_fee: fee })
    const first = await back(`A${no}`, '3300')
    expect(await back(`A${no}`, '3300')).toMatchObject({ refund_id: first.refund_id! })
    expect(await back(`A${no}`, '3301')).toMatchObject({ err_code: 'REFUND_FEE_MISMATCH' })
    await back(`B${no}`, '3300')
    await back(`C${no}`, '3301')
    await wechat.control.clock.advance(2_000)
    expect(holdings()).toEqual(before)
    expect(await query(no)).toMatchObject({ trade_state: 'REFUND' })
  })

  test('of an unpaid order are refused', async () => {
    const no = newNo()
    await micropay({ out_trade_no: no, total_fee: '100100' })
    const answer = await refund(no, { out_refund_no: no, total_fee: '100100', refund_fee: '1' })
    expect(answer).toMatchObject({ err_code: 'ORDER_NOT_READY' })
    const unknown = await refund('none', { out_refund_no: 'x', total_fee: '1', refund_fee: '1' })
    expect(unknown).toMatchObject({ err_code: 'ORDERNOTEXIST' })
  })
})

describe('notices', () => {
  const order = async (total = 1201) => {
    const no = newNo()
    const { body } = await v3('POST', '/v3/pay/transactions/native', v3Order(no, total))
    const paying = await phone('wang', 'pay', { code_url: body.code_url, password: '123456' })
    expect(paying.status).toBe(200)
    await wechat.control.idle()
    return no
  }
  const numbers = () => notices.map((call) => open(JSON.parse(call.text).resource).out_trade_no)

  test('of V3 are signed and sealed, and end with 200 or 204', async () => {
    const no = await order()
    const [call] = notices
    const stamp = (name: string) => String(call!.headers[`wechatpay-${name}`])
    const { platform } = wechat.control.accounts
    const lines = [stamp('timestamp'), stamp('nonce'), call!.text]
    expect(verify(lines, stamp('signature'), platform.publicKeyPem)).toBe(true)
    expect(stamp('serial')).toBe(platform.serial)
    const notice = JSON.parse(call!.text)
    expect(notice).toMatchObject({
      resource_type: 'encrypt-resource',
      event_type: 'TRANSACTION.SUCCESS',
      resource: { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM' },
    })
    expect(open(notice.resource)).toMatchObject({
      out_trade_no: no,
      trade_state: 'SUCCESS',
      trade_type: 'NATIVE',
      amount: { total: 1201 },
    })
    await wechat.control.clock.advance(86_400_000)
    expect(notices).toHaveLength(1)
  })

  test('come again on the ladder of fifteen waits while they are refused, then no more', async () => {
    answerNotice = () => text(500, '{"code":"FAIL","message":"later"}')
    const before = wechat.control.deliveries().length
    const no = await order()
    await wechat.control.clock.advance(2 * 86_400_000)
    const tries = wechat.control.deliveries().slice(before)
    const times = tries.map(({ at }) => Date.parse(at))
    const waits = times.slice(1).map((at, nth) => at - times[nth]!)
    expect(waits).toEqual(ladderMs)
    expect(waits.map((wait) => wait / 1_000)).toEqual([
      15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600,
      21_600,
    ])
    expect(new Set(numbers())).toEqual(new Set([no]))
    expect(new Set(notices.map((call) => JSON.parse(call.text).id)).size).toBe(1)
  })

  test('can come twice, in the wrong order, late, and with a wrong signature', async () => {
    fault({ kind: 'notice_duplicate', operation: 'notice' })
    const twice = await order()
    expect(numbers()).toEqual([twice, twice])

    resetNotices()
    fault({ kind: 'notice_reordered', operation: 'notice' })
    const first = await order()
    expect(notices).toHaveLength(0)
    const second = await order()
    expect(numbers()).toEqual([second, first])

    resetNotices()
    fault({ kind: 'notice_lost', operation: 'notice' })
    const lost = await order()
    expect(notices).toHaveLength(0)
    await wechat.control.clock.advance(15_000)
    expect(numbers()).toEqual([lost])

    resetNotices()
    fault({ kind: 'wrong_signature', operation: 'notice' })
    await order()
    expect(notices[0]!.headers['wechatpay-signature']).toMatch(/^WECHATPAY\/SIGNTEST\//)
  })

  test('of V2 carry the payment in XML, and refunds in a sealed part of it', async () => {
    answerNotice = () => text(200, '<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>')
    const no = newNo()
    const made = await v2('/pay/unifiedorder', {
      out_trade_no: no,
      body: 'tea',
      total_fee: '1201',
      spbill_create_ip: '127.0.0.1',
      trade_type: 'APP',
      notify_url: notifyUrl,
    })
    await phone('wang', 'pay', { prepay_id: made.prepay_id, password: '123456' })
    await wechat.control.idle()
    const told = readXml(notices[0]!.text)!
    expect(told).toMatchObject({ out_trade_no: no, result_code: 'SUCCESS', total_fee: '1201' })
    expect(told.sign).toBe(signV2(told, merchant.apiKeyV2, 'MD5'))

    await refund(no, {
      out_refund_no: `R${no}`,
      total_fee: '1201',
      refund_fee: '1201',
      notify_url: notifyUrl,
    })
    await wechat.control.clock.advance(2_000)
    await wechat.control.idle()
    const key = createHash('md5').update(merchant.apiKeyV2).digest('hex')
    const opener = createDecipheriv('aes-256-ecb', key, null)
    const hidden = Buffer.from(readXml(notices[1]!.text)!.req_info!, 'base64')
    const inside = Buffer.concat([opener.update(hidden), opener.final()]).toString('utf8')
    expect(inside).toContain('<refund_status><![CDATA[SUCCESS]]></refund_status>')
    expect(notices).toHaveLength(2)
  })

  test('do not exist for scanned codes', async () => {
    await paid('1201')
    await wechat.control.idle()
    expect(notices).toEqual([])
  })
})

describe('orders that the payer opens', () => {
  const pay = (body: object) => phone('wang', 'pay', { password: '123456', ...body })

  test('are paid in a page that the merchant has signed, by the one payer it names', async () => {
    const openid = openidOf(appid, 'wang')
    const order = v3Order(newNo(), 1201, { payer: { openid } })
    const { body } = await v3('POST', '/v3/pay/transactions/jsapi', order)
    const [timeStamp, nonceStr] = ['1700000000', 'nonce']
    const packed = `prepay_id=${body.prepay_id}`
    const signed = [appid, timeStamp, nonceStr, packed]
    const paySign = signLines(signed, merchant.privateKeyPem)
    const jsapi = { appId: appid, timeStamp, nonceStr, package: packed, signType: 'RSA', paySign }
    expect(await pay({ jsapi: { ...jsapi, nonceStr: 'other' } })).toMatchObject({ status: 422 })
    const wrongPayer = await phone('li', 'pay', { jsapi, password: '123456' })
    expect(wrongPayer.body.result).toBe('BUYER_MISMATCH')
    expect(await pay({ jsapi })).toMatchObject({ status: 200 })
    expect((await pay({ jsapi })).body.result).toBe('ORDERPAID')
  })

  test('are paid in an app that the merchant has signed, and on a web page', async () => {
    const { body } = await v3('POST', '/v3/pay/transactions/app', v3Order(newNo(), 1201))
    const [timestamp, noncestr] = ['1700000000', 'nonce']
    const prepayid = body.prepay_id
    const sign = signLines([appid, timestamp, noncestr, prepayid], merchant.privateKeyPem)
    const head = { appid, partnerid: mchid, prepayid, package: 'Sign=WXPay' }
    expect(await pay({ app: { ...head, noncestr, timestamp, sign } })).toMatchObject({
      status: 200,
    })

    const scene = { scene_info: { payer_client_ip: '127.0.0.1', h5_info: { type: 'Wap' } } }
    const h5 = await v3('POST', '/v3/pay/transactions/h5', v3Order(newNo(), 1201, scene))
    const page = await (await fetch(h5.body.h5_url)).text()
    expect(page).toContain('¥ 12.01')
    expect(await pay({ h5_url: h5.body.h5_url })).toMatchObject({ status: 200 })
  })

  test('are closed for ever, and a scanned code’s order cannot be closed', async () => {
    const no = newNo()
    const { body } = await v3('POST', '/v3/pay/transactions/native', v3Order(no, 1201))
    await v3('POST', `/v3/pay/transactions/out-trade-no/${no}/close`, { mchid })
    expect((await pay({ code_url: body.code_url })).body.result).toBe('ORDERCLOSED')
    const scanned = await paid('1201')
    expect(await v2('/pay/closeorder', { out_trade_no: scanned })).toMatchObject({
      err_code: 'INVALID_REQUEST',
    })
  })
})

describe('faults on demand', () => {
  const control = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${wechat.url}/control/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    })
    return {
      status: answer.status,
      body: answer.status === 204 ? null : ((await answer.json()) as any),
    }
  }

  test('are set over HTTP and befall the order that they name', async () => {
    const no = newNo()
    const rule = { kind: 'answer_lost', operation: 'charge', order_no: no }
    expect(await control('POST', 'faults', rule)).toMatchObject({ status: 201, body: [rule] })
    await paid('1201')
    await expect(micropay({ out_trade_no: no, total_fee: '1201' })).rejects.toThrow('fetch failed')
    expect(await query(no)).toMatchObject({ trade_state: 'SUCCESS' })
    expect(await control('GET', 'faults')).toMatchObject({ body: [] })
    expect(await control('POST', 'faults', { kind: 'fire' })).toMatchObject({ status: 422 })
  })

  test.each([
    ['down', false],
    ['request_lost', false],
    ['truncated', true],
  ] as const)('%s leaves the caller without an answer; paid: %s', async (kind, isPaid) => {
    const no = newNo()
    fault({ kind, orderNo: no })
    await expect(micropay({ out_trade_no: no, total_fee: '1201' })).rejects.toThrow()
    const found = await query(no)
    expect(found.trade_state ?? found.err_code).toBe(isPaid ? 'SUCCESS' : 'ORDERNOTEXIST')
  })

  test('busy and server_error do nothing, slow takes its time', async () => {
    const no = newNo()
    fault({ kind: 'busy', orderNo: no })
    expect(await micropay({ out_trade_no: no, total_fee: '1201' })).toMatchObject({
      err_code: 'SYSTEMERROR',
    })
    expect(await query(no)).toMatchObject({ err_code: 'ORDERNOTEXIST' })
    fault({ kind: 'server_error', orderNo: no, value: 502 })
    expect((await queryV3(no).catch((error: unknown) => error)) instanceof SyntaxError).toBe(true)
    fault({ kind: 'slow', orderNo: no, value: 150 })
    const startedMs = performance.now()
    await query(no)
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(149)
  })

  test('keep clock, books and accounts in reach', async () => {
    const { body: before } = await control('GET', 'clock')
    const { body: after } = await control('POST', 'clock', { advance_ms: 1_000 })
    expect(Date.parse(after.now) - Date.parse(before.now)).toBe(1_000)
    const { body: books } = await control('GET', 'books')
    expect(books.wrong).toEqual([])
    expect(books.totals.paid).toBeGreaterThan(0)
    const { body: accounts } = await control('GET', 'accounts')
    expect(accounts.merchants[0]).toMatchObject({ mchid, api_key_v2: merchant.apiKeyV2 })
    const { status } = await control('POST', 'payers', { name: 'new', balance: 500 })
    expect(status).toBe(200)
    expect(balanceOf('payer:new')).toBe(500n)
  })
})

describe('a random run', () => {
  const profile = {
    charge: { answer_lost: 0.1, system_error: 0.1, busy: 0.1, confirm: 0.2, not_enough: 0.1 },
    query: { down: 0.1 },
    reverse: { recall: 0.2, answer_lost: 0.1, late_success: 0.1 },
    refund: { system_error: 0.2 },
  }
  const numbers = Array.from({ length: 60 }, (_, at) => `RUN${String(at).padStart(5, '0')}`)
  const start = (more: Partial<WechatOptions> = {}) =>
    startWechat({
      port: 0,
      seed: 'seven',
      magicAmounts: false,
      clock: virtualClock({ startAt, running: false }),
      merchants: [merchant],
      ...more,
    })

  /** One order's life, as a careful merchant leads it; answers what it met. */
  async function live(of: Wechat, no: string, at: number): Promise<string> {
    const met: string[] = []
    const attempt = async (work: () => Promise<Fields>) => {
      const answer = await work().catch((): Fields => ({ err_code: 'none' }))
      met.push(answer.err_code ?? answer.trade_state ?? answer.recall ?? 'ok')
      return answer
    }
    const her = merchantOf(of)
    await attempt(() => her.micropay({ out_trade_no: no, total_fee: '700' }))
    for (let asked = 0; asked < 3; asked += 1) await attempt(() => her.query(no))
    if (at % 3 === 0) {
      for (let recall = 'Y', tried = 0; recall !== 'N' && tried < 12; tried += 1) {
        recall = (await attempt(() => her.reverse(no))).recall ?? 'Y'
      }
    }
    const back = { out_refund_no: `R${no}`, total_fee: '700', refund_fee: '250' }
    if (at % 3 === 1) await attempt(() => her.refund(no, back))
    return met.join(' ')
  }

  test('meets the same faults for the same order, however the orders are mixed', async () => {
    const [one, other] = [await start(), await start()]
    for (const of of [one, other]) of.control.faults.setProfile(profile)
    const inOrder: string[] = []
    for (const [at, no] of numbers.entries()) inOrder.push(await live(one, no, at))
    const mixed = await Promise.all(numbers.map((no, at) => live(other, no, at)).toReversed())
    expect(mixed.toReversed()).toEqual(inOrder)
    const met = new Set(inOrder.join(' ').split(' '))
    for (const word of ['ok', 'none', 'SYSTEMERROR', 'USERPAYING', 'NOTENOUGH', 'Y', 'N']) {
      expect(met).toContain(word)
    }
    for (const of of [one, other]) {
      await of.control.clock.advance(120_000)
      expect(of.control.books().wrong).toEqual([])
    }
    const { totals } = one.control.books()
    expect(totals).toEqual(other.control.books().totals)
    expect(totals.paid).toBeGreaterThan(20)
    await Promise.all([one.close(), other.close()])
  })

  test('is kept by the journal: a restarted counterpart goes on where it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wechat-sandbox-'))
    const dataFile = join(folder, 'journal')
    const first = await start({ dataFile })
    await merchantOf(first).micropay({ out_trade_no: 'KEPT-1', total_fee: '700' })
    await merchantOf(first).micropay({ out_trade_no: 'KEPT-2', total_fee: '100100' })
    const back = { out_refund_no: 'KEPT-R', total_fee: '700', refund_fee: '700' }
    await merchantOf(first).refund('KEPT-1', back)
    const before = first.control.books()
    const keys = first.control.accounts
    await first.close()
    // What a kill in the middle of a line leaves behind.
    writeFileSync(dataFile, `${readFileSync(dataFile, 'utf8')}["order","torn`)

    const second = await start({ dataFile })
    const again = merchantOf(second)
    expect(second.control.books()).toEqual(before)
    expect(second.control.accounts).toEqual(keys)
    await second.control.clock.advance(45_000)
    expect(await again.query('KEPT-2')).toMatchObject({ trade_state: 'REVOKED' })
    const found = await again.v2('/pay/refundquery', { out_refund_no: 'KEPT-R' })
    expect(found).toMatchObject({ refund_status_0: 'SUCCESS' })
    expect(second.control.books().wrong).toEqual([])
    await second.close()
    rmSync(folder, { recursive: true })
  })
})
