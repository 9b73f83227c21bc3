import { assert } from '../../modules/lib/assert.ts'
import type { RsaKeyPair } from '../counterpart/certificate.ts'
import type { App, House, Payer } from './house.ts'
import { OUTSIDE, purse, till } from './house.ts'

// Who is at Alipay here: merchants' apps and payers. Numbers are made up, and in no real range.

const FIRST_APP = 2021990000000001n
const FIRST_SELLER = 2088990000000001n
const FIRST_PAYER = 2088880000000001n

/** What is left out is made; a key pair only when no other is given. */
export type NewApp = { appId?: string; name: string; feeBps?: bigint; keys?: RsaKeyPair }

export type NewPayer = {
  login: string
  name: string
  balanceMinor: bigint
  password?: string
  noPasswordMinor?: bigint
  perDayMinor?: bigint
}

/** The shop of the demo. */
export const demoApps: readonly NewApp[] = [{ name: 'OneTill 演示商户', feeBps: 38n }]

/** The payers of the demo: one has enough, one asks for the password early, one is nearly broke. */
export const demoPayers: readonly NewPayer[] = [
  { login: 'chen', name: '陈静', balanceMinor: 1_000_000n },
  { login: 'zhao', name: '赵磊', balanceMinor: 300_000n, noPasswordMinor: 10_000n },
  { login: 'sun', name: '孙丽', balanceMinor: 500n },
]

/** Adds an app with keys of its own, unless it is there. */
export async function addApp(house: House, given: NewApp): Promise<App> {
  const { appId, name, feeBps = 38n } = given
  const count = BigInt(house.apps.size)
  const id = appId ?? String(FIRST_APP + count)
  const known = house.apps.get(id)
  if (known) return known
  await house.keys.addApp(id, given.keys)
  const sellerId = String(FIRST_SELLER + count)
  const app: App = { appId: id, name, sellerId, sellerEmail: `shop${id}@sandbox.invalid`, feeBps }
  house.apps.put(id, app)
  return app
}

/** Adds a payer with money, or changes the one who is there (whose money stays as it is). */
export function putPayer(house: House, wanted: NewPayer & { state?: Payer['state'] }): Payer {
  const known = house.payers.get(wanted.login)
  const count = BigInt(house.payers.size)
  const payer: Payer = {
    login: wanted.login,
    name: wanted.name,
    userId: known?.userId ?? String(FIRST_PAYER + count),
    logonId: known?.logonId ?? `138******${String(count + 1n).padStart(2, '0')}`,
    password: wanted.password ?? known?.password ?? '123456',
    noPasswordMinor: wanted.noPasswordMinor ?? known?.noPasswordMinor ?? 100_000n,
    perDayMinor: wanted.perDayMinor ?? known?.perDayMinor ?? 10_000_000n,
    state: wanted.state ?? known?.state ?? 'active',
  }
  house.payers.put(payer.login, payer)
  if (!known) putIn(house, payer.login, wanted.balanceMinor)
  return payer
}

/** Money comes to a payer from outside. */
export function putIn(house: House, login: string, amountMinor: bigint): void {
  if (amountMinor === 0n) return
  const at = house.clock.now()
  const to = purse(login)
  house.books.move({ at, kind: 'top_up', subject: login, from: OUTSIDE, to, amountMinor })
}

/**
 * The merchant takes money away from its Alipay account.
 *
 * @throws AssertionError when there is less
 */
export function withdraw(house: House, appId: string, amountMinor: bigint): void {
  const from = till(appId)
  assert(house.books.balanceMinor(from) >= amountMinor, 'no more is withdrawn than is there')
  const at = house.clock.now()
  house.books.move({ at, kind: 'withdrawal', subject: appId, from, to: OUTSIDE, amountMinor })
}

/** What a client must be set up with, and who can pay. */
export function showAccounts(house: House) {
  const { publicKeyPem } = house.keys.alipay
  return {
    gateway: `${house.url()}/gateway.do`,
    apps: house.apps.all().map(({ appId, name, sellerId, feeBps }) => ({
      app_id: appId,
      name,
      seller_id: sellerId,
      fee_bps: feeBps,
      app_private_key: house.keys.ofApp(appId).privateKeyPem,
      app_public_key: house.keys.ofApp(appId).publicKeyPem,
      alipay_public_key: publicKeyPem,
    })),
    payers: house.payers.all().map((payer) => ({
      name: payer.login,
      shown_name: payer.name,
      user_id: payer.userId,
      logon_id: payer.logonId,
      password: payer.password,
      balance: house.books.balanceMinor(purse(payer.login)),
      phone: `/phone/${payer.login}`,
    })),
  }
}
