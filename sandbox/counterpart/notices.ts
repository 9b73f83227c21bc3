import { setImmediate } from 'node:timers'

import type { VirtualClock } from './clock.ts'
import type { FaultBook } from './faults.ts'
import { hasFault } from './faults.ts'
import type { Table } from './store.ts'
import { openStore } from './store.ts'

/** A notice that was not accepted yet. */
export type Pending<Notice> = { notice: Notice; tried: number; dueAtMs: number }

/** One try, as it went. */
export type Delivery = {
  id: string
  orderNo: string
  at: string
  tried: number
  /** The status of the answer; null when there was none, or when the notice was lost on purpose. */
  status: number | null
  accepted: boolean
}

export type NoticeRequest = { url: string; headers: Record<string, string>; body: string }
export type NoticeAnswer = { status: number; text: string }

export type NoticeOptions<Notice> = {
  clock: VirtualClock
  faults: FaultBook
  /** Keeps what is pending over a restart. */
  table?: Table<Pending<Notice>>
  /** The waits between tries; the first try is at once. */
  waitsMs: readonly number[]
  /**
   * Made anew for every try: stamps and signatures are of that moment. A spoiled one has a
   * signature that is wrong.
   */
  request: (notice: Notice, tried: number, isSpoiled: boolean) => NoticeRequest
  isAccepted: (answer: NoticeAnswer, notice: Notice) => boolean
  timeoutMs?: number
  onLog?: (delivery: Delivery) => void
}

export type NoticeLadder<Notice> = {
  post(notice: Notice): void
  pending(): Pending<Notice>[]
  sent(): Delivery[]
  /** Waits until no notice is in the air. */
  idle(): Promise<void>
}

type Numbered = { id: string; orderNo: string }

/** Sends notices until they are accepted or the ladder ends. */
export function noticeLadder<Notice extends Numbered>(
  options: NoticeOptions<Notice>,
): NoticeLadder<Notice> {
  const { clock, faults, waitsMs, isAccepted } = options
  const pending = options.table ?? openStore().table<Pending<Notice>>('notice')
  const sent: Delivery[] = []
  const inTheAir = new Set<Promise<void>>()
  const keptBack = new Set<string>()

  const start = (id: string) => {
    const trying = tryOnce(id).finally(() => inTheAir.delete(trying))
    inTheAir.add(trying)
    return trying
  }

  const letGo = async (id: string) => {
    if (keptBack.delete(id)) await start(id)
  }

  const tryOnce = async (id: string): Promise<void> => {
    const row = pending.get(id)
    if (!row) return
    const { notice, tried } = row
    const planned = faults.plan({ operation: 'notice', orderNo: notice.orderNo })
    if (hasFault(planned, 'notice_reordered')) {
      keptBack.add(id)
      clock.after(waitsMs[tried] ?? waitsMs.at(-1) ?? 0, () => letGo(id))
      return
    }
    const isLost = hasFault(planned, 'notice_lost')
    const isSpoiled = hasFault(planned, 'wrong_signature')
    const times = hasFault(planned, 'notice_duplicate') ? 2 : 1
    let accepted = false
    for (let time = 0; time < times; time += 1) {
      const answer = isLost ? null : await send(options.request(notice, tried, isSpoiled), options)
      accepted ||= answer !== null && isAccepted(answer, notice)
      note({ row, status: answer?.status ?? null, accepted })
    }
    settle(row, accepted)
    if (!isLost) await Promise.all([...keptBack].map(letGo))
  }

  const note = (went: { row: Pending<Notice>; status: number | null; accepted: boolean }) => {
    const { notice, tried } = went.row
    const { status, accepted } = went
    const at = clock.now().toISOString()
    const delivery = { id: notice.id, orderNo: notice.orderNo, at, tried, status, accepted }
    sent.push(delivery)
    options.onLog?.(delivery)
  }

  const settle = ({ notice, tried }: Pending<Notice>, accepted: boolean) => {
    const waitMs = waitsMs[tried]
    if (accepted || waitMs === undefined) return pending.delete(notice.id)
    pending.put(notice.id, { notice, tried: tried + 1, dueAtMs: clock.nowMs() + waitMs })
    clock.after(waitMs, () => start(notice.id))
  }

  for (const { notice, dueAtMs } of pending.all()) {
    clock.after(Math.max(dueAtMs - clock.nowMs(), 0), () => start(notice.id))
  }

  return {
    post: (notice) => {
      pending.put(notice.id, { notice, tried: 0, dueAtMs: clock.nowMs() })
      const soon = new Promise<void>((resolve) => setImmediate(resolve))
        .then(() => tryOnce(notice.id))
        .finally(() => inTheAir.delete(soon))
      inTheAir.add(soon)
    },
    pending: () => pending.all(),
    sent: () => [...sent],
    idle: async () => {
      while (inTheAir.size > 0) await Promise.all(inTheAir)
    },
  }
}

async function send<Notice>(
  { url, headers, body }: NoticeRequest,
  { timeoutMs = 5_000 }: NoticeOptions<Notice>,
): Promise<NoticeAnswer | null> {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' })
    return { status: answer.status, text: await answer.text() }
  } catch {
    // No answer, whatever the reason: that is a refused try, and the ladder goes on.
    return null
  }
}
