import { createHmac } from 'node:crypto'

import { loadSql } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import { hashPassword, isPassword } from '../party/party.ts'
import { record } from '../trail/trail.ts'
import type { PayerKey } from './payer.ts'

const sql = loadSql(new URL('./payer.sql', import.meta.url))

/** Wrong PINs in a row that freeze a payer. Source: DESIGN §3 (confirmation). */
export const PIN_TRIES = 5

// Tries of one payer that wait in this process; whoever sends more is not typing.
const MOST_WAITING = 20

/**
 * Hashes a PIN for storing. Six digits could be searched through by whoever has the table, so
 * they go through the pepper first, and are bound to their payer.
 */
export const hashPin = (io: Pick<Io, 'pepper'>, payerId: string, pin: string): Promise<string> =>
  hashPassword(withPepper(io, payerId, pin))

const withPepper = ({ pepper }: Pick<Io, 'pepper'>, payerId: string, pin: string): string =>
  createHmac('sha256', pepper).update(`pin:${payerId}:${pin}`).digest('base64')

/**
 * Passes when the PIN is right, and forgets the wrong ones before it. Each try is counted before
 * it is looked at: however many come at once, five may be wrong, and the fifth freezes the payer.
 * The slow hashing happens outside of any transaction.
 *
 * @throws AppError PIN_WRONG, PAYER_FROZEN, RATE_LIMITED (too many at once), or
 *   REQUEST_IN_PROGRESS when other processes have all the tries in their hands at this moment
 *
 * Source: DESIGN §3.
 */
export function checkPin(
  io: Pick<Io, 'db' | 'now' | 'pepper'>,
  { institutionId, payerId, pin }: PayerKey & { pin: string },
): Promise<void> {
  return inTurn(`${institutionId} ${payerId}`, () => tryPin(io, { institutionId, payerId, pin }))
}

async function tryPin(
  io: Pick<Io, 'db' | 'now' | 'pepper'>,
  { institutionId, payerId, pin }: PayerKey & { pin: string },
): Promise<void> {
  const key = [institutionId, payerId]
  type Row = { pin_hash: string; pin_failures: number }
  const [counted] = await io.db.transaction((tx) =>
    tx.many<Row>(sql('count_try'), [...key, PIN_TRIES]),
  )
  if (!counted) throw new AppError(await whyNoTry(io, { institutionId, payerId }))

  if (await isPassword(withPepper(io, payerId, pin), counted.pin_hash)) {
    await io.db.transaction((tx) => tx.many(sql('forget_tries'), key))
    return
  }
  const left = PIN_TRIES - counted.pin_failures
  if (left > 0) throw new AppError('PIN_WRONG', { param: 'pin', tries_left: String(left) })
  await freeze(io, { institutionId, payerId })
  throw new AppError('PAYER_FROZEN')
}

async function whyNoTry(io: Pick<Io, 'db'>, { institutionId, payerId }: PayerKey) {
  type Row = { state: string }
  const [payer] = await io.db.read<Row>(sql('read_payer'), [institutionId, payerId])
  if (!payer) return 'NOT_FOUND'
  return payer.state === 'active' ? 'REQUEST_IN_PROGRESS' : 'PAYER_FROZEN'
}

async function freeze(
  io: Pick<Io, 'db' | 'now'>,
  { institutionId, payerId }: PayerKey,
): Promise<void> {
  const id = newId('trl')
  await io.db.transaction(async (tx) => {
    const [frozen] = await tx.many(sql('freeze'), [institutionId, payerId, PIN_TRIES])
    if (!frozen) return
    const who = { actor: `payer:${payerId}`, action: 'payer.freeze', subject: payerId }
    const entry = { id, at: io.now(), ...who, detail: { wrong_pins: PIN_TRIES } }
    await record(tx, institutionId, [entry])
  })
}

/**
 * Gives the payer another PIN. The one until now was checked before.
 *
 * @throws AppError PAYER_FROZEN
 */
export async function setPin(
  io: Pick<Io, 'db' | 'now' | 'pepper'>,
  { institutionId, payerId, pin }: PayerKey & { pin: string },
): Promise<void> {
  const id = newId('trl')
  const pinHash = await hashPin(io, payerId, pin)
  await io.db.transaction(async (tx) => {
    const [changed] = await tx.many(sql('set_pin'), [institutionId, payerId, pinHash])
    if (!changed) throw new AppError('PAYER_FROZEN')
    const who = { actor: `payer:${payerId}`, action: 'payer.change_pin', subject: payerId }
    await record(tx, institutionId, [{ id, at: io.now(), ...who, detail: {} }])
  })
}

const turns = new Map<string, { last: Promise<void>; waiting: number }>()

/** One try after the other for one payer, so that right PINs sent at once do not use up the tries. */
async function inTurn(payer: string, work: () => Promise<void>): Promise<void> {
  const turn = turns.get(payer) ?? { last: Promise.resolve(), waiting: 0 }
  if (turn.waiting >= MOST_WAITING) throw new AppError('RATE_LIMITED')
  turn.waiting += 1
  turns.set(payer, turn)
  const mine = turn.last.then(work)
  turn.last = mine.catch(() => undefined) // whose it is hears of it; the next comes all the same
  try {
    await mine
  } finally {
    turn.waiting -= 1
    if (turn.waiting === 0) turns.delete(payer)
  }
}
