import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { alipayTerms, unionpayTerms, wechatTerms } from '../../app/demo/counterparts.ts'
import { noticeUrlOf } from '../../app/demo/channels.ts'
import { openPayer } from '../../app/demo/payers.ts'
import {
  changeChannelAccount,
  createChannelAccount,
  type NewChannelAccount,
  type Schedule,
} from '../../modules/channel/channel.ts'
import { newId } from '../../modules/lib/ids.ts'
import { createInstitution, issueCredential } from '../../modules/party/party.ts'
import { changeMandate, grantLevel, putPeer } from '../../modules/wallet/wallet.ts'
import { idOf, institutionId, openWorld, type World } from '../../bench/world.ts'
import { openBadLine, type BadLine } from './bad-line.ts'
import { cityWallets, phonesNeeded } from './fault-plan.ts'
import { schemes, startSandboxProcess, type SandboxProcess } from './sandbox.ts'
import { startServer, type Server } from './server.ts'

/** The other institution, whose wallets pay here too. */
export const cityId = 'ins_city'

export const accountIds = {
  wechatV2: idOf('cha', 1),
  wechatV3: idOf('cha', 2),
  alipay: idOf('cha', 3),
  unionpay: idOf('cha', 4),
  interbank: idOf('cha', 5),
}

export type FaultWorld = {
  world: World
  sandbox: SandboxProcess
  server: Server
  journalFile: string
  /** The payers of the other institution, by the name of their wallet. */
  cityPayers: ReadonlyMap<string, CityPayer>
  /** Between the two institutions. */
  line: BadLine
  setState(accountId: string, state: 'active' | 'paused'): Promise<void>
  close(): Promise<void>
}

export type CityPayer = { id: string; token: string }

/**
 * OneTill as an operator runs it (a server of its own, PostgreSQL with full durability), the
 * counterparts in a process of theirs, and an account at each: WeChat in both versions.
 */
export async function openFaultWorld(options: {
  seed: string
  /** Everything that waits, waits so many times shorter than published. */
  hasten: number
}): Promise<FaultWorld> {
  const root = randomBytes(32).toString('base64')
  const folder = mkdtempSync(join(tmpdir(), 'onetill-faults-'))
  const [world, sandbox, port] = await Promise.all([
    openWorld({ payers: 200, merchants: 24 }, { root }),
    startSandboxProcess({ seed: options.seed }),
    freePort(),
  ])
  await preparePhones(sandbox)
  const ownUrl = `http://127.0.0.1:${port}`
  const line = await openBadLine(options, ownUrl)
  const cityPayers = await openCity(world, line.url, options.hasten)
  await openAccounts(world, sandbox, { ...options, ownUrl })
  const server = await startServer({ port, databaseUrl: world.server.url, root })
  const sealing = () => ({ masterKey: world.io.masterKey, now: world.io.now() })
  return {
    ...{ world, sandbox, server, line, cityPayers, journalFile: join(folder, 'journal') },
    async setState(id, state) {
      await world.io.db.transaction((tx) =>
        changeChannelAccount(tx, { institutionId, id }, { state }, sealing()),
      )
    },
    async close() {
      await server.stop()
      await Promise.all([sandbox.close(), line.close()])
      await world.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

async function preparePhones(sandbox: SandboxProcess): Promise<void> {
  for (const scheme of schemes) {
    await sandbox[scheme].drawByAmount()
    for (const phone of phonesNeeded()) await sandbox[scheme].putPayer(phone)
  }
}

type Setting = { hasten: number; ownUrl: string }

async function openAccounts(
  { io }: World,
  { wechat, alipay, unionpay }: SandboxProcess,
  { hasten, ownUrl }: Setting,
): Promise<void> {
  const at = (accountId: string, { url, tlsUrl }: { url: string; tlsUrl: string | undefined }) => ({
    ...{ url, tlsUrl, noticeUrl: noticeUrlOf(ownUrl, { institutionId, id: accountId }) },
  })
  const usual = { institutionId, acquirer: null, merchantId: null, costBps: 38, concurrency: 64 }
  const { wechatV2, wechatV3 } = accountIds
  const accounts: NewChannelAccount[] = [
    {
      ...{ ...usual, id: wechatV2, channel: 'wechat', scheme: 'wechat', name: 'V2' },
      ...{ settlement: 'direct', ...(await wechatTerms(at(wechatV2, wechat), 'v2')) },
    },
    {
      ...{ ...usual, id: wechatV3, channel: 'wechat', scheme: 'wechat', name: 'V3' },
      ...{ settlement: 'pooled', state: 'paused' },
      ...(await wechatTerms(at(wechatV3, wechat), 'v3')),
    },
    {
      ...{ ...usual, id: accountIds.alipay, channel: 'alipay', scheme: 'alipay', name: 'Alipay' },
      ...{ settlement: 'direct', ...(await alipayTerms(at(accountIds.alipay, alipay))) },
    },
    {
      ...{ ...usual, id: accountIds.unionpay, channel: 'unionpay', scheme: 'unionpay' },
      ...{ name: 'UnionPay', settlement: 'pooled' },
      ...(await unionpayTerms(at(accountIds.unionpay, unionpay))),
    },
  ]
  const sealing = { masterKey: io.masterKey, now: io.now() }
  for (const account of accounts) {
    const settings = { ...account.settings, ...hurried(account.channel, hasten) }
    await io.db.transaction((tx) => createChannelAccount(tx, { ...account, settings }, sealing))
  }
}

/** The published schedules, shortened. A late success of the sandbox comes 5 s after its reversal. */
function hurried(channel: string, by: number): Record<string, unknown> {
  const ms = (published: number) => Math.max(100, Math.round(published / by))
  const follow = { reverseEveryMs: ms(5_000), followUpMs: [2_000, 8_000, 15_000, 20_000, 30_000] }
  const schedules: Record<string, Schedule> = {
    wechat: {
      ...{ queriesMs: [ms(5_000)], everyMs: ms(5_000), giveUpMs: ms(45_000) },
      ...{ reverseNotBeforeMs: ms(15_000), ...follow },
    },
    alipay: {
      ...{ queriesMs: [ms(5_000)], everyMs: ms(5_000), giveUpMs: ms(60_000) },
      ...{ reverseNotBeforeMs: 0, ...follow },
    },
    unionpay: {
      queriesMs: [1, 3, 7, 15, 31, 63].map((seconds) => ms(seconds * 1_000)),
      ...{ everyMs: ms(32_000), giveUpMs: ms(63_000), reverseNotBeforeMs: ms(7_000), ...follow },
    },
    interbank: {
      ...{ queriesMs: [ms(5_000)], everyMs: ms(5_000), giveUpMs: ms(60_000) },
      ...{ reverseNotBeforeMs: 0, ...follow },
    },
  }
  const notFoundAfterMs = ms(30_000)
  const timeouts: Record<string, object> = {
    wechat: { timeoutMs: 2_000 },
    alipay: { timeouts: { chargeMs: 2_000, otherMs: 2_000, notFoundAfterMs } },
    unionpay: { timeouts: { answerMs: 2_000, notFoundAfterMs } },
    interbank: { timeoutMs: 2_000 },
  }
  return { schedule: schedules[channel], ...timeouts[channel] }
}

/** Another institution in the same installation, with wallets, and the road from here to it. */
async function openCity(
  { io }: World,
  lineUrl: string,
  hasten: number,
): Promise<Map<string, CityPayer>> {
  const now = io.now()
  const named = { id: cityId, name: '城市银行', nameEn: 'City Bank' }
  const terms = { currency: 'CNY', timeZone: 'Asia/Shanghai', codePrefix: '82' } as const
  const house = { houseMerchantId: idOf('mch', 1) }
  const [acquirer, issuer] = [newKeys(), newKeys()]
  await io.db.transaction((tx) => createInstitution(tx, { ...named, ...terms, ...house }, now))
  await io.db.transaction(async (tx) => {
    const account: NewChannelAccount = {
      ...{ institutionId, id: accountIds.interbank, channel: 'interbank', scheme: 'onetill' },
      ...{ name: 'City', settlement: 'pooled', acquirer: null, merchantId: null },
      ...{ costBps: 20, concurrency: 64 },
      settings: {
        ...{ baseUrl: lineUrl, issuerInstitutionId: cityId, acquirerInstitutionId: institutionId },
        ...hurried('interbank', hasten),
      },
      keys: { privateKey: acquirer.privateKey, peerPublicKey: issuer.publicKey },
    }
    await createChannelAccount(tx, account, { masterKey: io.masterKey, now })
    const peer = { institutionId: cityId, id: institutionId, name: 'Bench' }
    const keys = { publicKey: acquirer.publicKey, privateKey: issuer.privateKey }
    await putPeer(
      tx,
      { ...peer, ...keys },
      { masterKey: io.masterKey, ...act('command:seed', now) },
    )
  })
  const payers = new Map<string, CityPayer>()
  for (const [at, habit] of cityWallets.entries())
    payers.set(`wallet-${at}`, await openWallet(io, at, habit !== 'quick'))
  return payers
}

const act = (actor: string, now: Date) => ({ actor, trailId: newId('trl', now.getTime()), now })

const PLENTY_MINOR = 100_000_000n

async function openWallet(io: World['io'], at: number, isAsked: boolean): Promise<CityPayer> {
  const person = { institutionId: cityId, login: `city${at}`, name: `City ${at}` }
  const { id } = await openPayer(io, person)
  const now = io.now()
  const limits = {
    ...{ perPaymentMinor: PLENTY_MINOR, perDayMinor: PLENTY_MINOR, perMonthMinor: PLENTY_MINOR },
    ...(isAsked && { noPinMinor: 0n }),
  }
  const token = await io.db.transaction(async (tx) => {
    const payer = { institutionId: cityId, payerId: id, level: 'A' } as const
    await grantLevel(tx, { ...payer, reason: 'agreed' }, act('command:seed', now))
    await changeMandate(tx, { ...payer, ...limits }, act(`payer:${id}`, now))
    return issueCredential(tx, { institutionId: cityId, kind: 'payer', subjectId: id, now })
  })
  return { id, token }
}

const newKeys = () =>
  generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
