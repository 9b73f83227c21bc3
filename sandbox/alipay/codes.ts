// What Alipay's gateway and its trade methods refuse, by sub_code: the gateway code it comes under
// and the text. Source: reference/protocols.md §3.4.
const refusals = {
  'isv.missing-method': ['40001', '缺少方法名参数'],
  'isv.missing-app-id': ['40001', '缺少appId参数'],
  'isv.missing-signature': ['40001', '缺少签名参数'],
  'isv.missing-signature-type': ['40001', '缺少签名类型参数'],
  'isv.missing-timestamp': ['40001', '缺少时间戳参数'],
  'isv.missing-version': ['40001', '缺少版本参数'],
  'isv.invalid-method': ['40002', '不存在的方法名'],
  'isv.invalid-app-id': ['40002', '无效的appID参数'],
  'isv.invalid-signature-type': ['40002', '无效的签名类型'],
  'isv.invalid-signature': ['40002', '验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配'],
  'isv.invalid-timestamp': ['40002', '非法的时间戳参数'],
  'isv.invalid-charset': ['40002', '字符集错误'],
  'isv.invalid-format': ['40002', '无效的数据格式'],
  'isv.invalid-parameter': ['40002', '参数无效'],
  'isp.unknow-error': ['20000', '系统繁忙'],
  'ACQ.SYSTEM_ERROR': ['40004', '接口返回错误'],
  // Alipay's own spelling, in its list for trade.cancel.
  'AQC.SYSTEM_ERROR': ['40004', '系统错误'],
  'ACQ.INVALID_PARAMETER': ['40004', '参数无效'],
  'ACQ.PAYMENT_AUTH_CODE_INVALID': [
    '40004',
    '支付失败，获取顾客账户信息失败，请顾客刷新付款码后重新收款',
  ],
  'ACQ.CONTEXT_INCONSISTENT': ['40004', '交易信息被篡改'],
  'ACQ.TRADE_HAS_SUCCESS': ['40004', '交易已被支付'],
  'ACQ.TRADE_HAS_CLOSE': ['40004', '交易已经关闭'],
  'ACQ.TRADE_HAS_FINISHED': ['40004', '交易已完结'],
  'ACQ.TRADE_NOT_EXIST': ['40004', '交易不存在'],
  'ACQ.TRADE_STATUS_ERROR': ['40004', '交易状态不合法'],
  'ACQ.TRADE_BUYER_NOT_MATCH': ['40004', '交易买家不匹配'],
  'ACQ.TRADE_CANCEL_TIME_OUT': ['40004', '超过撤销时间范围'],
  'ACQ.BUYER_BALANCE_NOT_ENOUGH': ['40004', '买家余额不足'],
  'ACQ.BUYER_ENABLE_STATUS_FORBID': ['40004', '买家状态非法'],
  'ACQ.BUYER_NOT_EXIST': ['40004', '买家不存在'],
  'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR': ['40004', '买家付款日限额超限'],
  'ACQ.AGREEMENT_NOT_EXIST': ['40004', '用户协议不存在'],
  'ACQ.AGREEMENT_STATUS_NOT_NORMAL': ['40004', '用户协议状态非NORMAL'],
  'ACQ.SELLER_BALANCE_NOT_ENOUGH': ['40004', '卖家余额不足'],
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': ['40004', '退款金额超限'],
  'ACQ.DISCORDANT_REPEAT_REQUEST': ['40004', '不一致的请求'],
  USER_AGREEMENT_NOT_EXIST: ['40004', '用户协议不存在'],
} as const satisfies Record<string, readonly [code: string, text: string]>

export type SubCode = keyof typeof refusals

const messages: Record<string, string> = {
  '10000': 'Success',
  '10003': 'order success pay inprocess',
  '20000': 'Service Currently Unavailable',
  '40001': 'Missing Required Arguments',
  '40002': 'Invalid Arguments',
  '40004': 'Business Failed',
}

export type Content = Record<string, unknown>

/** The content of an answer that is no refusal: 10000, or 10003 while the payer is paying. */
export function granted(content: Content, code: '10000' | '10003' = '10000'): Content {
  return { code, msg: messages[code], ...content }
}

/** The content of a refusal. */
export function refused(subCode: SubCode, detail?: string, content: Content = {}): Content {
  const [code, text] = refusals[subCode]
  const sub_msg = detail === undefined ? text : `${text}：${detail}`
  return { code, msg: messages[code], sub_code: subCode, sub_msg, ...content }
}

/** Carries a refusal from where it is found to the gateway, which answers it. */
export class Refused extends Error {
  readonly subCode: SubCode
  readonly detail: string | undefined

  constructor(subCode: SubCode, detail?: string) {
    super(detail === undefined ? subCode : `${subCode}: ${detail}`)
    this.subCode = subCode
    this.detail = detail
  }
}

/**
 * Refuses what was asked for.
 *
 * @throws Refused always
 */
export function refuse(subCode: SubCode, detail?: string): never {
  throw new Refused(subCode, detail)
}
