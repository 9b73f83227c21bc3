import { loadSql, type Step, type Tx } from '../database/database.ts'
import { clearing, lockAccounts, writeTransfers } from '../ledger/ledger.ts'
import { newId } from '../lib/ids.ts'
import {
  dropReminders,
  putEvents,
  putMessages,
  type Event,
  type NewMessage,
} from '../outbox/outbox.ts'
import { findCodes, lockCodes, takeCodes, type FoundCode } from './codes.ts'
import {
  chargeKey,
  decideAct,
  periodsOf,
  type DebitAct,
  type DebitActed,
  type DebitChange,
  type DebitGround,
} from './debit-decide.ts'
import { findDebitIds, lockDebits, readDebitRefunds, type ChargeOfPeer } from './debit-read.ts'
import { plainDebit, type WalletDebit } from './debit-state.ts'
import { lockCounters, writeUses, type Use } from './limits.ts'
import { readMandateTerms } from './mandate-terms.ts'
import { readUsableSources, type UsableSource } from './source.ts'

const sql = loadSql(new URL('./debit.sql', import.meta.url))

/**
 * The issuer's batch: charges that other institutions have sent, what their payers say to them, and
 * what takes them back. Lock, decide each on its own, write what was decided.
 *
 * Source: P14; DESIGN §5 (batch), §10 (`wallet_debit`).
 */
export const debit: Step<DebitAct, DebitActed> = {
  name: 'wallet.debit',
  mode: 'write',
  async run(tx, institutionId, acts) {
    const ground = await lockDebitGround(tx, institutionId, acts)
    const decisions = acts.map((act) => decideAct(act, ground))
    const changes = decisions.flatMap(({ change }) => change ?? [])
    if (changes.length > 0) writeChanges(tx, institutionId, changes)
    return decisions.map(({ answer }) => answer)
  },
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort()

const chargeOf = (act: DebitAct): ChargeOfPeer[] => {
  if (act.act === 'charge' || act.act === 'reverse') return [act.draft]
  return act.act === 'refund' ? [act] : []
}

// In the order of DESIGN §5: code, debit (which stands where a payment does), limit counter, account.
// Each table's rows are locked in key order; what is only read is read after the locks.
async function lockDebitGround(
  tx: Tx,
  institutionId: string,
  acts: readonly DebitAct[],
): Promise<DebitGround> {
  const hashes = acts.flatMap((act) => (act.act === 'charge' ? (act.codeHash ?? []) : []))
  const [codes, foundCodes, knownIds] = await Promise.all([
    hashes.length > 0 ? lockCodes(tx, institutionId, hashes) : new Map<string, never>(),
    hashes.length > 0 ? findCodes(tx, institutionId, hashes) : [],
    findDebitIds(tx, institutionId, acts.flatMap(chargeOf)),
  ])
  const namedIds = acts.flatMap((act) => ('debitId' in act ? [act.debitId] : []))
  const ids = distinct([...knownIds, ...namedIds])
  const autoPayers = foundCodes.filter(({ isAuto }) => isAuto).map(({ payerId }) => payerId)
  const [debits, refunds, sources] = await Promise.all([
    lockDebits(tx, institutionId, ids),
    ids.length > 0 ? readDebitRefunds(tx, institutionId, ids) : new Map<string, never>(),
    autoPayers.length > 0 ? readUsableSources(tx, institutionId, distinct(autoPayers)) : [],
  ])
  const found = new Map(foundCodes.map((one) => [one.codeHash.toString('hex'), one]))
  const uses = acts.flatMap((act) => usesOf(act, { found, debits }))
  const [counters, accounts, mandates] = await Promise.all([
    lockCounters(tx, institutionId, uses),
    lockAccounts(tx, institutionId, accountIdsOf(acts, { foundCodes, sources, debits })),
    readMandateTerms(tx, institutionId, distinct(uses.map(({ mandateId }) => mandateId))),
  ])
  return {
    ...{ codes, found, sources, refunds, counters, accounts, mandates },
    debits: new Map(debits.map((one) => [one.id, one])),
    idOfCharge: new Map(debits.map((one) => [chargeKey(one), one.id])),
  }
}

type Seen = { found: ReadonlyMap<string, FoundCode>; debits: readonly WalletDebit[] }

function usesOf(act: DebitAct, { found, debits }: Seen): Use[] {
  if (act.act === 'charge') {
    const code = act.codeHash && found.get(act.codeHash.toString('hex'))
    return code ? [{ mandateId: code.mandateId, ...act.periods }] : []
  }
  const mandateOf = (one: WalletDebit | undefined) => one?.mandateId ?? null
  if (act.act === 'confirm') {
    const mandateId = mandateOf(debits.find(({ id }) => id === act.debitId))
    return mandateId === null ? [] : [{ mandateId, ...act.periods }]
  }
  if (act.act !== 'reverse' && act.act !== 'refund') return []
  const charge = act.act === 'reverse' ? act.draft : act
  const paid = debits.find((one) => chargeKey(one) === chargeKey(charge))
  const mandateId = mandateOf(paid)
  if (mandateId === null || !paid?.limitDay) return []
  return [{ mandateId, ...periodsOf(paid.limitDay) }]
}

type Touched = {
  foundCodes: readonly FoundCode[]
  sources: readonly UsableSource[]
  debits: readonly WalletDebit[]
}

function accountIdsOf(
  acts: readonly DebitAct[],
  { foundCodes, sources, debits }: Touched,
): string[] {
  const own = [
    ...foundCodes.map(({ sourceAccountId }) => sourceAccountId),
    ...[...sources, ...debits].map(({ ledgerAccountId }) => ledgerAccountId),
  ]
  const peers = [...acts.flatMap(chargeOf), ...debits].map(({ peerId }) => clearing(peerId))
  return distinct([...own.filter((id) => id !== null), ...peers])
}

/** Writes what a batch decided, all or nothing, as statements over arrays that travel together. */
function writeChanges(tx: Tx, institutionId: string, changes: readonly DebitChange[]): void {
  const now = changes[0]?.now ?? new Date(0)
  const taken = changes.flatMap(({ takenCode: codeHash, debit: { id: paymentId } }) =>
    codeHash ? [{ codeHash, paymentId }] : [],
  )
  takeCodes(tx, institutionId, taken, now)
  // A debit that changes twice in a batch is written once, as it is in the end.
  const last = new Map(changes.map((change) => [change.debit.id, change.debit]))
  const newIds = new Set(changes.flatMap(({ isNew, debit: { id } }) => (isNew ? [id] : [])))
  const rows = [...last.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const isNew = ({ id }: WalletDebit) => newIds.has(id)
  insertDebits(tx, institutionId, rows.filter(isNew))
  const changed = rows.filter((row) => !isNew(row))
  changeDebits(tx, institutionId, changed)
  insertRefunds(tx, institutionId, changes)
  writeUses(
    tx,
    institutionId,
    changes.flatMap(({ uses }) => uses),
  )
  writeTransfers(
    tx,
    institutionId,
    changes.flatMap(({ transfers }) => transfers),
  )
  putEvents(tx, institutionId, changes.flatMap(eventsOf))
  putMessages(tx, institutionId, changes.flatMap(messagesOf))
  const ended = changed.filter(({ state }) => state !== 'waiting').map(({ id }) => id)
  dropReminders(tx, institutionId, 'debit_check', ended)
}

/** What the payer's device is told; a debit of nobody is told to nobody. */
function eventsOf({ debit: one, now }: DebitChange): Event[] {
  if (one.payerId === null) return []
  const isWaiting = one.state === 'waiting'
  return [
    {
      id: newId('evt', now.getTime()),
      type: isWaiting ? 'wallet_debit.confirmation_required' : 'wallet_debit.updated',
      subjectId: one.id,
      ...{ merchantId: null, terminalId: null, payerId: one.payerId, partyId: null },
      payload: plainDebit(one),
      occurredAt: now,
    },
  ]
}

// By the kind of the transfer.
const told: Readonly<Record<string, 'debit_instruction' | 'refund_notice'>> = {
  wallet_debit: 'debit_instruction',
  ...{ wallet_debit_refund: 'refund_notice', wallet_debit_reversal: 'refund_notice' },
}

/** What the payer is told of money that went or came back, or the reminder of what waits for them. */
function messagesOf({ debit: one, transfers, now }: DebitChange): NewMessage[] {
  const message = { id: newId('msg', now.getTime()), subjectId: one.id }
  if (one.state === 'waiting') {
    const dueAt = one.confirmExpiresAt ?? now
    return [{ ...message, consumer: 'debit_check', isReminder: true, payload: {}, dueAt }]
  }
  const { payerId: recipientId, id: paymentId, currency, merchantName } = one
  const [moved] = transfers
  if (!moved) return []
  const about = { recipientId, kind: told[moved.kind], paymentId, currency, merchantName }
  const amountMinor = moved.amountMinor.toString()
  const payload = { ...about, amountMinor, occurredAt: now.toISOString() }
  return [{ ...message, consumer: 'notice', isReminder: false, payload, dueAt: now }]
}

function insertDebits(tx: Tx, institutionId: string, rows: readonly WalletDebit[]): void {
  if (rows.length === 0) return
  const column = <Key extends keyof WalletDebit>(key: Key) => rows.map((row) => row[key])
  tx.send(sql('insert_debits'), [
    ...[institutionId, column('id'), column('peerId'), column('chargeId'), column('state')],
    ...[column('fingerprint'), column('amountMinor'), column('currency'), column('merchantName')],
    ...[column('maskedCode'), column('payerId'), column('payerName'), column('sourceId')],
    ...[column('sourceLabel'), column('ledgerAccountId'), column('mandateId')],
    ...[column('declineReason'), column('limitDay'), column('refundedMinor'), column('legs')],
    ...[column('createdAt'), column('confirmExpiresAt'), column('completedAt')],
    ...[column('needsPin'), column('isOffline')],
  ])
}

function changeDebits(tx: Tx, institutionId: string, rows: readonly WalletDebit[]): void {
  if (rows.length === 0) return
  const column = <Key extends keyof WalletDebit>(key: Key) => rows.map((row) => row[key])
  tx.send(sql('change_debits'), [
    ...[institutionId, column('id'), column('state'), column('declineReason')],
    ...[column('limitDay'), column('refundedMinor'), column('legs'), column('completedAt')],
  ])
}

function insertRefunds(tx: Tx, institutionId: string, changes: readonly DebitChange[]): void {
  const made = changes.flatMap(({ refund, debit: { id } }) => (refund ? [{ id, ...refund }] : []))
  if (made.length === 0) return
  tx.send(sql('insert_debit_refunds'), [
    institutionId,
    made.map(({ id }) => id),
    made.map(({ refundId }) => refundId),
    made.map(({ amountMinor }) => amountMinor),
    made.map(({ createdAt }) => createdAt),
  ])
}
