// What a person must decide: money that came too late, an amount that differs, an answer that never
// came, a refund that could not be made.

import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import { newId } from '../lib/ids.ts'
import type { Currency } from '../money/money.ts'
import { putEvents, type EventType } from '../outbox/outbox.ts'
import type { Page } from '../party/party.ts'

const sql = loadSql(new URL('./exception.sql', import.meta.url))

/**
 * `late_success`: money came after its payment was taken back; the subject is the charge.
 * `amount_mismatch`: the channel took another amount than it was asked for; the charge.
 * `stuck_unknown`: nobody could say in time what became of a charge.
 * `refund_failed`: money that was promised back cannot be given back by its road; the refund.
 *
 * Source: DESIGN §2 (exception), §3 (a success after a reversal).
 */
export type ExceptionKind = 'late_success' | 'amount_mismatch' | 'stuck_unknown' | 'refund_failed'

/** What was seen, in codes and amounts as text. Never a payment code or a secret. */
export type ExceptionDetail = Readonly<Record<string, string | number | boolean | null>>

export type NewException = {
  id: string
  kind: ExceptionKind
  /** The charge or the refund. */
  subjectId: string
  paymentId: string | null
  /** The value at risk, in minor units; 0 or more. */
  amountMinor: bigint
  currency: Currency
  detail: ExceptionDetail
  at: Date
}

export type Exception = Omit<NewException, 'at'> & {
  state: 'open' | 'resolved'
  openedAt: Date
  resolvedAt: Date | null
  /** `person:per_…`, or `clock` when it came right by itself. */
  resolvedBy: string | null
  action: string | null
  note: string | null
}

/**
 * Opens exceptions and tells the console of them, in the transaction that met the trouble. The same
 * kind about the same subject is one exception: a rerun, or meeting it again, opens nothing.
 */
export async function openExceptions(
  tx: Tx,
  institutionId: string,
  exceptions: readonly NewException[],
): Promise<void> {
  if (exceptions.length === 0) return
  const column = <Key extends keyof NewException>(key: Key) => exceptions.map((one) => one[key])
  const opened = await tx.many<{ id: string }>(sql('open'), [
    institutionId,
    column('id'),
    column('kind'),
    column('subjectId'),
    column('paymentId'),
    column('amountMinor'),
    column('currency'),
    exceptions.map(({ detail }) => JSON.stringify(detail)),
    exceptions.map(({ at }) => at),
  ])
  const isNew = new Set(opened.map(({ id }) => id))
  const told = exceptions.filter(({ id }) => isNew.has(id)).map(asOpen)
  tell(tx, institutionId, { type: 'exception.opened', exceptions: told })
}

const asOpen = ({ at, ...exception }: NewException): Exception => ({
  ...exception,
  ...{ state: 'open', openedAt: at, resolvedAt: null, resolvedBy: null, action: null, note: null },
})

export type Resolution = {
  id: string
  action: string
  /** `person:per_…` */
  actor: string
  note: string | null
  at: Date
}

/**
 * Writes what a person did about an exception, once.
 *
 * @throws AppError NOT_FOUND
 * @throws AppError EXCEPTION_FINAL when it was resolved before
 */
export async function resolve(
  tx: Tx,
  institutionId: string,
  { id, action, actor, note, at }: Resolution,
): Promise<Exception> {
  const values = [institutionId, id, at, actor, action, note]
  const [row] = await tx.many<ExceptionRow>(sql('resolve'), values)
  if (!row) {
    const [known] = await tx.many<ExceptionRow>(sql('read'), [institutionId, id])
    throw new AppError(known ? 'EXCEPTION_FINAL' : 'NOT_FOUND')
  }
  const exception = readRow(row)
  tell(tx, institutionId, { type: 'exception.resolved', exceptions: [exception] })
  return exception
}

/** What came right by itself: a late payment that went back, a charge whose outcome is known now. */
export type Settled = { kind: ExceptionKind; subjectId: string; action: string }

/** Resolves the open exceptions about these subjects. Where none is open nothing happens. */
export async function settleExceptions(
  tx: Tx,
  institutionId: string,
  { settled, actor, at }: { settled: readonly Settled[]; actor: string; at: Date },
): Promise<void> {
  if (settled.length === 0) return
  const rows = await tx.many<ExceptionRow>(sql('settle'), [
    institutionId,
    settled.map(({ kind }) => kind),
    settled.map(({ subjectId }) => subjectId),
    settled.map(({ action }) => action),
    actor,
    at,
  ])
  tell(tx, institutionId, { type: 'exception.resolved', exceptions: rows.map(readRow) })
}

/** Null when there is none in this institution. */
export async function readException(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<Exception | null> {
  const [row] = await db.read<ExceptionRow>(sql('read'), [institutionId, id])
  return row ? readRow(row) : null
}

/** A page of exceptions, the newest first: in one state, or all. */
export async function listExceptions(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { state, startingAfter, limit }: Page & { state: Exception['state'] | null },
): Promise<Exception[]> {
  const after = startingAfter ?? 'exc_z'
  const rows =
    state === null
      ? await db.read<ExceptionRow>(sql('read_page'), [institutionId, after, limit])
      : await db.read<ExceptionRow>(sql('read_in_state'), [institutionId, state, after, limit])
  return rows.map(readRow)
}

export type OpenCount = { kind: ExceptionKind; count: bigint; oldestAt: Date }

/** How many wait for a person, by kind, and since when the oldest does. */
export async function countOpen(db: Pick<Db, 'read'>, institutionId: string): Promise<OpenCount[]> {
  type Row = { kind: ExceptionKind; count: bigint; oldest_at: Date }
  const rows = await db.read<Row>(sql('count_open'), [institutionId])
  return rows.map(({ oldest_at: oldestAt, ...row }) => ({ ...row, oldestAt }))
}

/** The exception that an event of type `exception.opened` or `exception.resolved` tells of. */
export function exceptionOfPlain(plain: Readonly<Record<string, unknown>>): Exception {
  const time = (at: unknown) => (at === null ? null : new Date(at as number))
  return {
    ...(plain as unknown as Exception),
    amountMinor: BigInt(plain.amountMinor as string),
    openedAt: time(plain.openedAt) as Date,
    resolvedAt: time(plain.resolvedAt),
  }
}

const plainException = (exception: Exception): Record<string, unknown> => ({
  ...exception,
  amountMinor: exception.amountMinor.toString(),
  openedAt: exception.openedAt.getTime(),
  resolvedAt: exception.resolvedAt?.getTime() ?? null,
})

// For the console alone: it concerns no merchant, terminal or payer by name.
function tell(
  tx: Tx,
  institutionId: string,
  { type, exceptions }: { type: EventType; exceptions: readonly Exception[] },
): void {
  const events = exceptions.map((one) => {
    const occurredAt = one.resolvedAt ?? one.openedAt
    return {
      ...{ id: newId('evt', occurredAt.getTime()), type, subjectId: one.id },
      ...{ merchantId: null, terminalId: null, payerId: null, partyId: null },
      ...{ payload: plainException(one), occurredAt },
    }
  })
  putEvents(tx, institutionId, events)
}

type ExceptionRow = {
  id: string
  kind: ExceptionKind
  state: Exception['state']
  subject_id: string
  payment_id: string | null
  amount_minor: bigint
  currency: string
  detail: ExceptionDetail
  opened_at: Date
  resolved_at: Date | null
  resolved_by: string | null
  action: string | null
  note: string | null
}

const readRow = (row: ExceptionRow): Exception => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  subjectId: row.subject_id,
  paymentId: row.payment_id,
  amountMinor: row.amount_minor,
  currency: row.currency as Currency,
  detail: row.detail,
  openedAt: row.opened_at,
  resolvedAt: row.resolved_at,
  resolvedBy: row.resolved_by,
  action: row.action,
  note: row.note,
})
