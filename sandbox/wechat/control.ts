import { controlApi, fieldsOf, refuseControl } from '../counterpart/control.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { json } from '../counterpart/http.ts'
import type { Accounts, Payer } from './accounts.ts'
import { appSecretOf, openidOf, PLAN_ID } from './accounts.ts'
import type { House } from './house.ts'
import { accountOfPayer, outside } from './house.ts'
import { ownBooks } from './own-books.ts'

/** Everything a client must be set up with: the merchants' side, and WeChat's public half. */
export function showAccounts(house: House): Record<string, unknown> {
  const { authority, platform, merchants, payers } = house.accounts
  return {
    authority_certificate: authority.certificatePem,
    platform: {
      serial: platform.serial,
      certificate: platform.certificatePem,
      public_key: platform.publicKeyPem,
      public_key_id: platform.publicKeyId,
    },
    merchants: merchants.map((merchant) => ({
      mchid: merchant.mchid,
      name: merchant.name,
      appids: merchant.appids,
      app_secrets: Object.fromEntries(
        merchant.appids.map((appid) => [appid, appSecretOf(merchant, appid)]),
      ),
      plan_id: PLAN_ID,
      api_key_v2: merchant.apiKeyV2,
      api_key_v3: merchant.apiKeyV3,
      serial: merchant.serial,
      private_key: merchant.privateKeyPem,
      certificate: merchant.certificatePem,
      fee_bps: Number(merchant.feeBps),
    })),
    payers: payers.map(({ name, shownName, password }) => ({
      name,
      shown_name: shownName,
      password,
      phone: `/phone/${name}`,
      openids: Object.fromEntries(
        merchants.flatMap(({ appids }) => appids.map((appid) => [appid, openidOf(appid, name)])),
      ),
    })),
  }
}

/** The control API of this counterpart. */
export function wechatControl(
  house: House,
  parts: { notices: () => unknown; keep: (accounts: Accounts) => void },
): (call: Call) => Promise<Answer> | undefined {
  return controlApi({
    clock: house.clock,
    faults: house.faults,
    codes: house.codes,
    books: () => ownBooks(house),
    notices: parts.notices,
    accounts: () => showAccounts(house),
    routes: {
      'POST /control/payers': ({ text }) => {
        const payer = putPayer(house, fieldsOf(JSON.parse(text)))
        parts.keep(house.accounts)
        return json(200, { name: payer.name, shown_name: payer.shownName })
      },
    },
  })
}

/** Makes a payer, or changes one. `balance` is what a new payer begins with. */
function putPayer(house: House, fields: Record<string, unknown>): Payer {
  const { name, shown_name: shownName, password, balance, free_up_to: freeUpTo } = fields
  const { takes_refunds: takesRefunds } = fields
  if (typeof name !== 'string' || !/^[a-z0-9-]{1,32}$/.test(name)) {
    refuseControl('name is a word of a-z, 0-9 and -')
  }
  const known = house.accounts.payers.find((payer) => payer.name === name)
  const payer: Payer = {
    name,
    shownName: typeof shownName === 'string' ? shownName : (known?.shownName ?? name),
    password: typeof password === 'string' ? password : (known?.password ?? '123456'),
    openingMinor: known?.openingMinor ?? wholeOf(balance, 'balance', 0n),
    freeUpToMinor: wholeOf(freeUpTo, 'free_up_to', known?.freeUpToMinor ?? 100_000n),
    takesRefunds: typeof takesRefunds === 'boolean' ? takesRefunds : (known?.takesRefunds ?? true),
  }
  const others = house.accounts.payers.filter((other) => other.name !== name)
  house.accounts.payers = [...others, payer]
  if (!known) openPayer(house, payer)
  return payer
}

function wholeOf(value: unknown, name: string, otherwiseMinor: bigint): bigint {
  if (value === undefined) return otherwiseMinor
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
  return isWhole ? BigInt(value) : refuseControl(`${name} is a whole number of fen`)
}

/** Puts a payer's first money into the books. */
export function openPayer(house: House, { name, openingMinor }: Payer): void {
  if (openingMinor === 0n) return
  house.books.move({
    at: house.clock.now(),
    kind: 'opening',
    subject: name,
    from: outside,
    to: accountOfPayer(name),
    amountMinor: openingMinor,
  })
}
