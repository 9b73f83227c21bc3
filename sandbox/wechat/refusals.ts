// What WeChat refuses with: the code of V2, its text, and what V3 says instead. Source:
// reference/protocols.md §2.3; the pages 4011937125 (付款码支付), 4011937361 (撤销订单) of the V2
// documents and code-payment-v3/direct of the V3 ones, read 2026-11. CONTRACT_NOT_EXIST is what merchants
// report of 委托代扣 (developers.weixin.qq.com); CONTRACT_EXIST is a word of our own.
export const refusals = {
  SYSTEMERROR: ['系统错误', 500, 'SYSTEM_ERROR'],
  PARAM_ERROR: ['参数错误', 400, 'PARAM_ERROR'],
  LACK_PARAMS: ['缺少参数', 400, 'PARAM_ERROR'],
  NOT_UTF8: ['编码格式错误', 400, 'PARAM_ERROR'],
  INVALID_REQUEST: ['无效请求', 400, 'INVALID_REQUEST'],
  SIGNERROR: ['签名错误', 401, 'SIGN_ERROR'],
  NOAUTH: ['商户无权限', 403, 'NO_AUTH'],
  APPID_NOT_EXIST: ['APPID不存在', 400, 'PARAM_ERROR'],
  MCHID_NOT_EXIST: ['MCHID不存在', 400, 'MCH_NOT_EXISTS'],
  APPID_MCHID_NOT_MATCH: ['appid和mch_id不匹配', 400, 'APPID_MCHID_NOT_MATCH'],
  ORDERNOTEXIST: ['订单不存在', 404, 'ORDER_NOT_EXIST'],
  ORDERPAID: ['订单已支付', 400, 'ORDER_PAID'],
  ORDERCLOSED: ['订单已关闭', 400, 'ORDER_CLOSED'],
  ORDERREVERSED: ['订单已撤销，请重新下单支付', 400, 'ORDER_REVERSED'],
  OUT_TRADE_NO_USED: ['商户订单号重复', 403, 'OUT_TRADE_NO_USED'],
  AUTHCODEEXPIRE: ['二维码已过期，请用户在微信上刷新后再试', 400, 'AUTH_CODE_EXPIRE'],
  AUTH_CODE_ERROR: ['每个二维码仅限使用一次，请刷新再试', 400, 'AUTH_CODE_ERROR'],
  AUTH_CODE_INVALID: ['请扫描微信支付被扫条码/二维码', 400, 'AUTH_CODE_INVALID'],
  NOTENOUGH: ['余额不足', 403, 'NOT_ENOUGH'],
  BUYER_MISMATCH: ['支付帐号错误', 400, 'INVALID_REQUEST'],
  TRADE_ERROR: ['交易错误', 403, 'TRADE_ERROR'],
  INVALID_TRANSACTIONID: ['无效transaction_id', 400, 'INVALID_REQUEST'],
  REVERSE_EXPIRE: ['订单无法撤销', 400, 'INVALID_REQUEST'],
  CERT_ERROR: ['证书校验错误', 403, 'NO_AUTH'],
  REFUNDNOTEXIST: ['退款订单查询失败', 404, 'RESOURCE_NOT_EXISTS'],
  REFUND_FEE_MISMATCH: ['订单金额或退款金额与之前请求不一致，请核实后再试', 400, 'INVALID_REQUEST'],
  ERROR: ['业务错误：可退款的余额不足', 400, 'INVALID_REQUEST'],
  ORDER_NOT_READY: ['订单处理中，暂时无法退款，请稍后再试', 400, 'INVALID_REQUEST'],
  TRADE_OVERDUE: ['订单已经超过退款期限', 403, 'INVALID_REQUEST'],
  CONTRACT_NOT_EXIST: ['签约协议不存在', 400, 'CONTRACT_NOT_EXIST'],
  CONTRACT_EXIST: ['签约协议号重复', 400, 'INVALID_REQUEST'],
  RULELIMIT: ['交易金额或次数超出限制', 403, 'RULE_LIMIT'],
  INVALID_REQ_TOO_MUCH: ['无效请求过多', 400, 'INVALID_REQUEST'],
} as const satisfies Record<string, readonly [text: string, status: number, codeV3: string]>

export type RefusalCode = keyof typeof refusals

/** The order is not as the caller would have it. Both wire formats catch it and say it their way. */
export class Refusal extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, detail?: string) {
    super(detail ?? refusals[code][0])
    this.code = code
  }
}

/**
 * Refuses a call.
 *
 * @throws Refusal always
 */
export function refuse(code: RefusalCode, detail?: string): never {
  throw new Refusal(code, detail)
}
