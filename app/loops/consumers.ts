import { isTransient, type Tx } from '../../modules/database/database.ts'
import { moveStock, readSaleSubject } from '../../modules/goods/goods.ts'
import {
  deliverNews,
  deliverNotices,
  givingNow,
  subscribeByPaying,
} from '../../modules/notice/notice.ts'
import {
  done,
  postpone,
  readBacklog,
  takeDue,
  type Consumer,
  type Message,
} from '../../modules/outbox/outbox.ts'
import { expireConfirmations } from '../../modules/payment/payment.ts'
import { expireDebits } from '../../modules/wallet/wallet.ts'
import type { OpenIo } from '../io.ts'

// Messages that share one transaction.
const MOST = 500
const LONGEST_PUT_OFF_MS = 5 * 60_000

type Deliver = (tx: Tx, institutionId: string, messages: readonly Message[]) => Promise<void>

/**
 * The consumers of one institution's outbox. The answer runs all of them until nothing is due, and
 * answers how many messages it took off.
 */
export function newConsumers(io: OpenIo, institutionId: string): () => Promise<number> {
  const stock: Deliver = (tx, id, messages) =>
    moveStock(
      tx,
      id,
      messages.map(({ subjectId }) => readSaleSubject(subjectId)),
      io.now(),
    )
  // Whoever was debited by a merchant here listens to it from now on.
  const notices: Deliver = async (tx, id, messages) => {
    await deliverNotices(tx, id, messages)
    await subscribeByPaying(tx, id, messages, () => givingNow(io, id))
  }
  const told: Deliver = async (tx, id, messages) =>
    deliverNews(tx, id, messages, await givingNow(io, id))
  const notice = newConsumer(io, institutionId, { consumer: 'notice', deliver: notices })
  const news = newConsumer(io, institutionId, { consumer: 'news', deliver: told })
  const goods = newConsumer(io, institutionId, { consumer: 'stock', deliver: stock })
  return async () => {
    // One read instead of a transaction for each consumer: most of the time nothing is due.
    const backlog = await readBacklog(io.db, institutionId, io.now())
    const isDue = new Set(backlog.map(({ consumer }) => consumer))
    let handled = 0
    if (isDue.has('payment_check')) handled += await expireConfirmations(io, institutionId)
    if (isDue.has('debit_check')) handled += await expireDebits(io, institutionId)
    if (isDue.has('notice')) handled += await notice()
    if (isDue.has('stock')) handled += await goods()
    if (isDue.has('news')) handled += await news()
    if (handled > 0) io.poke(institutionId)
    return handled
  }
}

/**
 * Takes messages off the outbox, `MOST` at a time: effect and removal are one transaction, so each
 * happens exactly once. When one of them cannot be delivered, batches halve until it stands alone;
 * it is put off, longer each time, and the others go on.
 */
function newConsumer(
  io: OpenIo,
  institutionId: string,
  { consumer, deliver }: { consumer: Consumer; deliver: Deliver },
): () => Promise<number> {
  let limit = MOST

  async function deliverBatch(): Promise<{ count: number; mayBeMore: boolean }> {
    let taken: Message[] = []
    try {
      await io.db.transaction(async (tx) => {
        taken = await takeDue(tx, institutionId, { consumer, now: io.now(), limit })
        if (taken.length === 0) return
        await deliver(tx, institutionId, taken)
        done(tx, institutionId, consumer, taken)
      })
      const mayBeMore = taken.length === limit
      limit = Math.min(limit * 2, MOST)
      return { count: taken.length, mayBeMore }
    } catch (error) {
      if (isTransient(error) || taken.length === 0) throw error
      if (taken.length > 1) limit = Math.ceil(taken.length / 2)
      else await putOff(taken[0] as Message, error)
      return { count: 0, mayBeMore: true }
    }
  }

  async function putOff(message: Message, error: unknown): Promise<void> {
    const { id, attempts } = message
    const waitMs = Math.min(1_000 * 2 ** attempts, LONGEST_PUT_OFF_MS)
    const problem = error instanceof Error ? error.message : String(error)
    io.log.error({ err: error, institutionId, consumer, messageId: id }, 'a message was put off')
    const dueAt = new Date(io.now().getTime() + waitMs)
    await io.db.transaction(async (tx) => {
      const why = { dueAt, problem: problem.slice(0, 500) }
      postpone(tx, institutionId, { consumer, messages: [message], ...why })
      await Promise.resolve()
    })
  }

  return async () => {
    for (let sum = 0; ;) {
      const { count, mayBeMore } = await deliverBatch()
      sum += count
      if (!mayBeMore) return sum
    }
  }
}
