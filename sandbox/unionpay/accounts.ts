import type { RsaKeyPair } from '../counterpart/certificate.ts'
import { randomDigits } from '../counterpart/codes.ts'
import type { House, Merchant, Payer } from './house.ts'
import { card, OUTSIDE } from './house.ts'

// Who is at UnionPay here: merchants and payers with a card each. Numbers are made up.

const FIRST_MERCHANT = 777290000000001n

/** What is left out is made; a key pair only when no other is given. */
export type NewMerchant = {
  merId?: string
  name: string
  mcc?: string
  feeBps?: bigint
  keys?: RsaKeyPair
}

export type NewPayer = {
  login: string
  name: string
  balanceMinor: bigint
  cardNo?: string
  cardType?: Payer['cardType']
  password?: string
  noPasswordMinor?: bigint
  perDayMinor?: bigint
  state?: Payer['state']
}

/** The shop of the demo. */
export const demoMerchants: readonly NewMerchant[] = [{ name: 'OneTill 演示商户' }]

/** The payers of the demo. The card numbers are of tests and belong to nobody. */
export const demoPayers: readonly NewPayer[] = [
  { login: 'zhou', name: '周敏', balanceMinor: 1_000_000n, cardNo: '6216261000000000018' },
  {
    login: 'wu',
    name: '吴强',
    balanceMinor: 300_000n,
    cardNo: '6221558812340000',
    cardType: '02',
    noPasswordMinor: 10_000n,
  },
  { login: 'qian', name: '钱少', balanceMinor: 500n, cardNo: '6216261000000000026' },
]

/** Adds a merchant with a certificate of its own, unless it is there. */
export async function addMerchant(house: House, given: NewMerchant): Promise<Merchant> {
  const { name, mcc = '5311', feeBps = 38n } = given
  const merId = given.merId ?? String(FIRST_MERCHANT + BigInt(house.merchants.size))
  const known = house.merchants.get(merId)
  if (known) return known
  await house.keys.addMerchant(merId, given.keys)
  const merchant: Merchant = { merId, name, mcc, feeBps }
  house.merchants.put(merId, merchant)
  return merchant
}

/** Adds a payer with money, or changes the one who is there (whose money stays as it is). */
export function putPayer(house: House, wanted: NewPayer): Payer {
  const known = house.payers.get(wanted.login)
  const payer: Payer = {
    login: wanted.login,
    name: wanted.name,
    cardNo: wanted.cardNo ?? known?.cardNo ?? `621626${randomDigits(13)}`,
    cardType: wanted.cardType ?? known?.cardType ?? '01',
    password: wanted.password ?? known?.password ?? '123456',
    noPasswordMinor: wanted.noPasswordMinor ?? known?.noPasswordMinor ?? 100_000n,
    perDayMinor: wanted.perDayMinor ?? known?.perDayMinor ?? 10_000_000n,
    state: wanted.state ?? known?.state ?? 'active',
  }
  house.payers.put(payer.login, payer)
  if (!known) putIn(house, payer.login, wanted.balanceMinor)
  return payer
}

/** Money comes to a payer's card from outside. */
export function putIn(house: House, login: string, amountMinor: bigint): void {
  if (amountMinor === 0n) return
  const at = house.clock.now()
  const to = card(login)
  house.books.move({ at, kind: 'top_up', subject: login, from: OUTSIDE, to, amountMinor })
}

/** What a client must be set up with, and who can pay. */
export function showAccounts(house: House) {
  const api = `${house.url()}/gateway/api`
  return {
    back_trans_url: `${api}/backTransReq.do`,
    query_url: `${api}/queryTrans.do`,
    front_trans_url: `${api}/frontTransReq.do`,
    app_trans_url: `${api}/appTransReq.do`,
    root_certificate: house.keys.root.certificatePem,
    sign_certificate: house.keys.unionpay.certificatePem,
    merchants: house.merchants.all().map(({ merId, name, mcc, feeBps }) => {
      const { certId, privateKeyPem, certificatePem } = house.keys.ofMerchant(merId)
      return {
        mer_id: merId,
        name,
        mcc,
        fee_bps: feeBps,
        cert_id: certId,
        private_key: privateKeyPem,
        certificate: certificatePem,
      }
    }),
    payers: house.payers.all().map((payer) => ({
      name: payer.login,
      shown_name: payer.name,
      card_last4: payer.cardNo.slice(-4),
      password: payer.password,
      balance: house.books.balanceMinor(card(payer.login)),
      phone: `/phone/${payer.login}`,
    })),
  }
}
