import type { Io } from '../../modules/io/io.ts'
import { bankCash, post, readTransfersOfSubject } from '../../modules/ledger/ledger.ts'
import { assert } from '../../modules/lib/assert.ts'
import { newId } from '../../modules/lib/ids.ts'
import { listSources, openCard, signIn, signUp, type Source } from '../../modules/wallet/wallet.ts'
import { DEMO_PASSWORD, demoShop } from './shop.ts'

const BALANCE_MINOR = 500_000n
const CARD_MINOR = 2_000_000n

const people = [
  { login: 'zhangwei', name: '张伟', last4: '6288' },
  { login: 'wangfang', name: '王芳', last4: '1024' },
  { login: 'lina', name: '李娜', last4: '7316' },
] as const

const { currency, institution } = demoShop

export type DemoPayer = { id: string; name: string; login: string; password: string; pin: string }

/** One person with a wallet; with `last4` also a card at the institution. */
type Person = { institutionId: string; login: string; name: string; last4?: string }

/** Opens the demo's wallets, each with money in its balance and on a card, as far as they are not. */
export async function openDemoPayers(io: Io): Promise<DemoPayer[]> {
  const payers: DemoPayer[] = []
  for (const person of people) {
    payers.push(await openPayer(io, { institutionId: institution.id, ...person }))
  }
  return payers
}

/** Opens one wallet with money in it, as far as it is not there. */
export async function openPayer(io: Io, person: Person): Promise<DemoPayer> {
  const { institutionId, login, name, last4 } = person
  const words = { login, password: DEMO_PASSWORD }
  const account = { ...words, name, pin: '123456' }
  const payer =
    (await signIn(io.db, institutionId, words)) ?? (await signUp(io, { institutionId, ...account }))
  const sources = await listSources(io.db, { institutionId, payerId: payer.id })
  const balance = sources.find(({ kind }) => kind === 'balance')
  assert(balance, 'a payer has a balance')
  await fillBalance(io, institutionId, balance)
  if (last4 !== undefined && !sources.some(({ kind }) => kind === 'card')) {
    await addCard(io, { institutionId, payerId: payer.id, last4 })
  }
  return { id: payer.id, ...account }
}

async function addCard(
  io: Io,
  owner: { institutionId: string; payerId: string; last4: string },
): Promise<void> {
  const now = io.now()
  const id = newId('src', now.getTime())
  const card = { ...owner, id, currency, label: '演示银行储蓄卡' }
  const act = { actor: 'command:seed', trailId: newId('trl', now.getTime()), now }
  await io.db.transaction((tx) => openCard(tx, { ...card, openingMinor: CARD_MINOR }, act))
}

/** An opening balance is a transfer like any other, about the source that it fills. */
async function fillBalance(
  io: Io,
  institutionId: string,
  { id, ledgerAccountId }: Source,
): Promise<void> {
  assert(ledgerAccountId, 'a balance is in our books')
  const earlier = await readTransfersOfSubject(io.db, institutionId, id)
  if (earlier.length > 0) return
  const transfer = {
    ...{ subjectId: id, leg: 1, kind: 'opening_balance', eventAt: io.now() },
    ...{ debitAccountId: bankCash, creditAccountId: ledgerAccountId },
    ...{ currency, amountMinor: BALANCE_MINOR },
  }
  const isPosted = await io.db.transaction((tx) => post(tx, institutionId, [transfer]))
  assert(isPosted, 'the bank account has no floor')
}
