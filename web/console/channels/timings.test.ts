import { expect, test } from 'vitest'
import { asSeconds, faultOf, readTimings, typedTimings, type Timing } from './timings.ts'

const ladder: Timing = {
  ...{ channel: 'alipay', at: 'schedule.queriesMs', is_ladder: true, default_ms: [5_000] },
  ...{ minimum_ms: 100, maximum_ms: 600_000 },
}
const time: Timing = { ...ladder, at: 'timeouts.chargeMs', is_ladder: false }
const flat: Timing = { ...time, at: 'timeoutMs' }

test('times are typed in seconds and sent in ms, and what is empty is left to its default', () => {
  const settings = { schedule: { queriesMs: [1_500, 3_000] }, timeoutMs: 8_000, appId: '20' }
  const typed = typedTimings(settings)
  expect(typed).toEqual({ schedule: { queriesMs: '1.5, 3' }, timeoutMs: '8' })
  expect(readTimings([ladder, flat], { settings: typed })).toEqual({
    ...{ schedule: { queriesMs: [1_500, 3_000] }, timeoutMs: 8_000 },
  })
  const empty = { settings: { schedule: { queriesMs: ' ' }, timeouts: { chargeMs: '0.3' } } }
  expect(readTimings([ladder, time], empty)).toEqual({ timeouts: { chargeMs: 300 } })
  expect(asSeconds([120_000, 82_800_000])).toBe('120, 82800')
})

test.each([
  [ladder, '', null],
  [ladder, '1, 3，7', null],
  [ladder, '3, 1', 'falling'],
  [ladder, '5, soon', 'number'],
  [time, '1, 2', 'number'],
  [time, '0.05', 'range'],
  [time, '601', 'range'],
] as const)('%o typed as “%s” is found to be: %s', (timing, typed, fault) => {
  expect(faultOf(timing, typed)).toBe(fault)
})
