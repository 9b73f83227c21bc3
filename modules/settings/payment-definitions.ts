import type { Definition } from './definition.ts'

const everywhere = ['system', 'institution'] as const

/** Of payment codes, online and offline. Source: DESIGN §6; reference/protocols.md §9. */
export const codeDefinitions = {
  'code.prefix': {
    ...{ group: 'code', kind: 'text', default: '', max: 4, scopes: ['institution'] },
    isReadOnly: true,
    title: { zh: '在线付款码前缀', en: 'Prefix of online codes' },
    explanation: {
      zh: '本机构钱包在线付款码的前几位，18 位码由它和随机数字组成。开户时确定，不能修改。',
      en: 'The first digits of this institution’s online codes; random digits make up the 18. It was fixed when the institution was opened.',
    },
  },
  'code.offline_prefix': {
    ...{ group: 'code', kind: 'text', default: '', max: 4, scopes: ['institution'] },
    isReadOnly: true,
    title: { zh: '离线付款码前缀', en: 'Prefix of offline codes' },
    explanation: {
      zh: '手机断网时生成的付款码的前几位，后面是 10 位一次性别名和 6 位时间码。不能修改。',
      en: 'The first digits of codes that a phone makes without a network; a one-time alias of 10 digits and a time code of 6 follow. It is fixed.',
    },
  },
  'code.life_seconds': {
    ...{ group: 'code', kind: 'integer', unit: 'seconds', default: 60, min: 10, max: 60 },
    scopes: everywhere,
    title: { zh: '在线付款码有效期', en: 'Life of an online code' },
    explanation: {
      zh: '顾客打开付款码后多久失效。越短越安全，太短会让动作慢的顾客来不及扫。',
      en: 'How long a code can be paid with once it is shown. Shorter is safer; too short, and slow customers cannot be scanned in time.',
    },
  },
  'code.grace_seconds': {
    ...{ group: 'code', kind: 'integer', unit: 'seconds', default: 10, min: 5, max: 60 },
    scopes: everywhere,
    title: { zh: '旧码宽限时间', en: 'Grace of the older code' },
    explanation: {
      zh: '付款码刷新后，上一个码还能用多久，让正在扫的那一笔不至于失败。',
      en: 'How long the older code still counts after a new one is shown, so that a scan in flight does not fail.',
    },
  },
  'code.guesses_per_terminal_day': {
    ...{ group: 'code', kind: 'integer', unit: 'times', default: 20, min: 5, max: 100 },
    scopes: everywhere,
    title: { zh: '终端每日可扫的无效码', en: 'Unknown codes a terminal may scan a day' },
    explanation: {
      zh: '一台终端一天内扫到多少个从未发出的码后停止收款并告警，防止猜码。',
      en: 'After so many codes that were never issued a terminal is blocked for the day and an alarm is raised: it guesses.',
    },
  },
  'offline.batch_size': {
    ...{ group: 'offline', kind: 'integer', unit: 'codes', default: 10, min: 1, max: 15 },
    scopes: everywhere,
    title: { zh: '手机存放的离线码数量', en: 'Offline codes on a phone' },
    explanation: {
      zh: '每部手机最多存多少个离线付款码，用掉一半后联网自动补足。',
      en: 'How many codes a phone keeps for when it has no network. Below half of them it fetches more by itself.',
    },
  },
  'offline.epoch_days': {
    ...{ group: 'offline', kind: 'integer', unit: 'days', default: 7, min: 1, max: 30 },
    scopes: everywhere,
    title: { zh: '离线码周期', en: 'Epoch of offline codes' },
    explanation: {
      zh: '离线码在发出的周期和下一个周期内有效，之后作废。手机丢失后的风险期由它决定。修改只影响以后发出的离线码，已发出的按原期限作废。',
      en: 'Offline codes count in the epoch they were issued in and the next one. It bounds what a lost phone can do. A change holds for codes issued from then on; those on phones keep their end.',
    },
  },
  'offline.wrong_tries': {
    ...{ group: 'offline', kind: 'integer', unit: 'times', default: 3, min: 1, max: 5 },
    scopes: everywhere,
    title: { zh: '离线码可错次数', en: 'Wrong tries of an offline code' },
    explanation: {
      zh: '同一个离线码的时间码错了几次后永久作废。',
      en: 'After so many wrong time codes an offline code is dead for ever.',
    },
  },
  'offline.day_limit_minor': {
    ...{ group: 'offline', kind: 'money', default: 100_000, min: 0, max: 100_000 },
    scopes: everywhere,
    title: { zh: '离线码每日限额', en: 'Daily limit of offline codes' },
    explanation: {
      zh: '一位付款人一天用离线码最多付多少，与在线限额分开计算。规范 C 级上限 1,000.00。',
      en: 'What one payer may pay by offline codes in a day, counted apart from the online limit. Level C of the regulation allows 1,000.00 at most.',
    },
  },
  'offline.guesses_per_payer_day': {
    ...{ group: 'offline', kind: 'integer', unit: 'times', default: 20, min: 5, max: 100 },
    scopes: everywhere,
    title: { zh: '付款人每日可错次数', en: 'Wrong offline codes per payer a day' },
    explanation: {
      zh: '一位付款人的离线码一天内错了多少次后，他的离线码当天全部停用并告警。',
      en: 'After so many wrong offline codes of one payer, all of theirs are refused until tomorrow and an alarm is raised.',
    },
  },
} as const satisfies Record<string, Definition>

/** Of payments, refunds and what payers allow. */
export const paymentDefinitions = {
  'payment.confirm_seconds': {
    ...{ group: 'payment', kind: 'integer', unit: 'seconds', default: 120, min: 30, max: 600 },
    scopes: everywhere,
    title: { zh: '等待付款人确认的时间', en: 'Time to confirm a payment' },
    explanation: {
      zh: '超过免密限额的付款等待付款人输入密码多久，过时付款失败，款项不动。',
      en: 'How long a payment above the no-PIN limit waits for the payer’s PIN. After that it fails, and no money moves.',
    },
  },
  'refund.needs_approval': {
    ...{ group: 'refund', kind: 'boolean', default: true },
    scopes: ['system', 'institution', 'merchant'],
    title: { zh: '大额退款需复核', en: 'Large refunds need a second person' },
    explanation: {
      zh: '打开后，超过下面金额的退款由另一个人复核后才执行。',
      en: 'When on, a refund above the amount below waits until another person approves it.',
    },
  },
  'refund.approval_minor': {
    ...{ group: 'refund', kind: 'money', default: 100_000, min: 0, max: 10_000_000_000 },
    scopes: ['system', 'institution', 'merchant'],
    title: { zh: '退款复核起点', en: 'Refunds are approved above' },
    explanation: {
      zh: '退款超过这个金额需要第二个人复核。0 表示每一笔都要。',
      en: 'A refund above this amount needs a second person. 0: every refund does.',
    },
  },
  'refund.approved_by': {
    ...{ group: 'refund', kind: 'choice', choices: ['staff', 'operator'], default: 'staff' },
    scopes: ['system', 'institution', 'merchant'],
    title: { zh: '谁可以复核退款', en: 'Who may approve refunds' },
    explanation: {
      zh: 'staff：商户或机构的任何人员，申请人自己除外。operator：只有机构运营，商户自己的人不能复核。',
      en: 'staff: anybody of the merchant or the institution but the one who asked. operator: only the institution’s operators, nobody of the merchant.',
    },
  },
  'mandate.level': {
    ...{ group: 'mandate', kind: 'choice', choices: ['A', 'B', 'C', 'D'], default: 'B' },
    scopes: everywhere,
    title: { zh: '新付款人的风险等级', en: 'Risk level of a new payer' },
    explanation: {
      zh: '新付款人的条码支付等级，决定他能自设的最高限额：A 按约定，B 每日 5,000.00，C 每日 1,000.00，D 每日 500.00。',
      en: 'It caps the limits that a new payer may set: A as agreed, B 5,000.00 a day, C 1,000.00 a day, D 500.00 a day.',
    },
  },
} as const satisfies Record<string, Definition>
