import { AppError } from '../errors/errors.ts'
import { alipaySchedule, alipayTimeouts } from './alipay/account.ts'
import type { Schedule } from './channel.ts'
import { interbankSchedule, interbankTimeoutMs } from './interbank/account.ts'
import type { ChannelName } from './terms.ts'
import { unionpaySchedule, unionpayTimeouts } from './unionpay/account.ts'
import { DEFAULT_TIMEOUT_MS, NOT_FOUND_AFTER_MS, publishedSchedule } from './wechat/account.ts'

// The times of a channel account: when an unknown charge is asked about, and how long an answer is
// waited for. What an account does not say is as its counterpart has published it.

/** One time of an account, or a ladder of them. All in ms. */
export type Timing = {
  /** As the settings name it: `schedule.giveUpMs`, `timeouts.chargeMs`. */
  at: string
  isLadder: boolean
  /** One for a time; the rungs of a ladder. */
  defaultMs: readonly number[]
  minMs: number
  maxMs: number
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 24 * 60 * MINUTE_MS
const SHORTEST_MS = 100
const MOST_RUNGS = 20

const time = (at: string, defaultMs: number, maxMs: number, minMs = SHORTEST_MS): Timing => ({
  ...{ at, isLadder: false, defaultMs: [defaultMs], minMs, maxMs },
})

const ladder = (at: string, defaultMs: readonly number[], maxMs: number): Timing => ({
  ...{ at, isLadder: true, defaultMs, minMs: SHORTEST_MS, maxMs },
})

function scheduled(published: Schedule): Timing[] {
  return [
    ladder('schedule.queriesMs', published.queriesMs, 10 * MINUTE_MS),
    time('schedule.everyMs', published.everyMs, 10 * MINUTE_MS),
    time('schedule.giveUpMs', published.giveUpMs, 30 * MINUTE_MS),
    time('schedule.reverseNotBeforeMs', published.reverseNotBeforeMs, 10 * MINUTE_MS, 0),
    time('schedule.reverseEveryMs', published.reverseEveryMs, 10 * MINUTE_MS),
    ladder('schedule.followUpMs', published.followUpMs, 7 * DAY_MS),
  ]
}

const answered = (at: string, defaultMs: number): Timing => time(at, defaultMs, 2 * MINUTE_MS)
const missing = (at: string, defaultMs: number): Timing => time(at, defaultMs, 60 * MINUTE_MS)

const unionpay: readonly Timing[] = [
  ...scheduled(unionpaySchedule),
  answered('timeouts.answerMs', unionpayTimeouts.answerMs),
  missing('timeouts.notFoundAfterMs', unionpayTimeouts.notFoundAfterMs),
]

/** By road: its times with their defaults and bounds. Source: P10; reference/protocols.md §2–§4. */
export const timingsOf: Readonly<Record<ChannelName, readonly Timing[]>> = {
  wechat: [
    ...scheduled(publishedSchedule),
    answered('timeoutMs', DEFAULT_TIMEOUT_MS),
    missing('notFoundAfterMs', NOT_FOUND_AFTER_MS),
  ],
  alipay: [
    ...scheduled(alipaySchedule),
    answered('timeouts.chargeMs', alipayTimeouts.chargeMs),
    answered('timeouts.otherMs', alipayTimeouts.otherMs),
    missing('timeouts.notFoundAfterMs', alipayTimeouts.notFoundAfterMs),
  ],
  unionpay,
  bankcard: unionpay,
  interbank: [...scheduled(interbankSchedule), answered('timeoutMs', interbankTimeoutMs)],
}

type Settings = Readonly<Record<string, unknown>>

/** What the settings say of a time; undefined: nothing. */
function saidOf(settings: Settings, { at }: Timing): readonly number[] | undefined {
  const [group = '', name] = at.split('.')
  const said =
    name === undefined ? settings[group] : (settings[group] as Settings | undefined)?.[name]
  return said === undefined ? undefined : ([said].flat() as number[])
}

/**
 * Checks the times of an account, whose form was checked before: each within its bounds, no ladder
 * going down, and nothing given up or reversed before it was asked about once.
 *
 * @throws AppError INVALID_REQUEST, `param` naming the time
 */
export function checkTimings(channel: ChannelName, settings: Settings): void {
  const refuse = (at: string): never => {
    throw new AppError('INVALID_REQUEST', { param: `settings.${at}` })
  }
  const effective = new Map<string, readonly number[]>()
  for (const timing of timingsOf[channel]) {
    const { at, minMs, maxMs, defaultMs } = timing
    const said = saidOf(settings, timing)
    const isWithin = said?.every((ms) => ms >= minMs && ms <= maxMs) ?? true
    const isClimbing = said?.every((ms, rung) => rung === 0 || ms >= (said[rung - 1] ?? 0)) ?? true
    if (!isWithin || !isClimbing || (said?.length ?? 0) > MOST_RUNGS) refuse(at)
    effective.set(at, said ?? defaultMs)
  }
  const firstQueryMs = effective.get('schedule.queriesMs')?.[0] ?? 0
  if (firstQueryMs > (effective.get('schedule.giveUpMs')?.[0] ?? 0)) refuse('schedule.giveUpMs')
}
