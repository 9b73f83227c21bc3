import { parseArgs } from 'node:util'

import type { VirtualClock } from '../counterpart/clock.ts'
import { virtualClock } from '../counterpart/clock.ts'
import { controlApi, fieldsOf, refuseControl } from '../counterpart/control.ts'
import type { Profile } from '../counterpart/faults.ts'
import { faultBook } from '../counterpart/faults.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { json, startServer, text } from '../counterpart/http.ts'
import { noticeLadder } from '../counterpart/notices.ts'
import { openStore } from '../counterpart/store.ts'
import type { NewApp, NewPayer } from './accounts.ts'
import {
  addApp,
  demoApps,
  demoPayers,
  putIn,
  putPayer,
  showAccounts,
  withdraw,
} from './accounts.ts'
import { signAgreement } from './agreement.ts'
import { showBooks } from './bill.ts'
import { answerCashier } from './cashier.ts'
import { answerGateway } from './gateway.ts'
import type { Agreement, House } from './house.ts'
import { noticeTable, openHouse } from './house.ts'
import { openKeys } from './keys.ts'
import { isAccepted, noticeRequest, noticeWaitsMs } from './notify.ts'
import { answerPhone } from './phone.ts'
import { closeWhenDue } from './trade.ts'

export type AlipayOptions = {
  /** 0: any free one. */
  port: number
  host?: string
  /** Tells the faults of the profile. */
  seed?: string
  clock?: VirtualClock
  /** A journal: what was there before is there again. Left out: everything is forgotten. */
  file?: string
  apps?: readonly NewApp[]
  payers?: readonly NewPayer[]
  profile?: Profile
  /** Whether the last two digits of a charge's amount decide what becomes of it; true. */
  magicAmounts?: boolean
}

export type AlipayControl = Pick<House, 'clock' | 'faults' | 'notices'> & {
  books: () => ReturnType<typeof showBooks>
  accounts: () => ReturnType<typeof showAccounts>
  /** A fresh code of the payer, as the phone shows it. */
  showCode: (login: string) => string
  putPayer: (payer: NewPayer & { state?: 'active' | 'frozen' }) => void
  putIn: (login: string, amountMinor: bigint) => void
  withdraw: (appId: string, amountMinor: bigint) => void
  /** Links an account: the payer signs at once. */
  sign: (login: string, appId: string, externalNo?: string) => Agreement
}

export type Alipay = { url: string; close: () => Promise<void>; control: AlipayControl }

/**
 * Starts an Alipay of one's own: gateway, phones, cashier pages and control API on one port.
 *
 * @throws when the port is taken
 */
export async function startAlipay(options: AlipayOptions): Promise<Alipay> {
  const { seed = 'alipay', magicAmounts = true } = options
  const clock = options.clock ?? virtualClock()
  const faults = faultBook({ seed, magicAmounts })
  if (options.profile) faults.setProfile(options.profile)
  const store = openStore(options.file)
  const keys = await openKeys(store)
  const notices = noticeLadder({
    clock,
    faults,
    table: noticeTable(store),
    waitsMs: noticeWaitsMs,
    request: (notice, _tried, isSpoiled) => noticeRequest({ clock, keys }, notice, isSpoiled),
    isAccepted,
  })
  let url = ''
  const house = openHouse({ clock, faults, keys, store, notices, url: () => url })
  for (const app of options.apps ?? demoApps) await addApp(house, app)
  for (const payer of options.payers ?? demoPayers) putPayer(house, payer)
  for (const trade of house.trades.all()) {
    if (trade.status === 'WAIT_BUYER_PAY') closeWhenDue(house, trade)
  }

  const control = controlOf(house)
  const server = await startServer({
    port: options.port,
    ...(options.host !== undefined && { host: options.host }),
    respond: responder(house, control),
  })
  ;({ url } = server)
  return {
    url,
    control,
    close: async () => {
      clock.stop()
      await server.close()
      await notices.idle()
      store.close()
    },
  }
}

function controlOf(house: House): AlipayControl {
  const { clock, faults, notices } = house
  return {
    clock,
    faults,
    notices,
    books: () => showBooks(house),
    accounts: () => showAccounts(house),
    showCode: (login) => house.mint.show(login).code,
    putPayer: (payer) => void putPayer(house, payer),
    putIn: (login, amountMinor) => putIn(house, login, amountMinor),
    withdraw: (appId, amountMinor) => withdraw(house, appId, amountMinor),
    sign: (login, appId, externalNo = '') =>
      signAgreement(house, house.payers.get(login)!, {
        appId,
        externalNo,
        product: 'GENERAL_WITHHOLDING_P',
        scene: 'INDUSTRY|DEFAULT_SCENE',
        notifyUrl: '',
      }),
  }
}

function responder(house: House, control: AlipayControl): (call: Call) => Promise<Answer> {
  const answerControl = controlApi({
    clock: house.clock,
    faults: house.faults,
    books: control.books,
    accounts: control.accounts,
    notices: () => ({ pending: house.notices.pending(), sent: house.notices.sent() }),
    routes: {
      'POST /control/payers': (call) => addPayerRoute(house, call),
      'POST /control/apps': (call) => addAppRoute(house, call),
      'POST /control/agreements': (call) => signRoute(house, control, call),
    },
  })
  return async (call) => {
    if (call.path === '/gateway.do') return answerGateway(house, call)
    return (
      (await answerControl(call)) ??
      (await answerPhone(house, call)) ??
      answerCashier(house, call) ??
      (call.path === '/' ? json(200, control.accounts()) : text(404, 'no such page'))
    )
  }
}

function textField(fields: Record<string, unknown>, name: string): string {
  const value = fields[name]
  return typeof value === 'string' && value !== '' ? value : refuseControl(`${name} is a text`)
}

function addPayerRoute(house: House, { text: body }: Call): Answer {
  const fields = fieldsOf(JSON.parse(body))
  const { balance_minor: balance = 0, state = 'active' } = fields
  if (typeof balance !== 'number') refuseControl('balance_minor is a number')
  if (state !== 'active' && state !== 'frozen') refuseControl('state is active or frozen')
  const login = textField(fields, 'login')
  const balanceMinor = BigInt(balance)
  return json(201, putPayer(house, { login, name: textField(fields, 'name'), balanceMinor, state }))
}

async function addAppRoute(house: House, { text: body }: Call): Promise<Answer> {
  const name = textField(fieldsOf(JSON.parse(body)), 'name')
  const { appId } = await addApp(house, { name })
  return json(201, { app_id: appId })
}

function signRoute(house: House, control: AlipayControl, { text: body }: Call): Answer {
  const fields = fieldsOf(JSON.parse(body))
  const [login, appId] = [textField(fields, 'payer'), textField(fields, 'app_id')]
  if (!house.payers.get(login)) refuseControl('no such payer')
  if (!house.apps.get(appId)) refuseControl('no such app')
  return json(201, { agreement_no: control.sign(login, appId).agreementNo })
}

if (import.meta.main) await alone()

// `node sandbox/alipay/alipay.ts --port 9102 --file /tmp/alipay.jsonl`
async function alone(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '9102' },
      host: { type: 'string' },
      seed: { type: 'string' },
      file: { type: 'string' },
    },
  })
  const { port, ...rest } = values
  const { url, close, control } = await startAlipay({ port: Number(port), ...rest })
  const phones = control.accounts().payers.map(({ phone }) => `  ${phone}`)
  process.stdout.write(`Alipay sandbox: ${url}/gateway.do\n${phones.join('\n')}\n`)
  const stop = () => void close()
  process.once('SIGINT', stop).once('SIGTERM', stop)
}
