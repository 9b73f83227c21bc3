import { NO_ROAD, type ChargeOutcome, type Schedule } from '../channel/channel.ts'
import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { done, hasten, leaseDue, type Leased } from '../outbox/outbox.ts'
import { periodsAt } from '../wallet/wallet.ts'
import { readChargesById, type Charge } from './charge.ts'
import type { Told } from './follow-up.ts'
import { orderSchedule } from './present-schedule.ts'
import { readPayment } from './read.ts'
import { record } from './record.ts'
import type { Actor, Payment } from './state.ts'

/** A charge as the caller has read or made it, and its payment's merchant where that is at hand. */
type Known = { charge: Charge; merchantId?: string }

/** A word about a charge, and who brings it. What is known of the charge need not be read. */
export type Word = { chargeId: string; told: Told; actor: Actor; known?: Known }

/**
 * Takes in what was heard of a charge, by the one door. Heard twice it has no second effect.
 *
 * @throws AppError NOT_FOUND when there is no such charge
 *
 * Source: DESIGN §3 (one door for every channel outcome).
 */
export async function recordWord(
  io: Io,
  institutionId: string,
  { chargeId, told, actor, known }: Word,
): Promise<{ payment: Payment; charge: Charge }> {
  const { timeZone } = await io.institution(institutionId)
  const now = io.now()
  const charge = known?.charge ?? (await readCharge(io, institutionId, chargeId))
  if (!charge) throw new AppError('NOT_FOUND')
  const schedule = await scheduleOf(io, institutionId, charge)
  const { paymentId } = charge
  const about = { chargeId, paymentId, merchantId: known?.merchantId ?? null }
  const report = { ...about, told, schedule, actor, periods: periodsAt(now, timeZone), now }
  const recorded = await io.batched(record, institutionId, report)
  if (!recorded) throw new AppError('NOT_FOUND')
  io.poke(institutionId)
  return recorded
}

export type Outcome = {
  chargeId: string
  outcome: ChargeOutcome
  /** What a notice says was paid; another amount than was asked for is no outcome of ours. */
  amountMinor?: bigint
  by: 'answer' | 'query' | 'notice'
  actor: Actor
  known?: Known
}

/** The outcome of a charge, as its channel or a person tells it. Throws as `recordWord` does. */
export async function recordOutcome(
  io: Io,
  institutionId: string,
  { chargeId, outcome, amountMinor, by, actor, known }: Outcome,
): Promise<Payment> {
  const word = { chargeId, told: { by, outcome }, actor }
  const charge = known?.charge ?? (await readCharge(io, institutionId, chargeId))
  const isOther = amountMinor !== undefined && charge?.amountMinor !== amountMinor
  if (!charge || isOther) throw new AppError('NOT_FOUND')
  return (await recordWord(io, institutionId, { ...word, known: known ?? { charge } })).payment
}

// For a charge whose account was closed: nothing can be asked, and a person will have to look.
const lastSchedule: Schedule = {
  ...{ queriesMs: [], everyMs: 60_000, giveUpMs: 60_000, reverseNotBeforeMs: 0 },
  ...{ reverseEveryMs: 60_000, followUpMs: [300_000, 3_600_000, 86_400_000] },
}

async function scheduleOf(io: Io, institutionId: string, charge: Charge): Promise<Schedule> {
  const road = io.channels.road(institutionId, charge.channelAccountId)
  const schedule = road?.channel.schedule ?? lastSchedule
  if (charge.means !== 'order') return schedule
  const order = await readPayment(io.db, institutionId, charge.paymentId)
  return orderSchedule(charge, order, schedule)
}

async function readCharge(io: Io, institutionId: string, id: string): Promise<Charge | undefined> {
  const charges = await readChargesById({ many: io.db.read }, institutionId, [id])
  return charges.get(id)
}

/**
 * Does what is due for a charge: asks its channel what became of it, or reverses it, and takes in
 * what is heard. No transaction is open while the channel is asked.
 *
 * @throws AppError NOT_FOUND when there is no such charge
 */
export async function checkCharge(
  io: Io,
  institutionId: string,
  chargeId: string,
  actor: Actor = 'clock',
): Promise<Payment> {
  const charge = await readCharge(io, institutionId, chargeId)
  if (!charge) throw new AppError('NOT_FOUND')
  const told = await ask(io, charge)
  const word = { chargeId, told, actor, known: { charge } }
  return (await recordWord(io, institutionId, word)).payment
}

async function ask(io: Io, charge: Charge): Promise<Told> {
  const { institutionId, id: chargeId, startedAt, amountMinor, channelAccountId } = charge
  const road = io.channels.road(institutionId, channelAccountId)
  const by = charge.means === 'agreement' && ({ by: charge.means } as const)
  const key = { chargeId, startedAt, amountMinor, ...by }
  if (!road) {
    const outcome = { kind: 'unknown', waitsFor: 'channel', channelCode: NO_ROAD } as const
    return { by: 'query', outcome }
  }
  const { channel } = road
  const ageMs = io.now().getTime() - startedAt.getTime()
  const mayReverse = ageMs >= channel.schedule.reverseNotBeforeMs
  if (charge.step === 'reverse' && mayReverse)
    // What a merchant has shown and nobody has paid is closed; there is nothing to take back.
    return {
      by: 'reversal',
      outcome: await (charge.means === 'order' ? channel.close(key) : channel.reverse(key)),
    }
  return { by: 'query', outcome: await channel.query(key) }
}

// Nobody else gets a check within this; longer than any channel's own time-out.
const LEASE_MS = 30_000
const MOST = 64

/**
 * Does the checks that are due, all channels at once, and answers how many. Checks of an account
 * whose breaker is open stay where they are, but for the one that may probe it.
 *
 * Source: DESIGN §3 (unknown payments), §5 (reminders carry their channel account).
 */
export async function runChecks(
  io: Io,
  institutionId: string,
  accountsAtRest: readonly string[],
): Promise<number> {
  const now = io.now()
  const until = new Date(now.getTime() + LEASE_MS)
  const leased = await io.db.transaction((tx) => {
    const wanted = { consumer: 'charge_check', now, until, limit: MOST } as const
    return leaseDue(tx, institutionId, { ...wanted, without: accountsAtRest })
  })
  const ended = await Promise.all(leased.map((one) => runCheck(io, institutionId, one)))
  const gone = ended.flatMap((one) => one ?? [])
  if (gone.length > 0)
    await io.db.transaction(async (tx) => {
      done(tx, institutionId, 'charge_check', gone)
      await Promise.resolve()
    })
  return leased.length
}

/** Answers the reminder when it is of no use any more: its charge has another, or none. */
async function runCheck(io: Io, institutionId: string, message: Leased): Promise<Leased | null> {
  try {
    await checkCharge(io, institutionId, message.subjectId)
    return message
  } catch (err) {
    // It comes back when its lease has run out.
    const chargeId = message.subjectId
    io.log.error({ err, institutionId, chargeId }, 'a charge could not be checked')
    return null
  }
}

/** Makes the checks of an account due at once: it answers again. */
export async function hastenChecks(io: Io, institutionId: string, accountId: string) {
  await io.db.transaction(async (tx) => {
    hasten(tx, institutionId, accountId, io.now())
    await Promise.resolve()
  })
  io.poke(institutionId)
}
