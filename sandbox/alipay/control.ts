import { controlApi, fieldsOf, refuseControl } from '../counterpart/control.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { json } from '../counterpart/http.ts'
import type { Delivery } from '../counterpart/notices.ts'
import type { NewPayer } from './accounts.ts'
import { addApp, putIn, putPayer, showAccounts, withdraw } from './accounts.ts'
import { signAgreement } from './agreement.ts'
import type { Agreement, House } from './house.ts'
import type { OwnBooks } from './own-books.ts'
import { ownBooks } from './own-books.ts'

/** What a test or a demo in the same process can do with the counterpart. */
export type AlipayControl = Pick<House, 'clock' | 'faults'> & {
  /** What `GET /control/accounts` answers. */
  setUp(): ReturnType<typeof showAccounts>
  books(): OwnBooks
  /** A new payment code on a payer's phone. */
  showCode(login: string): string
  putPayer(payer: NewPayer & { state?: 'active' | 'frozen' }): void
  putIn(login: string, amountMinor: bigint): void
  withdraw(appId: string, amountMinor: bigint): void
  /** Links an account: the payer signs at once. */
  sign(login: string, appId: string, externalNo?: string): Agreement
  deliveries(): Delivery[]
  /** The notices that were not accepted yet. */
  pendingNotices(): ReturnType<House['notices']['pending']>
  /** Waits until no notice is in the air. */
  idle(): Promise<void>
}

/** The control of this counterpart, without HTTP. */
export function alipayControl(house: House): AlipayControl {
  const { clock, faults, notices } = house
  return {
    clock,
    faults,
    setUp: () => showAccounts(house),
    books: () => ownBooks(house),
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
    deliveries: notices.sent,
    pendingNotices: notices.pending,
    idle: notices.idle,
  }
}

/** The control API of this counterpart. */
export function controlRoutes(
  house: House,
  control: AlipayControl,
): (call: Call) => Promise<Answer> | undefined {
  return controlApi({
    clock: house.clock,
    faults: house.faults,
    codes: house.mint,
    books: () => control.books(),
    accounts: () => control.setUp(),
    notices: () => ({ pending: control.pendingNotices(), sent: control.deliveries() }),
    routes: {
      'POST /control/payers': (call) => payerRoute(house, call),
      'POST /control/apps': (call) => appRoute(house, call),
      'POST /control/agreements': (call) => agreementRoute(house, control, call),
    },
  })
}

function textField(fields: Record<string, unknown>, name: string): string {
  const value = fields[name]
  return typeof value === 'string' && value !== '' ? value : refuseControl(`${name} is a text`)
}

function minorField(fields: Record<string, unknown>, name: string): bigint {
  const value = fields[name]
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
  return isWhole ? BigInt(value) : refuseControl(`${name} is a whole number of fen`)
}

// Makes a payer, or changes one. `balance` is what a new payer begins with.
function payerRoute(house: House, { text }: Call): Answer {
  const fields = { balance: 0, ...fieldsOf(JSON.parse(text)) }
  const { state = 'active', password } = fields as Record<string, unknown>
  if (state !== 'active' && state !== 'frozen') refuseControl('state is active or frozen')
  const login = textField(fields, 'name')
  if (!/^[\w-]{1,32}$/.test(login)) refuseControl('name is a word')
  const shownName = house.payers.get(login)?.name ?? login
  const payer = putPayer(house, {
    login,
    name: 'shown_name' in fields ? textField(fields, 'shown_name') : shownName,
    balanceMinor: minorField(fields, 'balance'),
    state,
    ...(password !== undefined && { password: textField(fields, 'password') }),
    ...('free_up_to' in fields && { noPasswordMinor: minorField(fields, 'free_up_to') }),
    ...('per_day' in fields && { perDayMinor: minorField(fields, 'per_day') }),
  })
  return json(200, { name: payer.login, user_id: payer.userId })
}

async function appRoute(house: House, { text }: Call): Promise<Answer> {
  const { appId } = await addApp(house, { name: textField(fieldsOf(JSON.parse(text)), 'name') })
  return json(200, { app_id: appId })
}

function agreementRoute(house: House, control: AlipayControl, { text }: Call): Answer {
  const fields = fieldsOf(JSON.parse(text))
  const [login, appId] = [textField(fields, 'payer'), textField(fields, 'app_id')]
  if (!house.payers.get(login)) refuseControl('no such payer')
  if (!house.apps.get(appId)) refuseControl('no such app')
  return json(200, { agreement_no: control.sign(login, appId).agreementNo })
}
