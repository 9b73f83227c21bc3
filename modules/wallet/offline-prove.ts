import type { MasterKey } from '../channel/channel.ts'
import { loadSql, type Db, type Step, type Tx } from '../database/database.ts'
import type { ErrorCode } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { assert } from '../lib/assert.ts'
import { newId } from '../lib/ids.ts'
import { putEvents, type Event } from '../outbox/outbox.ts'
import type { PaymentCode } from '../paycode/paycode.ts'
import { alarmOf, countGuesses, lockGuesses, type Blocked } from '../terminal/terminal.ts'
import { hiddenIn } from './alias.ts'
import { findCodes, hashOf, lockCodes, offlinePartsOf } from './codes.ts'
import type { FoundCode, LockedCode } from './codes.ts'
import { openDeviceKey } from './device.ts'
import { aliasTermsOf } from './offline.ts'
import { judgeOffline, type Proof, type Shown } from './offline-judge.ts'
import type { PayerKey } from './payer.ts'

const sql = loadSql(new URL('./offline.sql', import.meta.url))

/** Who scanned the code: wrong ones are counted against this terminal. */
export type Scanner = { terminalId: string; merchantId: string | null }

/** What the code stands for; refused, it is null where nobody needs to know. */
export type Proved = { found: FoundCode } | { refused: ErrorCode }

/**
 * Proves a code that a device of one of our payers has made without a network. The tries of one
 * terminal, and those at one alias, are judged one after the other under their locks, however many
 * come at once: a terminal gets no answer after its guesses of the day, and an alias burns at its
 * third wrong time code. What is wrong is counted on the alias, the terminal and the payer in the
 * same transaction. Proving takes nothing: the code is used by the batch that makes a payment.
 *
 * Source: P3, P5, P8; DESIGN §6 (guessing is throttled per terminal and per alias);
 * reference/protocols.md §9.3, §9.4.
 */
export async function proveOffline(
  io: Io,
  institutionId: string,
  scan: { code: PaymentCode; by: Scanner; day: string; now: Date },
): Promise<Proved> {
  const parts = offlinePartsOf(scan.code)
  assert(parts, 'the caller knows from the code that it was made without a network')
  const { guessesPerTerminalDay } = await io.institution(institutionId)
  const settings = io.settings(institutionId)
  const terms = await aliasTermsOf(io, institutionId)
  return io.batched(prove, institutionId, {
    shown: { ...parts, hiddenIn: (epoch) => hiddenIn(terms, parts.alias, epoch) },
    codeHash: hashOf(io, scan.code),
    ...scan.by,
    ...{ day: scan.day, now: scan.now, masterKey: io.masterKey },
    mostGuesses: guessesPerTerminalDay,
    mostWrong: settings.integer('offline.wrong_tries'),
    mostWrongOfPayer: settings.integer('offline.guesses_per_payer_day'),
  })
}

type Try = Scanner & {
  shown: Shown
  codeHash: Buffer
  day: string
  now: Date
  masterKey: MasterKey
  mostGuesses: number
  mostWrong: number
  mostWrongOfPayer: number
}

type AliasProof = Proof & { wrongTries: number }

/** Locked rows and what was read after the locks; each try changes them for the next of the batch. */
type Ground = {
  codes: Map<string, LockedCode>
  found: ReadonlyMap<string, FoundCode>
  proofs: ReadonlyMap<string, AliasProof>
  guesses: Map<string, number>
  wrongOf: Map<string, number>
}

/** What a batch has to write. */
type Counted = {
  aliases: Map<string, AliasProof>
  guesses: Map<string, number>
  payers: Map<string, number>
  events: Event[]
}

const prove: Step<Try, Proved> = {
  name: 'wallet.prove_offline',
  mode: 'write',
  async run(tx, institutionId, tries) {
    const ground = await lockProofs(tx, institutionId, tries)
    const nothing = { aliases: new Map(), guesses: new Map(), payers: new Map(), events: [] }
    const counted: Counted = nothing
    const answers = tries.map((one) => decide(one, ground, counted))
    await write(tx, institutionId, { counted, ground, day: dayOf(tries) })
    return answers
  },
}

// A batch is over before the day is: who comes with the last one of it counts in that day.
const dayOf = ([first]: readonly Try[]): string => first?.day ?? ''

const hex = (hash: Buffer): string => hash.toString('hex')

// In the order of the locks: codes, then the terminals' guesses. What proves them is read after.
async function lockProofs(tx: Tx, institutionId: string, tries: readonly Try[]): Promise<Ground> {
  const [first] = tries as [Try]
  const hashes = [...new Map(tries.map(({ codeHash: one }) => [hex(one), one])).values()]
  const terminalIds = [...new Set(tries.map(({ terminalId }) => terminalId))].sort()
  const day = dayOf(tries)
  const [codes, guesses, found, proofs] = await Promise.all([
    lockCodes(tx, institutionId, hashes),
    lockGuesses(tx, institutionId, { terminalIds, day }),
    findCodes(tx, institutionId, hashes),
    readProofs(tx, institutionId, { hashes, day, masterKey: first.masterKey }),
  ])
  const byHash = new Map(found.map((one) => [hex(one.codeHash), one]))
  const payerOf = (hash: string) => byHash.get(hash)?.payerId ?? ''
  return {
    ...{ codes, found: byHash, proofs },
    guesses: new Map(guesses.map((one) => [one.terminalId, one.guesses])),
    wrongOf: new Map([...proofs].map(([hash, one]) => [payerOf(hash), one.wrongToday])),
  }
}

type ReadProof = AliasProof & { wrongToday: number }

async function readProofs(
  tx: Tx,
  institutionId: string,
  of: { hashes: readonly Buffer[]; day: string; masterKey: MasterKey },
): Promise<Map<string, ReadProof>> {
  type Row = {
    code_hash: Buffer
    epoch: number
    seq: number
    wrong_tries: number
    device_id: string
    number: number
    device_state: string
    sealed_key: Buffer
    wrong_today: number
  }
  const rows = await tx.many<Row>(sql('read_proofs'), [institutionId, of.hashes, of.day])
  return new Map(
    rows.map((row) => {
      const { epoch, number, seq, device_id: id } = row
      const key = openDeviceKey(row.sealed_key, { institutionId, id }, of.masterKey)
      const proof = { hidden: { epoch, number, seq }, deviceId: id, key }
      const tried = { wrongTries: row.wrong_tries, wrongToday: row.wrong_today }
      return [
        hex(row.code_hash),
        { ...proof, ...tried, isDeviceActive: row.device_state === 'active' },
      ]
    }),
  )
}

/** Judges one try and counts what is wrong with it, so that the next of the batch sees it. */
function decide(one: Try, ground: Ground, counted: Counted): Proved {
  const { terminalId, now } = one
  const hash = hex(one.codeHash)
  const guesses = ground.guesses.get(terminalId) ?? 0
  if (guesses >= one.mostGuesses) return { refused: 'CODE_BLOCKED_TERMINAL' }
  const code = ground.codes.get(hash)
  const proof = ground.proofs.get(hash)
  const found = ground.found.get(hash)
  const isPayerBlocked = (ground.wrongOf.get(found?.payerId ?? '') ?? 0) >= one.mostWrongOfPayer
  const refused = judgeOffline(one.shown, code, { proof, isPayerBlocked, now })
  if (refused === null && found) return { found }
  if (refused === 'CODE_UNKNOWN' || refused === 'CODE_WRONG_TIME')
    countGuess(one, guesses + 1, { ground, counted })
  if (refused === 'CODE_WRONG_TIME' && code && proof && found)
    countWrong(one, { code, proof, found }, { ground, counted })
  return { refused: refused ?? 'CODE_UNKNOWN' }
}

type Keeping = { ground: Ground; counted: Counted }

function countGuess(one: Try, guesses: number, { ground, counted }: Keeping): void {
  const { terminalId, merchantId, day, now } = one
  ground.guesses.set(terminalId, guesses)
  counted.guesses.set(terminalId, (counted.guesses.get(terminalId) ?? 0) + 1)
  const blocked: Blocked = { terminalId, merchantId, guesses, day }
  if (guesses === one.mostGuesses) counted.events.push(alarmOf(blocked, now))
}

type Wrong = { code: LockedCode; proof: AliasProof; found: FoundCode }

function countWrong(one: Try, { code, proof, found }: Wrong, { ground, counted }: Keeping): void {
  proof.wrongTries += 1
  if (proof.wrongTries >= one.mostWrong) code.stopped = 'burnt'
  counted.aliases.set(hex(one.codeHash), proof)
  const { payerId } = found
  const wrong = (ground.wrongOf.get(payerId) ?? 0) + 1
  ground.wrongOf.set(payerId, wrong)
  counted.payers.set(payerId, (counted.payers.get(payerId) ?? 0) + 1)
  if (wrong === one.mostWrongOfPayer) counted.events.push(alarmOfPayer(payerId, wrong, one))
}

/** Tells the payer, and the console, that somebody tries codes of the payer's devices. */
const alarmOfPayer = (payerId: string, wrongTries: number, { day, now }: Try): Event => ({
  ...{ id: newId('evt', now.getTime()), type: 'code.alarm', subjectId: payerId },
  ...{ merchantId: null, terminalId: null, payerId, partyId: null, occurredAt: now },
  payload: {
    ...{ object: 'code_alarm', kind: 'wrong_time_codes', payer: payerId },
    ...{ wrong_tries: wrongTries, business_date: day },
  },
})

type Writing = { counted: Counted; ground: Ground; day: string }

async function write(tx: Tx, institutionId: string, { counted, ground, day }: Writing) {
  const { aliases, guesses, payers, events } = counted
  const hashes = [...aliases.keys()].sort()
  if (hashes.length > 0)
    tx.send(sql('count_wrong'), [
      institutionId,
      hashes.map((hash) => Buffer.from(hash, 'hex')),
      hashes.map((hash) => aliases.get(hash)?.wrongTries),
      hashes.map((hash) => ground.codes.get(hash)?.stopped === 'burnt'),
    ])
  const guessed = [...guesses].map(([terminalId, more]) => ({ terminalId, day, guesses: more }))
  await countGuesses(tx, institutionId, guessed)
  if (payers.size > 0) {
    const payerIds = [...payers.keys()].sort()
    const more = payerIds.map((id) => payers.get(id))
    tx.send(sql('count_payer_guesses'), [institutionId, payerIds, day, more])
  }
  putEvents(tx, institutionId, events)
}

/** So many codes with a wrong time were tried on a payer's devices on one local day. */
export type WrongCodes = { day: string; wrong: number }

/** The days on which somebody tried codes of a payer's, the newest first, 30 at most. */
export const readWrongCodes = (
  db: Pick<Db, 'read'>,
  { institutionId, payerId }: PayerKey,
): Promise<WrongCodes[]> => db.read(sql('read_payer_guesses'), [institutionId, payerId, 30])

/** Forgets the wrong tries of days before the given one. */
export function purgeOfflineTries(tx: Tx, institutionId: string, beforeDay: string): void {
  tx.send(sql('purge_payer_guesses'), [institutionId, beforeDay])
}
