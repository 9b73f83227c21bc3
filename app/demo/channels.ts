import {
  listChannelAccounts,
  type ChannelAccount,
  type NewChannelAccount,
} from '../../modules/channel/channel.ts'
import type { Io } from '../../modules/io/io.ts'
import type { Place, Places } from '../start/sandbox.ts'
import { putAccount } from './account.ts'
import { alipayTerms, unionpayTerms, wechatTerms, type Terms } from './counterparts.ts'
import type { DemoFile } from './file.ts'
import { openDemoInterbank } from './interbank.ts'
import { demoId, demoShop } from './shop.ts'

const institutionId = demoShop.institution.id

// What an account costs is what merchants are commonly charged, in basis points.
const usual = {
  ...{ institutionId, acquirer: null, merchantId: null, concurrency: 32 },
} as const

type Plan = Omit<NewChannelAccount, 'settings' | 'keys'>
const wechat = { ...usual, channel: 'wechat', scheme: 'wechat' } as const
const unionpay = { ...usual, scheme: 'unionpay', settlement: 'pooled' } as const

const plans = {
  wechat: {
    ...{ ...wechat, id: demoId('cha', 1), name: '微信支付' },
    ...{ settlement: 'direct', costBps: 60 },
  },
  alipay: {
    ...{ ...usual, id: demoId('cha', 2), channel: 'alipay', scheme: 'alipay', name: '支付宝' },
    ...{ settlement: 'direct', costBps: 55 },
  },
  unionpay: { ...unionpay, id: demoId('cha', 3), channel: 'unionpay', name: '云闪付', costBps: 38 },
  bankcard: {
    ...{ ...unionpay, id: demoId('cha', 4), channel: 'bankcard', name: '银行卡（绑卡）' },
    costBps: 45,
  },
  wechatByBank: {
    ...{ ...wechat, id: demoId('cha', 5), name: '微信支付（经演示银行）', acquirer: '演示银行' },
    ...{ settlement: 'pooled', costBps: 38 },
  },
} as const satisfies Record<string, Plan>

/** Where the counterparts are, and where they find us. */
type Where = { ownUrl: string; places: Places | null }

/**
 * Opens the demo's accounts at the counterparts that are there, and the road between the two
 * institutions. An account that is there follows its counterpart: its addresses and keys. Answers
 * the accounts of the shop's institution.
 *
 * @throws when a counterpart that says it is there does not say how it is set up
 */
export async function openDemoChannels(
  io: Io,
  { ownUrl, places }: Where,
): Promise<DemoFile['channel_accounts']> {
  const wanted = places ? await wantedAt(places, ownUrl) : []
  const known = await listChannelAccounts(io.db, institutionId)
  for (const account of wanted) {
    await putAccount(
      io,
      account,
      known.find(({ id }) => id === account.id),
    )
  }
  await openDemoInterbank(io, ownUrl)
  const accounts = await listChannelAccounts(io.db, institutionId)
  return accounts.map(({ id, channel }) => ({ id, channel }))
}

async function wantedAt(places: Places, ownUrl: string): Promise<NewChannelAccount[]> {
  const at = async (place: Place, plan: Plan, terms: (where: There) => Promise<Terms>) => {
    if (!('url' in place)) return []
    const noticeUrl = noticeUrlOf(ownUrl, plan)
    return [{ ...plan, ...(await terms({ ...place, noticeUrl, tlsUrl: place.tlsUrl })) }]
  }
  const accounts = await Promise.all([
    at(places.wechat, plans.wechat, wechatTerms),
    at(places.alipay, plans.alipay, alipayTerms),
    at(places.unionpay, plans.unionpay, unionpayTerms),
    at(places.unionpay, plans.bankcard, unionpayTerms),
    at(places.wechat, plans.wechatByBank, wechatTermsByBank),
  ])
  return accounts.flat()
}

// A bank in between charges what is scanned; accounts are linked with WeChat itself.
async function wechatTermsByBank(where: There): Promise<Terms> {
  const { settings, keys } = await wechatTerms(where)
  const { planId: _none, ...others } = settings
  return { settings: others, keys }
}

type There = { url: string; noticeUrl: string; tlsUrl: string | undefined }

/** Where an account's counterpart tells of results. */
export const noticeUrlOf = (
  ownUrl: string,
  { institutionId, id }: Pick<ChannelAccount, 'institutionId' | 'id'>,
): string => `${ownUrl}/v1/channel_notices/${institutionId}/${id}`
