import { onTestFinished } from 'vitest'

import { createChannelAccount, type NewChannelAccount } from '../../modules/channel/channel.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import { runChecks } from '../../modules/payment/payment.ts'
import { startAlipay, type Alipay } from '../../sandbox/alipay/alipay.ts'
import { virtualClock, type VirtualClock } from '../../sandbox/counterpart/clock.ts'
import { startUnionpay, type Unionpay } from '../../sandbox/unionpay/unionpay.ts'
import { startWechat, type Wechat } from '../../sandbox/wechat/wechat.ts'
import { institutionId, openShop, type Shop, type ShopOptions } from './shop.ts'

export const accountIds = {
  wechat: 'cha_0000000000000000000000000a',
  alipay: 'cha_0000000000000000000000000b',
  unionpay: 'cha_0000000000000000000000000c',
} as const

export type RoadName = keyof typeof accountIds

// The next noon of Beijing: certificates are made by the machine's clock, and are valid then.
const DAY_MS = 86_400_000
const noon = new Date((Math.floor(systemClock().getTime() / DAY_MS) + 1) * DAY_MS + DAY_MS / 6)

export type Roads = Shop & {
  clock: VirtualClock
  wechat: Wechat
  alipay: Alipay
  unionpay: Unionpay
  /** A payer's fresh code, as their phone shows it. */
  scan(road: RoadName, payer?: string): string
  /** Lets time pass and does what falls due on the way, as the loops would. */
  pass(ms: number, stepMs?: number): Promise<void>
}

const firstPayer = { wechat: 'wang', alipay: 'chen', unionpay: 'zhou' } as const

/**
 * A shop that takes the codes of WeChat (direct), Alipay (direct) and UnionPay (pooled), each by a
 * counterpart that was written apart from us. Time is the test's.
 */
export async function openRoads(
  options: ShopOptions & { accounts?: Partial<NewChannelAccount> } = {},
): Promise<Roads> {
  const clock = virtualClock({ startAt: noon, running: false })
  const common = { port: 0, seed: 'roads', clock }
  const [wechat, alipay, unionpay] = await Promise.all([
    startWechat({ ...common, tlsPort: 0 }),
    startAlipay(common),
    startUnionpay(common),
  ])
  onTestFinished(async () => {
    await Promise.all([wechat.close(), alipay.close(), unionpay.close()])
  })
  const shop = await openShop({ now: () => clock.now(), ...options })
  const { io } = shop
  await io.db.transaction(async (tx) => {
    for (const account of accountsOf({ wechat, alipay, unionpay }))
      await createChannelAccount(
        tx,
        { ...account, ...options.accounts },
        { masterKey: io.masterKey, now: io.now() },
      )
  })
  await io.refreshChannels()
  const counterparts = { wechat, alipay, unionpay }

  return {
    ...shop,
    ...counterparts,
    clock,
    scan: (road, payer = firstPayer[road]) => counterparts[road].control.showCode(payer),
    async pass(ms, stepMs = 1_000) {
      for (let passed = 0; passed < ms; passed += stepMs) {
        await clock.advance(Math.min(stepMs, ms - passed))
        while ((await runChecks(io, institutionId, [])) > 0);
      }
    },
  }
}

type Counterparts = Pick<Roads, 'wechat' | 'alipay' | 'unionpay'>

function accountsOf({ wechat, alipay, unionpay }: Counterparts): NewChannelAccount[] {
  const wechatSetUp = wechat.control.setUp() as any
  const [wechatMerchant] = wechatSetUp.merchants
  const [app] = alipay.control.setUp().apps
  const unionpaySetUp = unionpay.control.setUp() as any
  const [unionpayMerchant] = unionpaySetUp.merchants
  const common = { institutionId, acquirer: null, merchantId: null, costBps: 38, concurrency: 32 }
  return [
    {
      ...{ ...common, id: accountIds.wechat, channel: 'wechat', scheme: 'wechat', name: 'WeChat' },
      settlement: 'direct',
      settings: {
        baseUrl: wechat.url,
        certificateUrl: wechat.tlsUrl,
        appId: wechatMerchant.appids[0],
        mchId: wechatMerchant.mchid,
      },
      keys: {
        v2: {
          apiKey: wechatMerchant.api_key_v2,
          certificate: {
            certificatePem: wechatMerchant.certificate,
            privateKeyPem: wechatMerchant.private_key,
            authorityPem: wechatSetUp.authority_certificate,
          },
        },
      },
    },
    {
      ...{ ...common, id: accountIds.alipay, channel: 'alipay', scheme: 'alipay', name: 'Alipay' },
      settlement: 'direct',
      settings: { baseUrl: alipay.url, appId: app!.app_id, sellerId: app!.seller_id },
      keys: { privateKey: app!.app_private_key, alipayPublicKeys: [app!.alipay_public_key] },
    },
    {
      ...{ ...common, id: accountIds.unionpay, channel: 'unionpay', scheme: 'unionpay' },
      ...{ name: 'UnionPay', settlement: 'pooled' },
      settings: {
        baseUrl: unionpay.url,
        merId: unionpayMerchant.mer_id,
        signerNames: ['00040000:SIGN'],
      },
      keys: {
        privateKey: unionpayMerchant.private_key,
        certificate: unionpayMerchant.certificate,
        rootCertificates: [unionpaySetUp.root_certificate],
      },
    },
  ] as NewChannelAccount[]
}
