import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, onTestFinished } from 'vitest'

import { openIo, type OpenIo } from '../../app/io.ts'
import { buildServer } from '../../app/server.ts'
import type { App } from '../../app/http/http.ts'
import {
  changeChannelAccount,
  createChannelAccount,
  type Channel,
} from '../../modules/channel/channel.ts'
import { openInterbank, type InterbankAccount } from '../../modules/channel/interbank/interbank.ts'
import {
  balanceMinor,
  bankCash,
  clearing,
  post,
  readAccounts,
  readBalances,
  walletBalance,
} from '../../modules/ledger/ledger.ts'
import { manualClock } from '../../modules/lib/clock.ts'
import { newId } from '../../modules/lib/ids.ts'
import { createInstitution, issueCredential } from '../../modules/party/party.ts'
import { parse, type PaymentCode } from '../../modules/paycode/paycode.ts'
import {
  changeMandate,
  issueCode,
  putPeer,
  signUp,
  type MandateChange,
} from '../../modules/wallet/wallet.ts'
import { asDevice } from './device.ts'
import { institutionId, openShop, PASSWORD, PIN, type Shop, type TestPayer } from './shop.ts'

export const cityId = 'ins_city'
export const cityRoad = 'cha_0000000000000000000000000d'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** An Ed25519 pair as PEM. */
export function newPair(): { privateKey: string; publicKey: string } {
  const pair = generateKeyPairSync('ed25519')
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

export type BanksOptions = { balanceMinor?: bigint; mandate?: MandateChange }

/**
 * A shop of one institution, and another institution with a payer, each behind a process of its own:
 * the second has its own connections and its own HTTP server. Time is the test's.
 */
export async function openBanks(options: BanksOptions = {}) {
  const clock = manualClock(new Date('2026-11-23T02:00:00Z'))
  const shop = await openShop({ now: clock })
  const { io } = shop
  await io.db.transaction((tx) =>
    createInstitution(
      tx,
      {
        ...{ id: cityId, name: '城市银行', nameEn: 'City Bank', currency: 'CNY' },
        ...{ timeZone: 'Asia/Shanghai', codePrefix: '82', houseMerchantId: newId('mch') },
      },
      clock(),
    ),
  )
  const [acquirer, issuer] = [newPair(), newPair()]
  await io.db.transaction((tx) =>
    putPeer(
      tx,
      {
        ...{ institutionId: cityId, id: institutionId, name: '测试支付' },
        ...{ publicKey: acquirer.publicKey, privateKey: issuer.privateKey },
      },
      { masterKey: io.masterKey, actor: 'command:test', trailId: newId('trl'), now: clock() },
    ),
  )
  const { pepper, aliasKey, masterKey } = io
  const keys = { pepper, aliasKey, masterKey }
  const cityIo = await openIo({ databaseUrl: shop.databaseUrl, keys, log: quiet, now: clock })
  const server = await buildServer(cityIo, {
    ...{ publicUrl: 'http://city.test', webRoot: '/nowhere', demo: null },
  })
  const baseUrl = await server.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    await server.close()
    await cityIo.close()
  })
  const settings = { baseUrl, issuerInstitutionId: cityId, acquirerInstitutionId: institutionId }
  const roadKeys = { privateKey: acquirer.privateKey, peerPublicKey: issuer.publicKey }
  const account: InterbankAccount = { ...settings, ...roadKeys }
  await openRoad(shop, { settings, keys: roadKeys })
  const payer = await openPayer(cityIo, options)
  const bank = { ...shop, clock, cityIo, server, baseUrl, account, payer, acquirer, issuer }

  return {
    ...bank,
    /** The channel itself, with a network that a test may break. */
    channel: (fetch: typeof globalThis.fetch = globalThis.fetch): Channel =>
      openInterbank(account, { clock, fetch }),
    /** A fresh code of the city's payer, as its digits. */
    cityCode: (lifeSeconds?: number) => codeOf(cityIo, payer.id, lifeSeconds),
    /** The same as the acquirer's till reads it. */
    async readCode(): Promise<PaymentCode> {
      return readDigits(cityIo, await codeOf(cityIo, payer.id))
    },
    call: caller(server),
    cityBalances: () => balancesOf(cityIo, cityId),
    /** Fails unless what the city owes the shop's institution is what that one is owed. */
    expectMirror: () => expectMirror(io),
  }
}

export type Banks = Awaited<ReturnType<typeof openBanks>>

/**
 * Puts a line between the two that a test may break: what is asked comes through, and the next answer
 * about the path is lost.
 */
export async function openLine({
  io,
  clock,
  account,
}: Banks): Promise<{ loses(path: string): void }> {
  const lost = new Set<string>()
  const line = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => void carry(Buffer.concat(parts)))
    async function carry(body: Buffer): Promise<void> {
      const path = request.url ?? ''
      const { host: _host, connection: _connection, ...headers } = request.headers
      const answer = await fetch(new URL(path, account.baseUrl), {
        method: request.method ?? 'GET',
        headers: headers as Record<string, string>,
        ...(body.length > 0 && { body: body.toString('utf8') }),
      })
      const text = await answer.text()
      if (lost.delete(path)) return void response.destroy()
      const {
        connection: _hop,
        'content-length': _length,
        ...told
      } = Object.fromEntries(answer.headers.entries())
      response.writeHead(answer.status, told).end(text)
    }
  })
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    line.closeAllConnections()
    await new Promise((resolve) => line.close(resolve))
  })
  const baseUrl = `http://127.0.0.1:${(line.address() as AddressInfo).port}`
  await io.db.transaction((tx) =>
    changeChannelAccount(
      tx,
      { institutionId, id: cityRoad },
      { settings: { baseUrl } },
      { masterKey: io.masterKey, now: clock() },
    ),
  )
  await io.refreshChannels()
  return { loses: (path) => void lost.add(path) }
}

/** Digits as the till of any institution reads them. */
export function readDigits(io: OpenIo, digits: string): PaymentCode {
  const { ok } = parse(digits, io.issuers())
  if (!ok) throw new Error('these are no digits of a known issuer')
  return ok
}

const codeOf = async (io: OpenIo, payerId: string, lifeSeconds?: number): Promise<string> =>
  (await issueCode(io, { institutionId: cityId, payerId }, lifeSeconds)).code.reveal()

type RoadOf = { settings: Record<string, unknown>; keys: Record<string, unknown> }

async function openRoad({ io }: Shop, { settings, keys }: RoadOf): Promise<void> {
  await io.db.transaction((tx) =>
    createChannelAccount(
      tx,
      {
        ...{ institutionId, id: cityRoad, channel: 'interbank', scheme: 'onetill' },
        ...{ name: '城市银行', acquirer: null, settlement: 'pooled', merchantId: null },
        ...{ costBps: 10, concurrency: 32, settings, keys },
      },
      { masterKey: io.masterKey, now: io.now() },
    ),
  )
  await io.refreshChannels()
  // A process holds a copy of the issuers, at most 2 s old.
  const isKnown = () => io.issuers().findByDigits('820000000000000000') !== undefined
  await expect.poll(isKnown, { timeout: 5_000 }).toBe(true)
}

async function openPayer(
  io: OpenIo,
  { balanceMinor: amountMinor = 100_000n, mandate }: BanksOptions,
): Promise<TestPayer> {
  const who = { login: 'hejing', name: '何静', password: PASSWORD, pin: PIN }
  const { id } = await signUp(io, { institutionId: cityId, ...who })
  const now = io.now()
  const token = await io.db.transaction(async (tx) => {
    await post(tx, cityId, [
      {
        ...{ subjectId: id, leg: 1, kind: 'opening_balance', currency: 'CNY', eventAt: now },
        ...{ debitAccountId: bankCash, creditAccountId: walletBalance(id), amountMinor },
      },
    ])
    if (mandate)
      await changeMandate(
        tx,
        { institutionId: cityId, payerId: id, ...mandate },
        { actor: `payer:${id}`, trailId: newId('trl'), now },
      )
    return issueCredential(tx, { institutionId: cityId, kind: 'payer', subjectId: id, now })
  })
  return { id, name: who.name, login: who.login, token }
}

function caller(server: App) {
  return async (method: 'GET' | 'POST', url: string, token: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() }
    const asked = { method, url, token, payload: body, headers, nowMs: Date.now() }
    const answer = await server.inject({ method, url, ...asDevice(asked) })
    return { status: answer.statusCode, body: answer.json() }
  }
}

async function balancesOf(io: OpenIo, id: string): Promise<Record<string, bigint>> {
  const accounts = await readAccounts(io.db, id, { limit: 1000 })
  const named = accounts.map((one) => [one.id, balanceMinor(one)] as const)
  return Object.fromEntries(named.filter(([, minor]) => minor !== 0n))
}

async function expectMirror(io: OpenIo): Promise<void> {
  const owedMinor = async (at: string, other: string) => {
    const account = (await readBalances(io.db, at, [clearing(other)])).get(clearing(other))
    return account ? account.creditsPostedMinor - account.debitsPostedMinor : 0n
  }
  expect(await owedMinor(cityId, institutionId)).toBe(-(await owedMinor(institutionId, cityId)))
}
