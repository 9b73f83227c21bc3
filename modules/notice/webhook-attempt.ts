import { loadSql, type Tx } from '../database/database.ts'
import type { Io } from '../io/io.ts'
import { newId } from '../lib/ids.ts'
import { record } from '../trail/trail.ts'
import { FAILING_MS, nextStep, type Answer } from './webhook-ladder.ts'
import type { Given } from './webhook-plan.ts'
import type { Sender } from './webhook-send.ts'
import { openSecrets, signHeaders } from './webhook-sign.ts'

const sql = loadSql(new URL('./webhook.sql', import.meta.url))

// Longer than any try lasts. When a process dies, its deliveries are sent by others after this.
export const LEASE_MS = 30_000
// At one endpoint at once: while it answers, and while it fails.
const MOST_OF_ONE = 8
const MOST_OF_FAILING = 1
// Of one institution at once; failing endpoints have half of it at most, so that however many
// servers are dead, the others are told.
const MOST_OF_ALL = 256
const MOST_OF_ALL_FAILING = MOST_OF_ALL / 2
const KEPT_ATTEMPTS = 20

/** One try as the log keeps it. */
export type Attempt = {
  at: string
  took_ms: number
  status: number | null
  problem: string | null
  detail: string | null
}

/** A delivery in this process's hands. */
export type Claimed = {
  id: string
  endpointId: string
  eventId: string
  eventType: Given['eventType']
  body: string
  rung: number
  attemptLog: Attempt[]
  url: string
  sealedSecrets: Buffer
  isFailing: boolean
}

type Reach = Pick<Io, 'db' | 'now' | 'batched' | 'masterKey' | 'settings'>

/**
 * Takes deliveries that are due, beside those in flight, and no more than each endpoint may have.
 * Until their lease is over no other process sends them.
 */
export async function claimDeliveries(
  io: Pick<Io, 'db' | 'now'>,
  institutionId: string,
  flying: readonly Claimed[],
): Promise<Claimed[]> {
  const counts = new Map<string, number>()
  for (const { endpointId } of flying) counts.set(endpointId, (counts.get(endpointId) ?? 0) + 1)
  const room = MOST_OF_ALL - flying.length
  const failingRoom = MOST_OF_ALL_FAILING - flying.filter(({ isFailing }) => isFailing).length
  if (room <= 0) return []
  return io.db.transaction(async (tx) => {
    const now = io.now()
    const claim = async (isFailing: boolean, most: number, limit: number) => {
      const busy = [[...counts.keys()], [...counts.values()]]
      const values = [institutionId, now, ...busy, isFailing, most, limit]
      const rows = await tx.many<ClaimedRow>(sql('claim'), values)
      return rows.map((row) => readRow(row, isFailing))
    }
    const claimed = await claim(false, MOST_OF_ONE, room)
    const left = Math.min(failingRoom, room - claimed.length)
    if (left > 0) claimed.push(...(await claim(true, MOST_OF_FAILING, left)))
    const until = new Date(now.getTime() + LEASE_MS)
    const ids = claimed.map(({ id }) => id)
    if (ids.length > 0) tx.send(sql('lease'), [institutionId, ids, until])
    return claimed
  })
}

/**
 * Sends one delivery and writes down what came of it. When `signal` ends it first, it is put back for
 * whoever comes next. Answers what came of it, or null.
 */
export async function attempt(
  io: Reach,
  institutionId: string,
  delivery: Claimed,
  { sender, signal }: { sender: Sender; signal: AbortSignal },
): Promise<Answer | null> {
  const { id, endpointId, eventId, url, body, sealedSecrets } = delivery
  const now = io.now()
  const secrets = openSecrets(sealedSecrets, { institutionId, id: endpointId }, io.masterKey)
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'OneTill-Webhooks',
    ...signHeaders({ id: eventId, body }, secrets, now),
  }
  const answer = await sender.send({ url, headers, body, now }, signal)
  if (answer) {
    const attempts = io.settings(institutionId).integer('webhook.attempts')
    const outcome = { delivery, answer, attempts, at: now, now: io.now() }
    await io.batched(outcomeStep, institutionId, outcome)
    return answer
  }
  await io.db.transaction(async (tx) => {
    tx.send(sql('release'), [institutionId, [id]])
    await Promise.resolve()
  })
  return null
}

type Outcome = { delivery: Claimed; answer: Answer; attempts: number; at: Date; now: Date }

// Outcomes share transactions, as payments do.
const outcomeStep = {
  name: 'webhook_outcome',
  mode: 'write' as const,
  async run(tx: Tx, institutionId: string, outcomes: readonly Outcome[]): Promise<null[]> {
    putOutcomes(tx, institutionId, outcomes)
    await putHealth(tx, institutionId, outcomes)
    return outcomes.map(() => null)
  },
}

function putOutcomes(tx: Tx, institutionId: string, outcomes: readonly Outcome[]): void {
  const steps = outcomes.map(({ delivery, answer, attempts, now }) => {
    const { id, rung, eventType: type, attemptLog } = delivery
    return { id, answer, attemptLog, next: nextStep({ rung, type }, answer, { now, attempts }) }
  })
  tx.send(sql('put_outcomes'), [
    institutionId,
    steps.map(({ id }) => id),
    steps.map(({ next }) => next.state),
    steps.map(({ next }) => next.rung),
    steps.map(({ next }) => next.dueAt),
    steps.map(({ answer }) => answer.status),
    steps.map(({ answer }) => answer.problem),
    outcomes.map((outcome) => JSON.stringify(logOf(outcome))),
    steps.map(({ next }) => next.completedAt),
  ])
}

function logOf({ delivery, answer, at }: Outcome): Attempt[] {
  const { status, problem, detail, tookMs } = answer
  const tried = { at: at.toISOString(), took_ms: tookMs, status, problem, detail }
  return [...delivery.attemptLog.slice(1 - KEPT_ATTEMPTS), tried]
}

/** What the outcomes say of the endpoints. A ping is a question of the owner's and says nothing. */
async function putHealth(
  tx: Tx,
  institutionId: string,
  outcomes: readonly Outcome[],
): Promise<void> {
  const real = outcomes.filter(({ delivery }) => delivery.eventType !== 'ping')
  const [first] = real
  if (!first) return
  const { now } = first
  const idsOf = (are: (answer: Answer) => boolean) => {
    const ids = real.flatMap((one) => (are(one.answer) ? [one.delivery.endpointId] : []))
    return [...new Set(ids)].toSorted()
  }
  const gone = idsOf(({ problem }) => problem === 'gone')
  const failed = idsOf(({ problem }) => problem !== null)
  const arrived = idsOf(({ problem }) => problem === null)
  if (failed.length > 0) tx.send(sql('begin_failing'), [institutionId, failed, now])
  if (arrived.length > 0) tx.send(sql('end_failing'), [institutionId, arrived])
  const since = new Date(now.getTime() - FAILING_MS)
  const entries = [
    ...(await disable(tx, institutionId, { ids: gone, reason: 'gone', since: null, now })),
    ...(await disable(tx, institutionId, { ids: failed, reason: 'failing', since, now })),
  ]
  if (entries.length > 0) await record(tx, institutionId, entries)
}

type Disabling = { ids: string[]; reason: 'gone' | 'failing'; since: Date | null; now: Date }

async function disable(
  tx: Tx,
  institutionId: string,
  { ids, reason, since, now }: Disabling,
): Promise<Parameters<typeof record>[2][number][]> {
  if (ids.length === 0) return []
  const values = [institutionId, ids, reason, since, now]
  const disabled = await tx.many<{ id: string }>(sql('disable'), values)
  return disabled.map(({ id }) => ({
    ...{ id: newId('trl', now.getTime()), at: now, actor: 'clock' },
    ...{ action: 'webhook_endpoint.disable', subject: id, detail: { reason } },
  }))
}

type ClaimedRow = {
  id: string
  endpoint_id: string
  event_id: string
  event_type: Given['eventType']
  body: string
  rung: number
  attempt_log: Attempt[]
  url: string
  sealed_secrets: Buffer
}

const readRow = (row: ClaimedRow, isFailing: boolean): Claimed => ({
  id: row.id,
  endpointId: row.endpoint_id,
  eventId: row.event_id,
  eventType: row.event_type,
  body: row.body,
  rung: row.rung,
  attemptLog: row.attempt_log,
  url: row.url,
  sealedSecrets: row.sealed_secrets,
  isFailing,
})
