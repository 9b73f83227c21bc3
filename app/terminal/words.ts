import { formatDecimal, isCurrency } from '../../modules/money/money.ts'
import { en as screensEn } from '../../web/ui/locales/en.ts'
import { zhCN as screensZh } from '../../web/ui/locales/zh-CN.ts'
import type { Charge, Outcome } from './charge.ts'

/** Tells the person at the box what happened and what to do next. */
export type Say = (word: string, charge?: Charge, outcome?: Outcome) => void

type Texts = Readonly<Record<string, string>>

const zh: Texts = {
  started: '终端 {name} 已就绪，服务器 {server}',
  ready: '等待收银机',
  locked: '本终端已被锁定：{reason}。请联系终端管理员',
  scan_now: '{money}（{reference}）：请扫描顾客付款码',
  scan_is_goods: '这是商品条码，请扫描顾客付款码',
  scan_is_no_code: '这不是付款码，请重新扫描',
  scan_again: '{why} 请再扫一次',
  nothing_to_pay: '没有待收款。请先在收银机上发起收款',
  do_not_scan: '正在收款，请不要再次扫码',
  charging: '{money}：正在收款，请稍候，不要再次扫码',
  resumed: '上次的收款 {reference} 还没有结果，正在查询',
  wait_processing: '正在等待付款结果，不要再次扫码',
  wait_payer_confirms: '请顾客在手机上输入支付密码，不要再次扫码',
  wait_query: '结果未知，正在查询，不要再次扫码，也先不要交货',
  wait_reverse: '正在撤销，请等结果',
  wait_unknown: '没有收到服务器的答复，正在查询同一笔收款，不要再次扫码',
  end_succeeded: '收款成功 {paid}',
  end_failed: '收款失败：{why}',
  end_reversed: '已撤销，没有收顾客的钱',
  end_refused: '没有收款：{why}',
  end_no_scan: '没有收款：没有人扫码',
  end_cancelled: '没有收款：收银机取消了',
  end_not_made: '没有收款：服务器没有收到这笔收款',
  stdin_ended: '键盘输入已结束，不再从这里接收扫码',
  offline: '连不上服务器，暂不能收款',
  online: '已连上服务器',
  signature: '服务器不接受本终端的签名：请检查密钥，或重新激活',
  not_decided: '结果还没有确定，请用同一编号查询',
  cancelled: '收银机取消了',
  no_scan: '没有人扫码',
  not_made: '服务器没有收到这笔收款',
  reversed: '已撤销，没有收顾客的钱',
  TILL_BUSY: '正在处理另一笔收款',
  REFERENCE_REUSED: '这个编号已用于另一个金额',
  PAIRING_WRONG: '配对密钥不对',
}

const en: Texts = {
  started: 'Terminal {name} is ready, server {server}',
  ready: 'Waiting for the cash register',
  locked: 'This terminal is locked: {reason}. Ask who looks after the terminals',
  scan_now: '{money} ({reference}): scan the customer’s payment code',
  scan_is_goods: 'That is a barcode of goods. Scan the customer’s payment code',
  scan_is_no_code: 'That is no payment code. Scan it again',
  scan_again: '{why} Scan again',
  nothing_to_pay: 'Nothing is to be paid. Begin at the cash register',
  do_not_scan: 'A payment is under way. Do not scan again',
  charging: '{money}: charging. Please wait, and do not scan again',
  resumed: 'The payment {reference} of before has no end yet, and is asked for',
  wait_processing: 'Waiting for the outcome. Do not scan again',
  wait_payer_confirms: 'The customer types the password on the phone. Do not scan again',
  wait_query:
    'The outcome is not known and asked for. Do not scan again, and hand over no goods yet',
  wait_reverse: 'The payment is being taken back. Wait for the outcome',
  wait_unknown: 'The server gave no answer. The same payment is asked for; do not scan again',
  end_succeeded: 'Paid {paid}',
  end_failed: 'Not paid: {why}',
  end_reversed: 'Taken back. The customer was not charged',
  end_refused: 'Not charged: {why}',
  end_no_scan: 'Not charged: nobody scanned a code',
  end_cancelled: 'Not charged: the cash register cancelled it',
  end_not_made: 'Not charged: the server never had this payment',
  stdin_ended: 'The keyboard has ended; no scans come from it any more',
  offline: 'The server cannot be reached; no payment can be taken',
  online: 'The server is there again',
  signature: 'The server does not take this terminal’s signature: check the key, or activate again',
  not_decided: 'The outcome is not known yet. Ask again under the same reference',
  cancelled: 'The cash register cancelled it',
  no_scan: 'Nobody scanned a code',
  not_made: 'The server never had this payment',
  reversed: 'Taken back. The customer was not charged',
  TILL_BUSY: 'Another payment is under way',
  REFERENCE_REUSED: 'This reference was used for another amount',
  PAIRING_WRONG: 'The pairing key is wrong',
}

export type Words = {
  language: 'zh' | 'en'
  text(word: string, values?: Readonly<Record<string, string>>): string
  /** Why something was refused or declined, by its code; empty for none. */
  why(code: string | null): string
}

/** The words of a language, by `LANG`: Chinese unless it names another language. */
export function openWords(lang: string | undefined): Words {
  const isEnglish = lang !== undefined && lang !== '' && !/^(zh|C$|C\.|POSIX)/i.test(lang)
  const language = isEnglish ? 'en' : 'zh'
  const texts = isEnglish ? en : zh
  // The same sentences as on the till's screen.
  const screens: Texts = isEnglish ? screensEn : screensZh
  return {
    language,
    text: (word, values = {}) =>
      (texts[word] ?? word).replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
    why: (code) =>
      code === null
        ? ''
        : (texts[code] ?? screens[`error.${code}`] ?? screens[`decline.${code}`] ?? code),
  }
}

/** `88.50 CNY`. */
export function moneyWords(amountMinor: bigint, currency: string): string {
  return isCurrency(currency)
    ? `${formatDecimal(amountMinor, currency)} ${currency}`
    : `${amountMinor} ${currency}`
}

/** What fills the gaps of a sentence about a charge. */
export function valuesOf(
  words: Words,
  charge: Charge | undefined,
  outcome: Outcome | undefined,
): Record<string, string> {
  if (!charge) return {}
  const { amountMinor, currency, reference } = charge
  const charged = outcome?.payment?.charged
  return {
    reference,
    money: moneyWords(amountMinor, currency),
    paid: charged === undefined ? '' : moneyWords(BigInt(charged), currency),
    why: words.why(outcome?.code ?? null),
  }
}
