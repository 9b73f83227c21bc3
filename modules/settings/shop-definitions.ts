import type { Definition } from './definition.ts'

const toTerminal = ['system', 'institution', 'merchant', 'store', 'terminal'] as const

/** How terminals report and where they may stand. Source: P20–P22. */
export const terminalDefinitions = {
  'terminal.heartbeat_seconds': {
    ...{ group: 'terminal', kind: 'integer', unit: 'seconds', default: 30, min: 10, max: 300 },
    scopes: toTerminal,
    title: { zh: '终端心跳间隔', en: 'Heartbeat of a terminal' },
    explanation: {
      zh: '终端多久报告一次自己在线、位置和版本。',
      en: 'How often a terminal says that it is there, where it is and which version it runs.',
    },
  },
  'terminal.position_keep_days': {
    ...{ group: 'terminal', kind: 'integer', unit: 'days', default: 30, min: 1, max: 365 },
    scopes: ['system', 'institution'],
    title: { zh: '终端位置保留天数', en: 'How long positions are kept' },
    explanation: {
      zh: '终端报告的位置保留多少天，之后删除。付款上记录的位置不受影响。',
      en: 'The positions that terminals report are deleted after so many days. Those on payments stay.',
    },
  },
  'terminal.fence_radius_m': {
    ...{ group: 'terminal', kind: 'integer', unit: 'metres', default: 0, min: 0, max: 100_000 },
    scopes: toTerminal,
    title: { zh: '地理围栏半径', en: 'Radius of the fence' },
    explanation: {
      zh: '终端离登记的门店多远算越界。0 表示不设围栏。终端权限里另有设定时以权限为准。',
      en: 'How far from its shop a terminal may be. 0: there is no fence. What a terminal’s permission says goes before it.',
    },
  },
  'terminal.fence_action': {
    ...{ group: 'terminal', kind: 'choice', choices: ['refuse', 'flag', 'ask'], default: 'flag' },
    scopes: toTerminal,
    title: { zh: '越界时', en: 'Outside the fence' },
    explanation: {
      zh: '终端越界时收款怎么办：拒绝；照常收款并标记；或者让收银员先确认地点。',
      en: 'What happens to a payment outside the fence: refuse it, flag it and go on, or ask the cashier to confirm the place.',
    },
  },
} as const satisfies Record<string, Definition>

/** How a till behaves at the counter; its own merchant may say. */
export const tillDefinitions = {
  'till.sound': {
    ...{ group: 'till', kind: 'boolean', default: true },
    ...{ scopes: toTerminal, isForMerchants: true },
    title: { zh: '提示音', en: 'Sounds' },
    explanation: {
      zh: '收款成功、失败和扫码时发出提示音。',
      en: 'The till sounds when a code is scanned and when a payment succeeds or fails.',
    },
  },
  'till.voice': {
    ...{ group: 'till', kind: 'boolean', default: true },
    ...{ scopes: toTerminal, isForMerchants: true },
    title: { zh: '语音播报', en: 'Voice' },
    explanation: {
      zh: '收款成功后读出金额，例如“收款 12 元 5 角”。',
      en: 'The till reads the amount aloud when a payment succeeds.',
    },
  },
  'till.language': {
    ...{ group: 'till', kind: 'choice', choices: ['auto', 'zh-CN', 'en'], default: 'auto' },
    ...{ scopes: toTerminal, isForMerchants: true },
    title: { zh: '收银台语言', en: 'Language of the till' },
    explanation: {
      zh: '收银台显示的语言。自动：跟随设备和收银员的选择。',
      en: 'What the till is shown in. Automatic follows the device and what the cashier chooses.',
    },
  },
  'till.lock_after_minutes': {
    ...{ group: 'till', kind: 'integer', unit: 'minutes', default: 0, min: 0, max: 240 },
    ...{ scopes: toTerminal, isForMerchants: true },
    title: { zh: '闲置后锁屏', en: 'Lock when idle' },
    explanation: {
      zh: '收银台多少分钟没有操作后锁屏。0 表示不锁。',
      en: 'The till locks its screen after so many minutes without use. 0: never.',
    },
  },
  'till.receipt_width': {
    ...{ group: 'till', kind: 'choice', choices: ['58', '80'], default: '58' },
    ...{ scopes: toTerminal, isForMerchants: true },
    title: { zh: '小票纸宽（毫米）', en: 'Receipt width (mm)' },
    explanation: {
      zh: '小票打印机的纸宽。',
      en: 'How wide the paper of the receipt printer is.',
    },
  },
  'till.receipt_footer': {
    ...{ group: 'till', kind: 'text', default: '', max: 200 },
    ...{ scopes: toTerminal, isForMerchants: true },
    title: { zh: '小票末行', en: 'Footer of the receipt' },
    explanation: {
      zh: '印在小票最后的一句话，例如“谢谢惠顾，七日内凭小票退换”。',
      en: 'A line at the end of each receipt, such as “Thank you. Exchange within seven days with this receipt.”',
    },
  },
} as const satisfies Record<string, Definition>

/** What goes out: news to payers, webhooks to merchants' servers. */
export const outgoingDefinitions = {
  'news.per_day': {
    ...{ group: 'news', kind: 'integer', unit: 'messages', default: 1, min: 0, max: 10 },
    scopes: ['system', 'institution', 'merchant'],
    title: { zh: '每日推送上限', en: 'News a day' },
    explanation: {
      zh: '一家商户一天最多向同一位付款人推送多少条商品消息。0 表示不推送。',
      en: 'How many pieces of news one payer gets from one merchant in a day. 0: none.',
    },
  },
  'webhook.attempts': {
    ...{ group: 'webhook', kind: 'integer', unit: 'times', default: 10, min: 1, max: 10 },
    scopes: ['system', 'institution'],
    title: { zh: 'Webhook 重试次数', en: 'Attempts of a webhook' },
    explanation: {
      zh: '对方服务器不应答时一共发送多少次，间隔越来越长，之后可在控制台重发。',
      en: 'How often a message is sent to a server that does not answer, longer and longer apart. After that it can be sent again from the console.',
    },
  },
} as const satisfies Record<string, Definition>
