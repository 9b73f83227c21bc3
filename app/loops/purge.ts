import { purgeKeys } from '../../modules/database/idempotency.ts'
import { earliestId, idTime } from '../../modules/lib/ids.ts'
import { purgeNews } from '../../modules/notice/notice.ts'
import { purgeEvents, readEvents } from '../../modules/outbox/outbox.ts'
import { purgeGuesses, purgePositions, purgeSigned } from '../../modules/terminal/terminal.ts'
import { purgeCodes, purgeNonces, purgeOfflineTries } from '../../modules/wallet/wallet.ts'
import type { OpenIo } from '../io.ts'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS

// Streams resume from seconds ago; three days are for whoever looks into what went wrong.
const EVENTS_MS = 3 * DAY_MS
// A scan of a code that expired within this is refused as expired, later as unknown.
const CODES_MS = 2 * DAY_MS
// For whoever looks into an alarm; only terminals and payers that somebody guessed at have any.
const GUESSES_MS = 30 * DAY_MS
// Many times as long as a signature between institutions is good.
const NONCES_MS = HOUR_MS
// As long as a day's books may be reconciled. Source: reliability.md §10.1.
const KEYS_MS = 7 * DAY_MS

/**
 * Forgets what nobody needs any more. Events go an hour at a time, so that no statement is long
 * even when the purge was away for weeks.
 */
export async function purge(io: OpenIo, institutionId: string): Promise<void> {
  const nowMs = io.now().getTime()
  const keepDays = io.settings(institutionId).integer('terminal.position_keep_days')
  await io.db.transaction(async (tx) => {
    purgeCodes(tx, institutionId, new Date(nowMs - CODES_MS))
    const guessedDay = new Date(nowMs - GUESSES_MS).toISOString().slice(0, 10)
    purgeOfflineTries(tx, institutionId, guessedDay)
    purgeGuesses(tx, institutionId, guessedDay)
    purgeNonces(tx, institutionId, new Date(nowMs - NONCES_MS))
    purgeSigned(tx, institutionId, new Date(nowMs))
    purgePositions(tx, institutionId, new Date(nowMs - keepDays * DAY_MS))
    purgeKeys(tx, institutionId, new Date(nowMs - KEYS_MS))
    purgeNews(tx, institutionId, io.now())
    await Promise.resolve()
  })
  const beforeMs = nowMs - EVENTS_MS
  const [oldest] = await readEvents(io.db, institutionId, { afterId: '', limit: 1 })
  if (!oldest) return
  for (let atMs = idTime(oldest.id).getTime(); atMs < beforeMs;) {
    atMs = Math.min(atMs + HOUR_MS, beforeMs)
    const beforeId = earliestId('evt', new Date(atMs))
    await io.db.transaction(async (tx) => {
      purgeEvents(tx, institutionId, beforeId)
      await Promise.resolve()
    })
  }
}
