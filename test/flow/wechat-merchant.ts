import { createDecipheriv, randomBytes } from 'node:crypto'

import { expect } from 'vitest'

import type { Fields } from '../../sandbox/wechat/v2-xml.ts'
import { readXml, signV2, writeXml } from '../../sandbox/wechat/v2-xml.ts'
import { signLines, verify } from '../../sandbox/wechat/v3-sign.ts'
import type { Wechat } from '../../sandbox/wechat/wechat.ts'

// A merchant of the sandbox, who signs what she asks and checks what she is told.

let made = 0

/** An order number that no test has had. */
export const newNo = (): string => `T${String(++made).padStart(8, '0')}`

/** The calls of the first merchant, and what her payers do on their phones. */
export function merchantOf(wechat: Wechat, notifyUrl = 'http://127.0.0.1:9/notify') {
  const merchant = wechat.control.accounts.merchants[0]!
  const { mchid } = merchant
  const appid = merchant.appids[0]!
  const codeOf = (payer = 'wang') => wechat.control.showCode(payer)

  const v2 = async (path: string, fields: Fields): Promise<Fields> => {
    const nonce = randomBytes(8).toString('hex')
    const asked: Fields = { appid, mch_id: mchid, nonce_str: nonce, ...fields }
    const type = asked.sign_type === 'HMAC-SHA256' ? 'HMAC-SHA256' : 'MD5'
    const sign = signV2(asked, merchant.apiKeyV2, type)
    const answer = await fetch(`${wechat.url}${path}`, {
      method: 'POST',
      headers: { 'sandbox-client-certificate': merchant.serial },
      body: writeXml({ ...asked, sign }),
    })
    const read = readXml(await answer.text())!
    if (read.return_code === 'SUCCESS') {
      expect(read.sign).toBe(signV2(read, merchant.apiKeyV2, type))
    }
    return read
  }

  const v3 = async (method: string, path: string, body?: unknown) => {
    const timestamp = String(Math.floor(Date.now() / 1000))
    const nonce = randomBytes(8).toString('hex')
    const sent = body === undefined ? '' : JSON.stringify(body)
    const signature = signLines([method, path, timestamp, nonce, sent], merchant.privateKeyPem)
    const parts = { mchid, nonce_str: nonce, timestamp, serial_no: merchant.serial, signature }
    const pairs = Object.entries(parts).map(([name, value]) => `${name}="${value}"`)
    const answer = await fetch(`${wechat.url}${path}`, {
      method,
      headers: { authorization: `WECHATPAY2-SHA256-RSA2048 ${pairs.join(',')}` },
      ...(body !== undefined && { body: sent }),
    })
    const received = await answer.text()
    const stamp = (name: string) => answer.headers.get(`wechatpay-${name}`) ?? ''
    const isSigned = verify(
      [stamp('timestamp'), stamp('nonce'), received],
      stamp('signature'),
      wechat.control.accounts.platform.publicKeyPem,
    )
    const value: any = received === '' ? null : JSON.parse(received)
    return { status: answer.status, isSigned, body: value }
  }

  const v3Order = (no: string, total: number, more: object = {}) => ({
    appid,
    mchid,
    description: '咖啡',
    out_trade_no: no,
    notify_url: notifyUrl,
    amount: { total, currency: 'CNY' },
    ...more,
  })

  const micropay = (fields: Fields) => {
    const basket = { body: '咖啡', spbill_create_ip: '127.0.0.1', auth_code: codeOf() }
    return v2('/pay/micropay', { ...basket, ...fields })
  }

  const phone = async (payer: string, action: string, body: object) => {
    const answer = await fetch(`${wechat.url}/phone/${payer}/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: (await answer.json()) as any }
  }

  return {
    merchant,
    mchid,
    appid,
    codeOf,
    v2,
    v3,
    v3Order,
    micropay,
    phone,
    query: (no: string) => v2('/pay/orderquery', { out_trade_no: no }),
    reverse: (no: string) => v2('/secapi/pay/reverse', { out_trade_no: no }),
    refund: (no: string, fields: Fields) =>
      v2('/secapi/pay/refund', { out_trade_no: no, ...fields }),
    paid: async (totalFee: string): Promise<string> => {
      const no = newNo()
      const answer = await micropay({ out_trade_no: no, total_fee: totalFee })
      expect(answer).toMatchObject({ result_code: 'SUCCESS', total_fee: totalFee })
      return no
    },
    codepay: (no: string, total: number, code = codeOf()) =>
      v3('POST', '/v3/pay/transactions/codepay', {
        ...v3Order(no, total),
        payer: { auth_code: code },
        scene_info: { store_info: { id: '0001' } },
      }),
    queryV3: (no: string) => v3('GET', `/v3/pay/transactions/out-trade-no/${no}?mchid=${mchid}`),
    password: (no: string, action = 'confirm', given = '123456') =>
      phone('wang', 'password', { order_no: no, action, password: given }),
    /** What a notice has sealed. */
    open: (resource: { nonce: string; associated_data: string; ciphertext: string }): any => {
      const hidden = Buffer.from(resource.ciphertext, 'base64')
      const opener = createDecipheriv('aes-256-gcm', merchant.apiKeyV3, resource.nonce)
      opener.setAAD(Buffer.from(resource.associated_data)).setAuthTag(hidden.subarray(-16))
      const parts = [opener.update(hidden.subarray(0, -16)), opener.final()]
      return JSON.parse(Buffer.concat(parts).toString('utf8'))
    },
  }
}
