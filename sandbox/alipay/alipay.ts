import { parseArgs } from 'node:util'

import type { VirtualClock } from '../counterpart/clock.ts'
import { virtualClock } from '../counterpart/clock.ts'
import type { Profile } from '../counterpart/faults.ts'
import { faultBook } from '../counterpart/faults.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { json, startServer } from '../counterpart/http.ts'
import type { Delivery } from '../counterpart/notices.ts'
import { noticeLadder } from '../counterpart/notices.ts'
import { openStore } from '../counterpart/store.ts'
import type { NewApp, NewPayer } from './accounts.ts'
import { addApp, demoApps, demoPayers, putPayer } from './accounts.ts'
import { answerCashier } from './cashier.ts'
import type { AlipayControl } from './control.ts'
import { alipayControl, controlRoutes } from './control.ts'
import { answerGateway } from './gateway.ts'
import type { House } from './house.ts'
import { noticeTable, openHouse } from './house.ts'
import { openKeys } from './keys.ts'
import { isAccepted, noticeRequest, noticeWaitsMs } from './notify.ts'
import { answerPhone } from './phone.ts'
import { closeWhenDue } from './trade.ts'

/** One line of what happened, for a log. */
export type LogLine =
  | { kind: 'call'; method: string; path: string; status: number; cut: string | undefined }
  | ({ kind: 'notice' } & Delivery)
  | { kind: 'mistake'; path: string; error: unknown }

export type AlipayOptions = {
  /** 0: any free one. */
  port: number
  host?: string
  /** Decides, with the order's number, which faults of a profile befall it. */
  seed: string
  clock?: VirtualClock
  /** The journal; without it everything is forgotten at the end. */
  dataFile?: string
  apps?: readonly NewApp[]
  payers?: readonly NewPayer[]
  profile?: Profile
  /** Whether the last two digits of a charge's amount decide what becomes of it; true. */
  magicAmounts?: boolean
  onLog?: (line: LogLine) => void
}

export type Alipay = { url: string; control: AlipayControl; close(): Promise<void> }

/**
 * Starts Alipay's counterpart: gateway, phones, cashier pages and control API on one port. Rejects
 * when the port is taken or the journal cannot be read.
 */
export async function startAlipay(options: AlipayOptions): Promise<Alipay> {
  const { host = '127.0.0.1', port, onLog } = options
  let url = ''
  const house = await buildHouse(options, () => url)
  const control = alipayControl(house)
  const respond = responder(house, control)
  const server = await startServer({
    host,
    port,
    respond: async (call) => {
      const answer = await respond(call)
      const { method, path } = call
      onLog?.({ kind: 'call', method, path, status: answer.status, cut: answer.cut })
      return answer
    },
    onError: (error, { path }) => onLog?.({ kind: 'mistake', path, error }),
  })
  ;({ url } = server)
  return {
    url,
    control,
    close: async () => {
      house.clock.stop()
      await server.close()
      await house.notices.idle()
      house.store.close()
    },
  }
}

async function buildHouse(options: AlipayOptions, url: () => string): Promise<House> {
  const { seed, profile, clock = virtualClock(), magicAmounts = true, onLog } = options
  const faults = faultBook({ seed, magicAmounts })
  if (profile) faults.setProfile(profile)
  const store = openStore(options.dataFile)
  const keys = await openKeys(store)
  const notices = noticeLadder({
    clock,
    faults,
    table: noticeTable(store),
    waitsMs: noticeWaitsMs,
    request: (notice, _tried, isSpoiled) => noticeRequest({ clock, keys }, notice, isSpoiled),
    isAccepted,
    onLog: (delivery) => onLog?.({ kind: 'notice', ...delivery }),
  })
  const house = openHouse({ clock, faults, keys, store, notices, url })
  const isNew = house.apps.size === 0
  for (const app of options.apps ?? demoApps) {
    if (isNew || app.appId !== undefined) await addApp(house, app)
  }
  if (isNew) (options.payers ?? demoPayers).forEach((payer) => putPayer(house, payer))
  for (const trade of house.trades.all()) {
    if (trade.status === 'WAIT_BUYER_PAY') closeWhenDue(house, trade)
  }
  return house
}

function responder(house: House, control: AlipayControl): (call: Call) => Promise<Answer> {
  const answerControl = controlRoutes(house, control)
  return async (call) => {
    if (call.path === '/gateway.do') return answerGateway(house, call)
    return (
      (await answerControl(call)) ??
      (await answerPhone(house, call)) ??
      answerCashier(house, call) ??
      json(404, { message: 'no such path' })
    )
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '9002' },
      host: { type: 'string', default: '127.0.0.1' },
      seed: { type: 'string', default: 'demo' },
      data: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  })
  const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)
  const alipay = await startAlipay({
    port: Number(values.port),
    host: values.host,
    seed: values.seed,
    ...(values.data !== undefined && { dataFile: values.data }),
    ...(values.verbose && { onLog: print }),
  })
  print({ kind: 'ready', url: alipay.url })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void alipay.close().then(() => process.exit(0)))
  }
}

if (import.meta.main) await main()
