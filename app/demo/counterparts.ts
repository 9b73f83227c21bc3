import type { NewChannelAccount } from '../../modules/channel/channel.ts'

// How an account is set up at each counterpart of the sandbox: what it says of itself at
// `GET /control/accounts`, in the words of our adapters.

/** The settings and keys of one account. */
export type Terms = Pick<NewChannelAccount, 'settings' | 'keys'>

/** Where a counterpart is and where it finds us. */
type Where = { url: string; noticeUrl: string }

type WechatSetUp = {
  authority_certificate: string
  platform: { serial: string; certificate: string; public_key: string; public_key_id: string }
  merchants: {
    mchid: string
    appids: string[]
    app_secrets: Record<string, string>
    plan_id: string
    api_key_v2: string
    api_key_v3: string
    serial: string
    private_key: string
    certificate: string
  }[]
}

/** An account at WeChat Pay; `tlsUrl` is where its client certificate is asked for. */
export async function wechatTerms(
  { url, noticeUrl, tlsUrl }: Where & { tlsUrl: string | undefined },
  version: 'v2' | 'v3' = 'v2',
): Promise<Terms> {
  const { merchants, platform, authority_certificate } = await setUpOf<WechatSetUp>(url)
  const merchant = firstOf(merchants)
  const { private_key: privateKeyPem, certificate: certificatePem } = merchant
  const appId = firstOf(merchant.appids)
  return {
    settings: {
      ...{ baseUrl: url, ...(tlsUrl !== undefined && { certificateUrl: tlsUrl }), version },
      ...{ appId, mchId: merchant.mchid, noticeUrl, planId: merchant.plan_id },
      ...{ loginUrl: url, loginApiUrl: url },
    },
    keys: {
      appSecret: merchant.app_secrets[appId],
      v2: {
        apiKey: merchant.api_key_v2,
        certificate: { certificatePem, privateKeyPem, authorityPem: authority_certificate },
      },
      v3: {
        apiKey: merchant.api_key_v3,
        ...{ privateKeyPem, serial: merchant.serial },
        platformKeys: {
          [platform.public_key_id]: platform.public_key,
          [platform.serial]: platform.certificate,
        },
      },
    },
  }
}

type AlipaySetUp = {
  apps: { app_id: string; seller_id: string; app_private_key: string; alipay_public_key: string }[]
}

/** An account at Alipay. */
export async function alipayTerms({ url, noticeUrl }: Where): Promise<Terms> {
  const app = firstOf((await setUpOf<AlipaySetUp>(url)).apps)
  return {
    settings: {
      ...{ baseUrl: url, notifyUrl: noticeUrl },
      ...{ appId: app.app_id, sellerId: app.seller_id },
    },
    keys: { privateKey: app.app_private_key, alipayPublicKeys: [app.alipay_public_key] },
  }
}

type UnionpaySetUp = {
  root_certificate: string
  merchants: { mer_id: string; private_key: string; certificate: string }[]
}

/** An account at UnionPay, for scanned codes or for cards on file. */
export async function unionpayTerms({ url, noticeUrl }: Where): Promise<Terms> {
  const { merchants, root_certificate } = await setUpOf<UnionpaySetUp>(url)
  const { mer_id, private_key, certificate } = firstOf(merchants)
  return {
    settings: {
      ...{ baseUrl: url, notifyUrl: noticeUrl, merId: mer_id },
      // How UnionPay's own test environment signs, and the sandbox with it.
      signerNames: ['00040000:SIGN'],
    },
    keys: { privateKey: private_key, certificate, rootCertificates: [root_certificate] },
  }
}

const SET_UP_MS = 5_000

async function setUpOf<SetUp>(url: string): Promise<SetUp> {
  const answer = await fetch(`${url}/control/accounts`, { signal: AbortSignal.timeout(SET_UP_MS) })
  if (!answer.ok) throw new Error(`the sandbox at ${url} answers ${answer.status}`)
  return (await answer.json()) as SetUp
}

function firstOf<T>(items: readonly T[]): T {
  const [first] = items
  if (first === undefined) throw new Error('the sandbox has nobody to be a merchant')
  return first
}
