import { createHash, createHmac, randomBytes } from 'node:crypto'

import { systemClock } from '../../modules/lib/clock.ts'
import type { Authority, RsaKeyPair } from '../counterpart/certificate.ts'
import { certify, makeAuthority, makeRsaKeyPair } from '../counterpart/certificate.ts'
import type { Table } from '../counterpart/store.ts'

/** One that may call: its numbers, keys and certificate. */
export type Merchant = {
  mchid: string
  name: string
  /** Its own, and those bound to it. */
  appids: string[]
  /** 32 characters; signs V2. */
  apiKeyV2: string
  /** 32 bytes; hides what notices and the certificate list carry in V3. */
  apiKeyV3: string
  /** The API certificate's serial number, upper-case hex. */
  serial: string
  privateKeyPem: string
  publicKeyPem: string
  certificatePem: string
  feeBps: bigint
}

/** WeChat itself. */
export type Platform = {
  serial: string
  privateKeyPem: string
  publicKeyPem: string
  certificatePem: string
  /** What stands in Wechatpay-Serial for a merchant that uses the public key and no certificate. */
  publicKeyId: string
}

export type Payer = {
  /** A word of [a-z0-9-]: it is part of the phone's address. */
  name: string
  shownName: string
  password: string
  /** What the wallet held at the opening of the books. */
  openingMinor: bigint
  /** Up to here no password is asked. Source: reference/protocols.md §2.4. */
  freeUpToMinor: bigint
  /** False: the account is closed, and money cannot be returned to it. */
  takesRefunds: boolean
}

export type Accounts = {
  authority: Authority
  platform: Platform
  merchants: Merchant[]
  payers: Payer[]
}

/** A merchant as a test may give it; what is left out is made. */
export type GivenMerchant = Partial<Omit<Merchant, 'certificatePem'>>

// The public key in its certificate is what a client needs; all of it is sandbox money.
const DEMO_PASSWORD = '123456'
const FREE_UP_TO_MINOR = 100_000n

const demoPayers: Payer[] = [
  demoPayer('wang', '王小明', 1_000_000n),
  demoPayer('li', '李芳', 500_000n),
  demoPayer('zhao', '赵没钱', 100n),
]

function demoPayer(name: string, shownName: string, openingMinor: bigint): Payer {
  return {
    name,
    shownName,
    password: DEMO_PASSWORD,
    openingMinor,
    freeUpToMinor: FREE_UP_TO_MINOR,
    takesRefunds: true,
  }
}

/**
 * The accounts of the journal, or new ones: one merchant (or those given), three payers, and the
 * keys and certificates that all of them need.
 */
export async function openAccounts(
  table: Table<Accounts>,
  options: { merchants?: GivenMerchant[]; payers?: Payer[] },
): Promise<Accounts> {
  const known = table.get('accounts')
  if (known) return known
  const from = validFrom()
  const authority = makeAuthority('WeChat Pay sandbox authority', from)
  const [platform, ...merchants] = await Promise.all([
    makePlatform(authority, from),
    ...(options.merchants ?? [{}]).map((given) => makeMerchant(authority, from, given)),
  ])
  const accounts = { authority, platform, merchants, payers: options.payers ?? demoPayers }
  table.put('accounts', accounts)
  return accounts
}

/** Since when certificates are valid: by the machine's clock, as TLS reads them; with a day's grace. */
export const validFrom = (): Date => new Date(systemClock().getTime() - 86_400_000)

async function makePlatform(authority: Authority, from: Date): Promise<Platform> {
  const pair = await makeRsaKeyPair()
  const name = 'Tenpay.com sign (sandbox)'
  const issued = certify(authority, { name, publicKeyPem: pair.publicKeyPem, from })
  const publicKeyId = `PUB_KEY_ID_${randomBytes(14).toString('hex').toUpperCase()}`
  return { ...pair, ...issued, publicKeyId }
}

async function makeMerchant(
  authority: Authority,
  from: Date,
  given: GivenMerchant,
): Promise<Merchant> {
  const { privateKeyPem, publicKeyPem } = given
  const pair: RsaKeyPair =
    privateKeyPem !== undefined && publicKeyPem !== undefined
      ? { privateKeyPem, publicKeyPem }
      : await makeRsaKeyPair()
  const mchid = given.mchid ?? '1900000109'
  const certificate = certify(authority, {
    name: mchid,
    publicKeyPem: pair.publicKeyPem,
    from,
    ...(given.serial !== undefined && { serial: given.serial }),
  })
  return {
    mchid,
    name: given.name ?? '演示商店',
    appids: given.appids ?? ['wx8888888888888888'],
    apiKeyV2: given.apiKeyV2 ?? randomBytes(16).toString('hex'),
    apiKeyV3: given.apiKeyV3 ?? randomBytes(16).toString('hex'),
    feeBps: given.feeBps ?? 60n,
    ...pair,
    ...certificate,
  }
}

/** The template (模板) under which contracts with every merchant here are signed. */
export const PLAN_ID = '12535'

/** With what a merchant's web page asks who its payer is. Source: 微信网页授权, appsecret. */
export function appSecretOf({ apiKeyV2 }: Merchant, appid: string): string {
  return createHmac('sha256', apiKeyV2).update(`secret of ${appid}`).digest('hex').slice(0, 32)
}

/** How a payer is known to one app: 28 characters, always the same. */
export function openidOf(appid: string, payerName: string): string {
  const digest = createHash('sha256').update(`${appid} ${payerName}`).digest('base64url')
  return `oUpF8${digest.replace(/[-_]/g, '0').slice(0, 23)}`
}
