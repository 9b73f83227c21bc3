import type { Merchant } from './accounts.ts'
import { readCompactTime } from './beijing.ts'
import type { House } from './house.ts'
import type { OrderRequest } from './order.ts'
import { refuse } from './refusals.ts'
import type { Fields } from './v2-xml.ts'

// What the fields of a V2 call must be. Each throws a Refusal that names the field.

/** Read as a whole number of fen above zero. */
export function amountOf(fields: Fields, name: string): bigint {
  const written = need(fields, name)
  if (!/^[1-9]\d{0,9}$/.test(written)) refuse('PARAM_ERROR', `${name}参数格式错误`)
  return BigInt(written)
}

/** A field that must be there. */
export function need(fields: Fields, name: string, most = 256): string {
  const value = fields[name]
  if (value === undefined || value === '') return refuse('LACK_PARAMS', `缺少参数${name}`)
  if (value.length > most) refuse('PARAM_ERROR', `${name}参数长度有误`)
  return value
}

/** What every order is asked for with. */
export function orderRequestOf(house: House, merchant: Merchant, fields: Fields): OrderRequest {
  const outTradeNo = need(fields, 'out_trade_no', 32)
  if (!/^[0-9A-Za-z_\-|*@]+$/.test(outTradeNo)) refuse('PARAM_ERROR', '商户订单号格式错误')
  if ((fields['fee_type'] ?? 'CNY') !== 'CNY') refuse('PARAM_ERROR', 'fee_type参数格式错误')
  const expiresAt = fields['time_expire'] ? readCompactTime(fields['time_expire']) : undefined
  if (fields['time_expire'] && !expiresAt) refuse('PARAM_ERROR', 'time_expire参数格式错误')
  if (expiresAt && expiresAt <= house.clock.now()) refuse('PARAM_ERROR', 'time_expire时间过短')
  need(fields, 'spbill_create_ip', 64)
  return {
    mchid: merchant.mchid,
    appid: need(fields, 'appid', 32),
    subMchid: fields['sub_mch_id'],
    subAppid: fields['sub_appid'],
    outTradeNo,
    totalMinor: amountOf(fields, 'total_fee'),
    body: need(fields, 'body', 128),
    attach: fields['attach'],
    deviceInfo: fields['device_info'],
    goodsTag: fields['goods_tag'],
    detail: fields['detail'],
    storeId: /"id"\s*:\s*"([^"]+)"/.exec(fields['scene_info'] ?? '')?.[1],
    profitSharing: fields['profit_sharing'] === 'Y',
    expiresAt,
    wire: 'v2',
  }
}
