import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'

import { loadSql, type Step, type Tx } from '../database/database.ts'
import { AppError, type ErrorCode } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import {
  classify,
  onlineCode,
  ownIssuers,
  splitOffline,
  type OfflineParts,
  type PaymentCode,
} from '../paycode/paycode.ts'

const sql = loadSql(new URL('./codes.sql', import.meta.url))

// A key in bytes is made a key of the crypto library for each call, which takes five times as long
// as the hash itself; so each is made once.
const secrets = new WeakMap<Uint8Array, KeyObject>()

/** HMAC-SHA-256, as `PaymentCode.keyedHash` wants it handed in. */
export function hmacSha256(key: Uint8Array, text: string): Buffer {
  let secret = secrets.get(key)
  if (!secret) secrets.set(key, (secret = createSecretKey(key)))
  return createHmac('sha256', secret).update(text).digest()
}

/**
 * What is stored of a code: nobody who reads the database can show it at a till. Of a code made
 * without a network it is that of prefix and alias, since the time code changes every minute.
 */
export function hashOf(io: Pick<Io, 'pepper'>, code: PaymentCode): Buffer {
  const parts = offlinePartsOf(code)
  if (!parts) return code.keyedHash(io.pepper, hmacSha256) as Buffer
  return aliasHash(io, parts.prefix, parts.alias)
}

/** What is stored of an alias that is handed out to a device. */
export const aliasHash = (io: Pick<Io, 'pepper'>, prefix: string, alias: string): Buffer =>
  hmacSha256(io.pepper, `offline_alias:${prefix}:${alias}`)

/** The parts of a code that was made without a network, to prove it by; null for any other. */
export function offlinePartsOf(code: PaymentCode): (OfflineParts & { prefix: string }) | null {
  const { codeInformation } = code
  if (classify(code).proof !== 'one_time_offline' || codeInformation.form !== 'digits') return null
  const { prefix } = codeInformation
  return { prefix, ...splitOffline(code.reveal(), prefix) }
}

export type IssuedCode = {
  code: PaymentCode
  payerId: string
  sourceId: string
  sourceLabel: string
  /** The institution chooses among all of the payer's sources; the one named is only the first guess. */
  isAuto: boolean
  expiresAt: Date
  lifeSeconds: number
}

export type CodeWish = {
  institutionId: string
  payerId: string
  sourceId?: string | null
  /** The most that this one code may pay, in minor units. */
  maxAmountMinor?: bigint | null
}

/**
 * Makes a payer a new online code, for the named source or the chosen one. It lives for
 * `lifeSeconds` (the institution's own term when left out) and pays once; the payer's older code
 * dies after the institution's grace, so that a scan in flight still counts. Of a payer who leaves the
 * choice to the institution, a code that names no source is automatic. A code with a bound of its own
 * is a consent to one payment up to it (P9): above it the payment is declined.
 *
 * @throws AppError NOT_FOUND (no such source), PAYER_FROZEN
 *
 * Source: P3, P8; DESIGN §6 (online codes).
 */
export async function issueCode(
  io: Io,
  { institutionId, payerId, sourceId = null, maxAmountMinor = null }: CodeWish,
  lifeSeconds?: number,
): Promise<IssuedCode> {
  const institution = await io.institution(institutionId)
  const { online } = ownIssuers(institutionId, institution.codePrefix, institution.createdAt)
  const code = onlineCode(online, randomBytes)
  const life = lifeSeconds ?? institution.codeLifeSeconds
  const now = io.now()
  const issued = await io.batched(issueStep, institutionId, {
    payerId,
    sourceId,
    maxAmountMinor,
    codeHash: hashOf(io, code),
    masked: code.masked,
    now,
    expiresAt: new Date(now.getTime() + life * 1000),
    olderDiesAt: new Date(now.getTime() + institution.codeGraceSeconds * 1000),
  })
  if ('refused' in issued) throw new AppError(issued.refused)
  return { code, payerId, ...issued, lifeSeconds: life }
}

type Wish = {
  payerId: string
  sourceId: string | null
  maxAmountMinor: bigint | null
  codeHash: Buffer
  masked: string
  now: Date
  expiresAt: Date
  olderDiesAt: Date
}
type Issued =
  | { sourceId: string; sourceLabel: string; isAuto: boolean; expiresAt: Date }
  | { refused: ErrorCode }
type IssuingRow = {
  payer_id: string
  wanted_source_id: string | null
  payer_state: string
  mandate_id: string
  current_code_hash: Buffer | null
  is_auto: boolean
  source_id: string | null
  source_label: string | null
}

// Not a lock in sight: a code that is made twice is two codes, and each pays once at most.
const issueStep: Step<Wish, Issued> = {
  name: 'wallet.issue',
  mode: 'write',
  async run(tx, institutionId, wishes) {
    const rows = await tx.many<IssuingRow>(sql('read_issuing'), [
      institutionId,
      wishes.map(({ payerId }) => payerId),
      wishes.map(({ sourceId }) => sourceId),
    ])
    const key = (payerId: string, sourceId: string | null) => `${payerId} ${sourceId ?? ''}`
    const byWish = new Map(rows.map((row) => [key(row.payer_id, row.wanted_source_id), row]))
    const rowOf = (wish: Wish) => byWish.get(key(wish.payerId, wish.sourceId))
    const answers = wishes.map((wish): Issued => {
      const row = rowOf(wish)
      if (!row || row.source_id === null) return { refused: 'NOT_FOUND' }
      if (row.payer_state !== 'active') return { refused: 'PAYER_FROZEN' }
      const { source_id: sourceId, source_label, is_auto: isAuto } = row
      return { sourceId, sourceLabel: source_label ?? '', isAuto, expiresAt: wish.expiresAt }
    })
    const made = wishes.filter((_, at) => !('refused' in (answers[at] ?? { refused: '' })))
    if (made.length > 0) writeIssued(tx, institutionId, made, rowOf)
    return answers
  },
}

function writeIssued(
  tx: Tx,
  institutionId: string,
  made: readonly Wish[],
  rowOf: (wish: Wish) => IssuingRow | undefined,
): void {
  const [first] = made as [Wish]
  // Payers are written in key order, and the last code of one payer in a batch is the newest.
  const newest = new Map(made.map((wish) => [wish.payerId, wish.codeHash]))
  const payerIds = [...newest.keys()].sort()
  const older = made
    .map((wish) => rowOf(wish)?.current_code_hash)
    .filter((hash): hash is Buffer => hash !== null && hash !== undefined)
    .sort(Buffer.compare)
  if (older.length > 0) tx.send(sql('let_die'), [institutionId, older, first.olderDiesAt])
  tx.send(sql('insert_codes'), [
    institutionId,
    made.map(({ codeHash }) => codeHash),
    made.map(({ payerId }) => payerId),
    made.map((wish) => rowOf(wish)?.source_id),
    made.map((wish) => rowOf(wish)?.mandate_id),
    made.map(({ masked }) => masked),
    first.now,
    made.map(({ expiresAt }) => expiresAt),
    made.map((wish) => rowOf(wish)?.is_auto ?? false),
    made.map(({ maxAmountMinor }) => maxAmountMinor),
  ])
  tx.send(sql('point_at_newest'), [institutionId, payerIds, payerIds.map((id) => newest.get(id))])
}

/** What a scanned code stands for, as read without a lock. */
export type FoundCode = {
  codeHash: Buffer
  payerId: string
  payerName: string
  sourceId: string
  sourceLabel: string
  /** The ledger account of the source; null for an account at a scheme. */
  sourceAccountId: string | null
  mandateId: string
  /** The institution chooses among all of the payer's sources. */
  isAuto: boolean
  expiresAt: Date
  usedAt: Date | null
  /** Why it never pays again, or not as long as its device is frozen. */
  stopped: Stopped | null
}

/** Why a code that was handed out to a device was stopped. */
export type Stopped = 'burnt' | 'frozen' | 'revoked' | 'replaced'

const refusals: Record<Stopped, ErrorCode> = {
  burnt: 'CODE_BURNT',
  frozen: 'DEVICE_REVOKED',
  revoked: 'DEVICE_REVOKED',
  replaced: 'CODE_EXPIRED',
}

/** Why a code that is known is refused at `now`, or null when it lives. */
export function refuseCode(
  { usedAt, stopped, expiresAt }: Pick<FoundCode, 'usedAt' | 'stopped' | 'expiresAt'>,
  now: Date,
): ErrorCode | null {
  if (usedAt) return 'CODE_USED'
  if (stopped) return refusals[stopped]
  return expiresAt <= now ? 'CODE_EXPIRED' : null
}

/** Looks codes up by their hash. Codes that were never issued are left out. */
export async function findCodes(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  hashes: readonly Buffer[],
): Promise<FoundCode[]> {
  type Row = {
    code_hash: Buffer
    payer_id: string
    payer_name: string
    source_id: string
    source_label: string
    ledger_account_id: string | null
    mandate_id: string
    is_auto: boolean
    expires_at: Date
    used_at: Date | null
    stopped: Stopped | null
  }
  const rows = await tx.many<Row>(sql('find_codes'), [institutionId, hashes])
  return rows.map((row) => ({
    codeHash: row.code_hash,
    payerId: row.payer_id,
    payerName: row.payer_name,
    sourceId: row.source_id,
    sourceLabel: row.source_label,
    sourceAccountId: row.ledger_account_id,
    mandateId: row.mandate_id,
    isAuto: row.is_auto,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    stopped: row.stopped,
  }))
}

export type LockedCode = {
  expiresAt: Date
  usedAt: Date | null
  stopped: Stopped | null
  /** The most that this one code may pay, in minor units; null: what the mandate allows. */
  maxAmountMinor: bigint | null
}

/** Locks codes in key order; the answer is by the hash in hexadecimal. */
export async function lockCodes(
  tx: Tx,
  institutionId: string,
  hashes: readonly Buffer[],
): Promise<Map<string, LockedCode>> {
  type Row = {
    code_hash: Buffer
    expires_at: Date
    used_at: Date | null
    stopped: Stopped | null
    max_amount_minor: bigint | null
  }
  const rows = await tx.many<Row>(sql('lock_codes'), [institutionId, hashes])
  return new Map(
    rows.map((row) => [
      row.code_hash.toString('hex'),
      {
        ...{ expiresAt: row.expires_at, usedAt: row.used_at, stopped: row.stopped },
        maxAmountMinor: row.max_amount_minor,
      },
    ]),
  )
}

/** Marks locked codes as used by these payments. */
export function takeCodes(
  tx: Tx,
  institutionId: string,
  taken: readonly { codeHash: Buffer; paymentId: string }[],
  now: Date,
): void {
  if (taken.length === 0) return
  const values = [taken.map(({ codeHash }) => codeHash), taken.map(({ paymentId }) => paymentId)]
  tx.send(sql('take_codes'), [institutionId, ...values, now])
}

/** Forgets codes that expired before the given time; they are refused as unknown from then on. */
export function purgeCodes(tx: Tx, institutionId: string, before: Date): void {
  tx.send(sql('purge_codes'), [institutionId, before])
}
