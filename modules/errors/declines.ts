// Why a payment failed. A decline is an answer and not an error: the payment exists, is stored and
// shown, and its code is used up. In the words the cashier says to the payer.
export const declineReasons = {
  insufficient_funds: { en: 'Not enough money in the account', zh: '余额不足' },
  over_payment_limit: { en: 'Over the limit for one payment', zh: '超过单笔限额' },
  over_day_limit: { en: 'Over the limit for today', zh: '超过当日限额' },
  over_month_limit: { en: 'Over the limit for this month', zh: '超过当月限额' },
  payer_declined: { en: 'The payer said no', zh: '付款人已拒绝' },
  confirmation_expired: { en: 'The payer did not confirm in time', zh: '付款人未及时确认' },
  payer_frozen: { en: 'The payer’s wallet is frozen', zh: '付款人钱包已冻结' },
  merchant_closed: { en: 'The merchant is closed', zh: '商户已停用' },
  terminal_locked: { en: 'The terminal may no longer take this payment', zh: '终端已被停用' },
  sale_already_paid: { en: 'The sale was paid another way', zh: '该笔销售已用其他方式付清' },
  code_expired: { en: 'The code had expired', zh: '付款码已过期' },
  code_used: { en: 'The code was used already', zh: '付款码已使用过' },
  code_invalid: { en: 'The other side does not know the code', zh: '对方不认识这个付款码' },
  card_not_accepted: { en: 'This card is not accepted here', zh: '此处不接受这张卡' },
  risk_refused: { en: 'Refused for risk', zh: '因风险被拒绝' },
  channel_refused: { en: 'Refused by the way to pay', zh: '被付款通道拒绝' },
  channel_unavailable: { en: 'The way to pay did not answer', zh: '付款通道没有回应' },
  channel_not_reached: {
    en: 'The way to pay never got the charge',
    zh: '付款通道没有收到扣款请求',
  },
  over_channel_limit: { en: 'Over a limit of the way to pay', zh: '超过付款通道限额' },
  over_static_limit: { en: 'Over the daily limit of static codes', zh: '超过静态码当日限额' },
  order_expired: { en: 'The order was not paid in time', zh: '订单未在时限内支付' },
  account_not_linked: { en: 'The account is no longer linked', zh: '账户已解除绑定' },
  over_count_limit: { en: 'Over the number of payments for today', zh: '超过当日笔数限制' },
  outside_area: { en: 'Outside the area the payer allows', zh: '不在付款人允许的区域内' },
  outside_hours: { en: 'Outside the hours the payer allows', zh: '不在付款人允许的时段内' },
  shop_not_allowed: { en: 'The payer does not allow this shop', zh: '付款人未允许此商户' },
  over_offline_limit: { en: 'Over the daily limit of offline codes', zh: '超过离线码当日限额' },
  consent_used: {
    en: 'The payer allowed a smaller amount for this code',
    zh: '超过付款人对此码允许的金额',
  },
  position_unknown: {
    en: 'The payer asks for a place that is not known',
    zh: '付款位置未知',
  },
} as const satisfies Record<string, { en: string; zh: string }>

export type DeclineReason = keyof typeof declineReasons
