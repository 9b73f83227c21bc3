import { expect, onTestFinished } from 'vitest'

import { openIo, type OpenIo } from '../../app/io.ts'
import { keysOf, newRoot } from '../../app/keys.ts'
import { newConsumers } from '../../app/loops/consumers.ts'
import { insertRuleVersion, type AllocationLine } from '../../modules/allocation/allocation.ts'
import { audit } from '../../modules/audit/audit.ts'
import {
  balanceMinor,
  bankCash,
  post,
  readAccounts,
  walletBalance,
} from '../../modules/ledger/ledger.ts'
import { systemClock, type Clock } from '../../modules/lib/clock.ts'
import { newId } from '../../modules/lib/ids.ts'
import {
  createInstitution,
  createMerchant,
  createParty,
  createStore,
  issueCredential,
} from '../../modules/party/party.ts'
import { pay, type Paid, type PayRequest } from '../../modules/payment/payment.ts'
import {
  activate,
  changePermissions,
  createTerminal,
  newActivationCode,
  type PermissionTerms,
  type Scope,
} from '../../modules/terminal/terminal.ts'
import {
  changeMandate,
  issueCode,
  signUp,
  type MandateChange,
} from '../../modules/wallet/wallet.ts'
import { freshDatabase } from '../database.ts'
import { newDevice, remember } from './device.ts'

export const institutionId = 'ins_test'
export const PIN = '135790'
export const PASSWORD = 'correct horse'

export type ShopOptions = {
  terminals?: number
  payers?: number
  /** Each payer's stored balance at the start, in minor units. */
  balanceMinor?: bigint
  lines?: readonly AllocationLine[]
  mandate?: MandateChange
  now?: Clock
}

export type TestPayer = { id: string; name: string; login: string; token: string }

/** What a test says of a payment; the rest is the first terminal's and a fresh order number's. */
export type Wanted = Partial<PayRequest> & { code: string }

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** The fee of 0.38 % with a fen at least, and a tenth of a percent to the agent. */
export const usualLines = (agentId: string): AllocationLine[] => [
  { role: 'fee', partyId: null, bps: 38, base: 'gross', minimumMinor: 1n, capMinor: null },
  { role: 'agent', partyId: agentId, bps: 10, base: 'gross', minimumMinor: 0n, capMinor: null },
]

/**
 * Opens a shop on a database of its own: an institution, an agent, a merchant with a rule and a
 * store, activated terminals, and payers with money. It closes itself when the test ends.
 */
export async function openShop(options: ShopOptions = {}) {
  const database = await freshDatabase()
  const now = options.now ?? systemClock
  const keys = keysOf(newRoot())
  const open = () => openIo({ databaseUrl: database.url, keys, log: quiet, now })
  // A process holds a copy of the issuers; the one that takes payments starts after they are there.
  const first = await open()
  const ids = await openMerchant(first, options)
  await first.close()
  const io = await open()
  onTestFinished(async () => {
    await io.close()
    await database.drop()
  })
  const terminals = await openTerminals(io, ids, options.terminals ?? 1)
  const payers: TestPayer[] = []
  for (let number = 1; number <= (options.payers ?? 1); number++)
    payers.push(await openPayer(io, number, options))
  let orders = 0

  return {
    io,
    databaseUrl: database.url,
    ...ids,
    terminals,
    payers,
    terminal: terminals[0] as TestTerminal,
    payer: payers[0] as TestPayer,

    /** A fresh code's digits, as a scanner would type them. */
    async code(payer: TestPayer = payers[0] as TestPayer, lifeSeconds?: number): Promise<string> {
      const wish = { institutionId, payerId: payer.id }
      return (await issueCode(io, wish, lifeSeconds)).code.reveal()
    },

    /** Takes a payment at the first terminal. */
    pay(wanted: Wanted): Promise<Paid> {
      const { code, ...rest } = wanted
      const orderNo = rest.orderNo ?? `order-${++orders}`
      return pay(io, {
        ...{ institutionId, merchantId: ids.merchantId, storeId: ids.storeId },
        ...{ terminalId: (terminals[0] as TestTerminal).id, initiatorPartyId: null },
        ...{ idempotencyKey: `key-${orderNo}`, orderNo, saleNo: null, scannedCode: code },
        ...{ amountMinor: 1_000n, currency: 'CNY' as const, goods: [], position: null },
        ...rest,
      })
    },

    /** Says what a terminal may do: the first one, when none is named. */
    async permit(
      change: Partial<PermissionTerms>,
      { scope = 'terminal', id = terminals[0]?.id ?? '' }: { scope?: Scope; id?: string } = {},
    ): Promise<void> {
      const subjects = [{ subjectId: id, merchantId: ids.merchantId, trailId: newId('trl') }]
      const wish = { scope, subjects, change, reason: null }
      const act = { actor: 'test', now: io.now() }
      await io.db.transaction((tx) => changePermissions(tx, institutionId, wish, act))
    },

    /** The balances that are not nothing, by account, on each account's own side. */
    async balances(): Promise<Record<string, bigint>> {
      const accounts = await readAccounts(io.db, institutionId, { limit: 1000 })
      const named = accounts.map((one) => [one.id, balanceMinor(one)] as const)
      return Object.fromEntries(named.filter(([, minor]) => minor !== 0n))
    },

    /** Delivers what is due in the outbox, until nothing is. */
    async deliver(): Promise<void> {
      const consume = newConsumers(io, institutionId)
      while ((await consume()) > 0);
    },

    /** Fails the test when any invariant of the books does not hold. */
    async audit(): Promise<void> {
      const { findings } = await audit(database.url, { now: now() })
      expect(findings).toEqual([])
    },
  }
}

export type Shop = Awaited<ReturnType<typeof openShop>>
export type TestTerminal = { id: string; token: string }

async function openMerchant(io: OpenIo, { lines }: ShopOptions) {
  const now = io.now()
  const merchantId = newId('mch')
  const storeId = newId('str')
  const agentId = newId('pty')
  const platformId = newId('pty')
  const merchantToken = await io.db.transaction(async (tx) => {
    await createInstitution(
      tx,
      {
        ...{ id: institutionId, name: '测试支付', nameEn: 'Test Pay', currency: 'CNY' },
        ...{ timeZone: 'Asia/Shanghai', codePrefix: '80', houseMerchantId: newId('mch') },
      },
      now,
    )
    await createParty(tx, { institutionId, id: agentId, kind: 'agent', name: '代理' }, now)
    await createParty(tx, { institutionId, id: platformId, kind: 'platform', name: '平台' }, now)
    const merchant = { institutionId, id: merchantId, name: '晨光便利店', category: '5411' }
    await createMerchant(tx, { ...merchant, agentId, platformId }, now)
    await createStore(
      tx,
      { institutionId, id: storeId, merchantId, name: '一号店', kind: 'small_store' },
      now,
    )
    await insertRuleVersion(tx, institutionId, {
      ...{ merchantId, effectiveAt: now, createdBy: 'test', createdAt: now, currency: 'CNY' },
      lines: [...(lines ?? usualLines(agentId))],
    })
    const key = { institutionId, kind: 'merchant_key', subjectId: merchantId, now } as const
    return issueCredential(tx, key)
  })
  return { merchantId, storeId, agentId, platformId, merchantToken }
}

async function openTerminals(
  io: OpenIo,
  { merchantId, storeId }: { merchantId: string; storeId: string },
  count: number,
): Promise<TestTerminal[]> {
  const terminals: TestTerminal[] = []
  for (let number = 1; number <= count; number++) {
    const id = newId('trm')
    const code = newActivationCode(institutionId)
    const expiresAt = new Date(io.now().getTime() + 60_000)
    const terminal = { institutionId, id, merchantId, storeId, name: `${number} 号机` }
    await io.db.transaction((tx) =>
      createTerminal(tx, terminal, { code, pepper: io.pepper, expiresAt }, io.now()),
    )
    const { privateKey, publicKey } = newDevice()
    const { token } = await activate(io, code, publicKey)
    remember(token, { keyId: id, privateKey })
    terminals.push({ id, token })
  }
  return terminals
}

async function openPayer(
  io: OpenIo,
  number: number,
  { balanceMinor: amountMinor = 100_000n, mandate }: ShopOptions,
): Promise<TestPayer> {
  const login = `payer${number}`
  const name = `付款人${number}`
  const { id } = await signUp(io, { institutionId, login, name, password: PASSWORD, pin: PIN })
  const now = io.now()
  const token = await io.db.transaction(async (tx) => {
    if (amountMinor > 0n)
      await post(tx, institutionId, [
        {
          ...{ subjectId: id, leg: 1, kind: 'opening_balance', currency: 'CNY', eventAt: now },
          ...{ debitAccountId: bankCash, creditAccountId: walletBalance(id), amountMinor },
        },
      ])
    if (mandate)
      await changeMandate(
        tx,
        { institutionId, payerId: id, ...mandate },
        { actor: `payer:${id}`, trailId: newId('trl'), now },
      )
    return issueCredential(tx, { institutionId, kind: 'payer', subjectId: id, now })
  })
  return { id, name, login, token }
}
