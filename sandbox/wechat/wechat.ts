import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

import { openBooks } from '../counterpart/books.ts'
import { certify, makeRsaKeyPair } from '../counterpart/certificate.ts'
import type { VirtualClock } from '../counterpart/clock.ts'
import { virtualClock } from '../counterpart/clock.ts'
import { codeMint, randomDigits } from '../counterpart/codes.ts'
import { faultBook } from '../counterpart/faults.ts'
import type { FaultBook } from '../counterpart/faults.ts'
import type { Answer, Call, RunningServer } from '../counterpart/http.ts'
import { json, startServer } from '../counterpart/http.ts'
import type { Delivery, Pending } from '../counterpart/notices.ts'
import { noticeLadder } from '../counterpart/notices.ts'
import type { Store } from '../counterpart/store.ts'
import { openStore } from '../counterpart/store.ts'
import type { Accounts, GivenMerchant, Payer } from './accounts.ts'
import { openAccounts, validFrom } from './accounts.ts'
import { giveUpLater } from './charge.ts'
import type { Contract } from './contract.ts'
import { openPayer, showAccounts, wechatControl } from './control.ts'
import type { House, Notice, Order, Refund } from './house.ts'
import { indexOrder } from './house.ts'
import { answerOauth } from './oauth.ts'
import type { OwnBooks } from './own-books.ts'
import { ownBooks } from './own-books.ts'
import { collectLater } from './papay.ts'
import { answerSigning } from './papay-calls.ts'
import { answerPhone } from './phones.ts'
import { finishRefund } from './refund.ts'
import { isTaken, ladderMs, noticeRequest } from './tell.ts'
import { answerV2 } from './v2.ts'
import { answerV3 } from './v3.ts'

/** One line of what happened, for a log. */
export type LogLine =
  | { kind: 'call'; method: string; path: string; status: number; cut: string | undefined }
  | ({ kind: 'notice' } & Delivery)
  | { kind: 'mistake'; path: string; error: unknown }

export type WechatOptions = {
  /** 0: any free one. */
  port: number
  host?: string
  /** A second port, with TLS, that asks for client certificates. 0: any free one. */
  tlsPort?: number
  /** Decides, with the order's number, which faults of a profile befall it. */
  seed: string
  clock?: VirtualClock
  /** The journal; without it everything is forgotten at the end. */
  dataFile?: string
  merchants?: GivenMerchant[]
  payers?: Payer[]
  magicAmounts?: boolean
  /** How long a payer may take for the password. Source: reference/protocols.md §2.4. */
  passwordLifeMs?: number
  /** How long a charge by contract is under way. */
  papayMs?: number
  /** How long a refund is under way. */
  refundMs?: number
  onLog?: (line: LogLine) => void
}

export type WechatControl = {
  clock: VirtualClock
  faults: FaultBook
  accounts: Accounts
  /** What `GET /control/accounts` answers. */
  setUp(): Record<string, unknown>
  books(): OwnBooks
  /** A new payment code on a payer's phone. */
  showCode(payer: string): string
  deliveries(): Delivery[]
  /** Waits until no notice is in the air. */
  idle(): Promise<void>
}

export type Wechat = {
  url: string
  tlsUrl: string | undefined
  control: WechatControl
  close(): Promise<void>
}

// Source: reference/protocols.md §1.1.
const CODE_LIFE_MS = 60_000
const PASSWORD_LIFE_MS = 45_000
const PAPAY_MS = 1_500
const REFUND_MS = 2_000

/** Starts WeChat Pay's counterpart. Rejects when a port is taken or the journal cannot be read. */
export async function startWechat(options: WechatOptions): Promise<Wechat> {
  const { host = '127.0.0.1', clock = virtualClock(), onLog } = options
  const store = openStore(options.dataFile)
  const opened = await openHouse(options, { store, clock })
  const { house, ladder } = opened
  const control = wechatControl(house, {
    notices: () => ({ pending: ladder.pending(), sent: ladder.sent() }),
    keep: opened.keep,
  })
  const respond = async (call: Call): Promise<Answer> => {
    const answer = await (control(call) ??
      answerV3(house, call) ??
      answerV2(house, call) ??
      answerSigning(house, call) ??
      answerOauth(house, call) ??
      answerPhone(house, call) ??
      json(404, { code: 'NOT_FOUND', message: 'no such path' }))
    const { method, path } = call
    onLog?.({ kind: 'call', method, path, status: answer.status, cut: answer.cut })
    return answer
  }
  const onError = (error: unknown, { path }: Call) => onLog?.({ kind: 'mistake', path, error })
  const server = await startServer({ host, port: options.port, respond, onError })
  opened.open(server.url)
  const tlsServer =
    options.tlsPort === undefined
      ? undefined
      : await startTls(house, { host, port: options.tlsPort, respond, onError })
  return {
    url: server.url,
    tlsUrl: tlsServer?.url,
    control: {
      clock,
      faults: house.faults,
      accounts: house.accounts,
      setUp: () => showAccounts(house),
      books: () => ownBooks(house),
      showCode: (payer) => house.codes.show(payer).code,
      deliveries: ladder.sent,
      idle: ladder.idle,
    },
    close: async () => {
      clock.stop()
      await Promise.all([server.close(), tlsServer?.close()])
      await ladder.idle()
      store.close()
    },
  }
}

type Opening = { store: Store; clock: VirtualClock }

async function openHouse(options: WechatOptions, { store, clock }: Opening) {
  const { magicAmounts = true, merchants, payers, onLog } = options
  const faults = faultBook({ seed: options.seed, magicAmounts })
  const accountTable = store.table<Accounts>('account')
  const isFirstStart = accountTable.size === 0
  const accounts = await openAccounts(accountTable, {
    ...(merchants && { merchants }),
    ...(payers && { payers }),
  })
  const ladder = noticeLadder<Notice>({
    clock,
    faults,
    table: store.table<Pending<Notice>>('notice'),
    waitsMs: ladderMs,
    request: (notice, _tried, isSpoiled) => noticeRequest(house, notice, isSpoiled),
    isAccepted: isTaken,
    onLog: (delivery) => onLog?.({ kind: 'notice', ...delivery }),
  })
  let url = ''
  const house: House = {
    clock,
    faults,
    accounts,
    books: openBooks(store.table('movement')),
    codes: codeMint({ clock, lifeMs: CODE_LIFE_MS, make: newCode }),
    orders: store.table<Order>('order'),
    refunds: store.table<Refund>('refund'),
    contracts: store.table<Contract>('contract'),
    signings: new Map(),
    logins: new Map(),
    tombstones: store.table('tombstone'),
    index: new Map(),
    passwordLifeMs: options.passwordLifeMs ?? PASSWORD_LIFE_MS,
    papayMs: options.papayMs ?? PAPAY_MS,
    refundMs: options.refundMs ?? REFUND_MS,
    url: () => url,
    post: ladder.post,
  }
  if (isFirstStart) accounts.payers.forEach((payer) => openPayer(house, payer))
  goOn(house)
  const open = (at: string) => {
    url = at
  }
  return { house, ladder, open, keep: (now: Accounts) => accountTable.put('accounts', now) }
}

// 10 to 15, and 16 digits.
const newCode = (): string => `1${randomInt(6)}${randomDigits(16)}`

/** After a restart: what was under way goes on. */
function goOn(house: House): void {
  const sinceMs = (at: string) => house.clock.nowMs() - new Date(at).getTime()
  for (const order of house.orders.all()) {
    indexOrder(house.index, order)
    if (order.state === 'ACCEPT' && order.confirmAnswersLeft === undefined) {
      collectLater(house, order, Math.max(house.papayMs - sinceMs(order.madeAt), 0))
    }
    if (order.state !== 'USERPAYING') continue
    giveUpLater(house, order, Math.max(house.passwordLifeMs - sinceMs(order.madeAt), 0))
  }
  for (const made of house.refunds.all()) {
    if (made.status !== 'PROCESSING') continue
    const waitMs = Math.max(house.refundMs - sinceMs(made.madeAt), 0)
    house.clock.after(waitMs, () => finishRefund(house, made))
  }
}

async function startTls(
  house: House,
  options: Omit<Parameters<typeof startServer>[0], 'tls'> & { host: string },
): Promise<RunningServer> {
  const { authority } = house.accounts
  const pair = await makeRsaKeyPair()
  const issued = certify(authority, {
    name: options.host,
    publicKeyPem: pair.publicKeyPem,
    from: validFrom(),
    hosts: [options.host, 'localhost'],
  })
  return startServer({
    ...options,
    tls: { key: pair.privateKeyPem, cert: issued.certificatePem, ca: authority.certificatePem },
  })
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '9001' },
      host: { type: 'string', default: '127.0.0.1' },
      'tls-port': { type: 'string' },
      seed: { type: 'string', default: 'demo' },
      data: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  })
  const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)
  const wechat = await startWechat({
    port: Number(values.port),
    host: values.host,
    seed: values.seed,
    ...(values['tls-port'] !== undefined && { tlsPort: Number(values['tls-port']) }),
    ...(values.data !== undefined && { dataFile: values.data }),
    ...(values.verbose && { onLog: print }),
  })
  print({ kind: 'ready', url: wechat.url, tls_url: wechat.tlsUrl })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void wechat.close().then(() => process.exit(0)))
  }
}

if (import.meta.main) await main()
