import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import { hashPassword, isPassword, type Page } from '../party/party.ts'
import { record } from '../trail/trail.ts'
import type { IssuedCode } from './codes.ts'
import { createMandate, type Level } from './mandate.ts'
import { hashPin } from './pin.ts'
import { createBalance } from './source.ts'

const sql = loadSql(new URL('./payer.sql', import.meta.url))

export type Payer = {
  id: string
  login: string
  name: string
  /** Frozen: nothing can be paid, and codes are not made; signing in is possible. */
  state: 'active' | 'frozen' | 'closed'
  chosenSourceId: string
  mandateId: string
  /** New codes let the institution choose among all sources. */
  isAuto: boolean
  createdAt: Date
}

export type PayerKey = { institutionId: string; payerId: string }

export type NewPayer = {
  institutionId: string
  login: string
  name: string
  password: string
  /** Six digits. */
  pin: string
}

/**
 * Opens a wallet: the payer, a stored balance with nothing in it, which is the chosen source, and
 * a mandate with the usual limits, all in the institution's currency.
 *
 * @throws AppError LOGIN_TAKEN
 *
 * Source: P7, P9.
 */
export async function signUp(
  io: Pick<Io, 'db' | 'now' | 'pepper' | 'institution' | 'settings'>,
  { institutionId, login, name, password, pin }: NewPayer,
): Promise<Payer> {
  const now = io.now()
  const { currency } = await io.institution(institutionId)
  const level = io.settings(institutionId).text('mandate.level') as Level
  const id = newId('pyr', now.getTime())
  const source = { institutionId, payerId: id, id: newId('src', now.getTime()) }
  const mandate = { institutionId, payerId: id, id: newId('mnd', now.getTime()) }
  const [passwordHash, pinHash] = [await hashPassword(password), await hashPin(io, id, pin)]
  const who = [institutionId, id, login.toLowerCase(), name, passwordHash, pinHash]

  return io.db.transaction(async (tx) => {
    tx.send(sql('create_payer'), [...who, source.id, mandate.id, now])
    const [row] = await tx.many<PayerRow>(sql('read_payer'), [institutionId, id])
    if (!row) throw new AppError('LOGIN_TAKEN', { param: 'login' })
    await createBalance(tx, { ...source, currency }, now)
    createMandate(tx, { ...mandate, currency, level }, now)
    return readRow(row)
  })
}

/**
 * Checks a login and password. Null when they are wrong or the wallet is closed; it takes as long
 * for a login that nobody has.
 */
export async function signIn(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { login, password }: { login: string; password: string },
): Promise<Payer | null> {
  type Row = PayerRow & { password_hash: string }
  const values = [institutionId, login.toLowerCase()]
  const [row] = await db.read<Row>(sql('read_payer_by_login'), values)
  const isRight = await isPassword(password, row?.password_hash ?? null)
  return row && isRight && row.state !== 'closed' ? readRow(row) : null
}

/** Null when there is none in this institution. */
export async function readPayer(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<Payer | null> {
  const [row] = await db.read<PayerRow>(sql('read_payer'), [institutionId, id])
  return row ? readRow(row) : null
}

/** A page of payers, the newest first; with `q` those with it in the name or login, or as their id. */
export async function listPayers(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { startingAfter, limit, q = null }: Page & { q?: string | null },
): Promise<Payer[]> {
  const sought = q?.trim().toLowerCase() || null
  const values = [institutionId, startingAfter ?? 'pyr_z', limit, sought]
  return (await db.read<PayerRow>(sql('read_payers'), values)).map(readRow)
}

/** Who did it, and the id of the entry in the trail, made before the transaction. */
export type Act = { actor: string; trailId: string; now: Date }

/** Opens a frozen wallet again, with five tries at the PIN. One that is not frozen stays as it is. */
export async function unfreeze(
  tx: Tx,
  { institutionId, payerId }: PayerKey,
  { actor, trailId, now }: Act,
): Promise<void> {
  const [opened] = await tx.many(sql('unfreeze'), [institutionId, payerId])
  if (!opened) return
  const entry = { id: trailId, at: now, actor, action: 'payer.unfreeze', subject: payerId }
  await record(tx, institutionId, [{ ...entry, detail: {} }])
}

/**
 * Lets new codes choose among all of the payer's sources, by offers and in the payer's order; or has
 * them name the chosen source again.
 *
 * @throws AppError NOT_FOUND
 */
export async function setAuto(
  tx: Tx,
  { institutionId, payerId, isAuto }: PayerKey & { isAuto: boolean },
): Promise<void> {
  const [changed] = await tx.many(sql('set_auto'), [institutionId, payerId, isAuto])
  if (!changed) throw new AppError('NOT_FOUND')
}

/** The digits of a code that was just made, for the payer's own screen and nowhere else. */
export const shownCode = ({ code }: IssuedCode): string => code.reveal()

type PayerRow = {
  id: string
  login: string
  name: string
  state: Payer['state']
  chosen_source_id: string
  mandate_id: string
  is_auto: boolean
  created_at: Date
}

const readRow = (row: PayerRow): Payer => ({
  id: row.id,
  login: row.login,
  name: row.name,
  state: row.state,
  chosenSourceId: row.chosen_source_id,
  mandateId: row.mandate_id,
  isAuto: row.is_auto,
  createdAt: row.created_at,
})
