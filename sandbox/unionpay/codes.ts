// Answer codes, with the texts of UnionPay's appendix of answer codes. Source for 00, 03, 04 and 05:
// reference/protocols.md §4.1; the others from UnionPay's published list, not verified at its gateway.
const texts = {
  '00': '成功',
  '01': '交易失败。详情请咨询95516',
  '03': '交易通讯超时，请发起查询交易',
  '04': '交易状态未明，请查询对账结果',
  '05': '交易已受理，请稍后查询交易结果',
  '10': '报文格式错误',
  '11': '验证签名失败',
  '12': '重复交易',
  '13': '报文交易要素缺失',
  '31': '商户状态不正确',
  '32': '无此交易权限',
  '33': '交易金额超限',
  '34': '查无此交易',
  '35': '原交易不存在或状态不正确',
  '36': '与原交易信息不符',
  '39': '交易不在受理时间范围内',
  '61': '输入的卡号无效，请确认后输入',
  '63': '卡状态不正确',
  '64': '卡上的余额不足',
  '69': '您的输入超时，交易失败',
  '73': '支付卡已超过有效期',
} as const

export type RespCode = keyof typeof texts

/** The text of a code, with the seven digits that UnionPay adds to it. */
export const messageOf = (code: RespCode): string => `${texts[code]}[${code}00000]`

/** Carries a refusal from where it is found to the gateway, which answers it. */
export class Refused extends Error {
  readonly code: RespCode
  readonly detail: string

  constructor(code: RespCode, detail = '') {
    super(`${code} ${messageOf(code)} ${detail}`.trim())
    this.code = code
    this.detail = detail
  }
}

/**
 * Refuses what was asked for.
 *
 * @throws Refused always
 */
export function refuse(code: RespCode, detail?: string): never {
  throw new Refused(code, detail)
}
