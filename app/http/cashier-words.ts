import type { ErrorCode } from '../../modules/errors/errors.ts'

export type Language = 'zh' | 'en'

type Said = Readonly<Record<Language, string>>

/** The words of the cashier page. */
export const words = {
  title: { zh: '付款', en: 'Pay' },
  amount: { zh: '付款金额', en: 'Amount' },
  next: { zh: '下一步', en: 'Next' },
  choose: { zh: '选择付款方式', en: 'Choose how to pay' },
  startWith: { zh: '打开', en: 'Open' },
  wallet: { zh: 'OneTill 钱包', en: 'OneTill wallet' },
  wechat: { zh: '微信支付', en: 'WeChat Pay' },
  alipay: { zh: '支付宝', en: 'Alipay' },
  unionpay: { zh: '云闪付', en: 'UnionPay' },
  nothing: { zh: '此商户暂无可用的付款方式', en: 'No way to pay is open here now' },
  starting: { zh: '正在打开付款页面…', en: 'Opening the payment page…' },
  goOn: { zh: '继续付款', en: 'Go on to pay' },
  scanThis: { zh: '请用手机扫码付款', en: 'Scan this code with your phone' },
  done: { zh: '我已付款', en: 'I have paid' },
  back: { zh: '返回', en: 'Back' },
  waiting: { zh: '等待付款结果…', en: 'Waiting for the payment…' },
  paid: { zh: '付款成功', en: 'Paid' },
  closed: { zh: '订单已关闭', en: 'This order is closed' },
  closedHint: {
    zh: '订单已支付、已取消或已过期，请向收银员重新索取。',
    en: 'It was paid, taken back, or is too old. Ask the cashier for a new one.',
  },
  wrongAmount: { zh: '请输入正确的金额', en: 'Enter an amount' },
  scanToPay: { zh: '扫一扫，向商家付款', en: 'Scan to pay' },
  scanWith: {
    zh: '支持微信、支付宝、云闪付与 OneTill 钱包',
    en: 'WeChat, Alipay, UnionPay and OneTill wallet',
  },
  print: { zh: '打印', en: 'Print' },
} as const satisfies Record<string, Said>

const failures: Partial<Record<ErrorCode, Said>> = {
  NOT_FOUND: { zh: '没有这个收款码', en: 'There is no such code' },
  ORDER_EXPIRED: words.closed,
  SCHEME_NOT_OPEN: {
    zh: '此商户未开通这种付款方式',
    en: 'This way to pay is not open here',
  },
  CHANNEL_UNAVAILABLE: {
    zh: '这种付款方式暂时无法使用，请换一种',
    en: 'This way to pay does not answer now. Choose another one.',
  },
  RATE_LIMITED: { zh: '操作太频繁，请稍后再试', en: 'Too often. Try again in a minute.' },
  MERCHANT_CLOSED: { zh: '商户已停用', en: 'The merchant is closed' },
}

const unnamed: Said = { zh: '暂时无法付款，请稍后再试', en: 'This cannot be paid now. Try again.' }

/** What the payer is told of a refusal. */
export const failureWords = (code: ErrorCode): Said => failures[code] ?? unnamed

/** The reader's language: what the address says, else what the browser prefers. */
export function languageOf(wanted: unknown, acceptLanguage: string | undefined): Language {
  if (wanted === 'zh' || wanted === 'en') return wanted
  const first = (acceptLanguage ?? 'zh').trim().toLowerCase()
  return first.startsWith('zh') || first === '' || first.startsWith('*') ? 'zh' : 'en'
}
