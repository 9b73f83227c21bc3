import { controlApi, fieldsOf, refuseControl } from '../counterpart/control.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { json } from '../counterpart/http.ts'
import type { Delivery } from '../counterpart/notices.ts'
import type { NewPayer } from './accounts.ts'
import { addMerchant, putIn, putPayer, showAccounts } from './accounts.ts'
import type { House } from './house.ts'
import type { OwnBooks } from './own-books.ts'
import { ownBooks } from './own-books.ts'
import { tokenPayData } from './pay.ts'
import { readNested } from './wire.ts'

/** The requestor of tokens that UnionPay's own test gateway gives to everybody. */
export const TEST_TR_ID = '62000000001'

/** What a test or a demo in the same process can do with the counterpart. */
export type UnionpayControl = Pick<House, 'clock' | 'faults'> & {
  /** What `GET /control/accounts` answers. */
  setUp(): ReturnType<typeof showAccounts>
  books(): OwnBooks
  /** A new payment code on a payer's phone. */
  showCode(login: string): string
  putPayer(payer: NewPayer): void
  putIn(login: string, amountMinor: bigint): void
  /** Puts a payer's card on file with a merchant; answers the token. */
  cardOnFile(login: string, merId: string): string
  deliveries(): Delivery[]
  /** The notices that were not accepted yet. */
  pendingNotices(): ReturnType<House['notices']['pending']>
  /** Waits until no notice is in the air. */
  idle(): Promise<void>
}

/** The control of this counterpart, without HTTP. */
export function unionpayControl(house: House): UnionpayControl {
  const { clock, faults, notices } = house
  return {
    clock,
    faults,
    setUp: () => showAccounts(house),
    books: () => ownBooks(house),
    showCode: (login) => house.mint.show(login).code,
    putPayer: (payer) => void putPayer(house, payer),
    putIn: (login, amountMinor) => putIn(house, login, amountMinor),
    cardOnFile: (login, merId) => {
      const nested = tokenPayData(house, { payer: login, merId, trId: TEST_TR_ID })
      return readNested(nested)!['token']!
    },
    deliveries: notices.sent,
    pendingNotices: notices.pending,
    idle: notices.idle,
  }
}

/** The control API of this counterpart. */
export function controlRoutes(
  house: House,
  control: UnionpayControl,
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
      'POST /control/merchants': (call) => merchantRoute(house, call),
      'POST /control/tokens': (call) => tokenRoute(house, control, call),
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
  const fields: Record<string, unknown> = { balance: 0, ...fieldsOf(JSON.parse(text)) }
  const { state = 'active', password } = fields
  if (state !== 'active' && state !== 'frozen') refuseControl('state is active or frozen')
  const login = textField(fields, 'name')
  if (!/^[\w-]{1,32}$/.test(login)) refuseControl('name is a word')
  const shownName = house.payers.get(login)?.name ?? login
  putPayer(house, {
    login,
    name: 'shown_name' in fields ? textField(fields, 'shown_name') : shownName,
    balanceMinor: minorField(fields, 'balance'),
    state,
    ...(password !== undefined && { password: textField(fields, 'password') }),
    ...('free_up_to' in fields && { noPasswordMinor: minorField(fields, 'free_up_to') }),
    ...('per_day' in fields && { perDayMinor: minorField(fields, 'per_day') }),
  })
  return json(200, { name: login })
}

async function merchantRoute(house: House, { text }: Call): Promise<Answer> {
  const name = textField(fieldsOf(JSON.parse(text)), 'name')
  const { merId } = await addMerchant(house, { name })
  return json(200, { mer_id: merId })
}

function tokenRoute(house: House, control: UnionpayControl, { text }: Call): Answer {
  const fields = fieldsOf(JSON.parse(text))
  const [login, merId] = [textField(fields, 'payer'), textField(fields, 'mer_id')]
  if (!house.payers.get(login)) refuseControl('no such payer')
  if (!house.merchants.get(merId)) refuseControl('no such merchant')
  return json(200, { token: control.cardOnFile(login, merId), tr_id: TEST_TR_ID })
}
