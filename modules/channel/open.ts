import { systemClock, type Clock } from '../lib/clock.ts'
import type { ChannelAccount } from './account.ts'
import { openAlipay, type AlipayAccount } from './alipay/alipay.ts'
import { openBankcard, type BankcardAccount } from './bankcard/bankcard.ts'
import type { Channel } from './channel.ts'
import { openInterbank, type InterbankAccount } from './interbank/interbank.ts'
import type { Keys } from './seal.ts'
import type { ChannelName } from './terms.ts'
import { openUnionpay, type UnionpayAccount } from './unionpay/unionpay.ts'
import { openWechat, type WechatAccount } from './wechat/wechat.ts'

// The side door of the room: from an account, with its keys open, to a road. Only the entry uses it.

export { readSealedAccounts, type SealedAccount } from './account.ts'
export { guard, type Called, type Guarded } from './guard.ts'

/** What is not data: the clock and the network. */
export type Outside = { clock: Clock; fetch: typeof globalThis.fetch }

type Opener = (account: Readonly<Record<string, unknown>>, outside: Outside) => Channel

/** By road: how an account, its settings and keys together, becomes a road. One line each. */
const openers: Readonly<Record<ChannelName, Opener>> = {
  wechat: (account, outside) => openWechat(account as WechatAccount, outside),
  alipay: (account, outside) => openAlipay(account as AlipayAccount, outside),
  unionpay: (account, outside) => openUnionpay(account as UnionpayAccount, outside),
  bankcard: (account, outside) => openBankcard(account as BankcardAccount, outside),
  interbank: (account, outside) => openInterbank(account as InterbankAccount, outside),
}

/**
 * Opens the road of an account. Nothing is sent.
 *
 * @throws AppError INVALID_REQUEST, `param` naming the setting or key that cannot be read; never its
 *   value
 */
export function openChannel(
  { channel, settings }: Pick<ChannelAccount, 'channel' | 'settings'>,
  keys: Keys,
  outside: Outside = { clock: systemClock, fetch: globalThis.fetch },
): Channel {
  return openers[channel]({ ...settings, ...keys }, outside)
}
