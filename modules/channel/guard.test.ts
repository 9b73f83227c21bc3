import { expect, test } from 'vitest'

import type { Channel, ChargeOrder, ChargeOutcome, Health, RefundOrder } from './channel.ts'
import { guard, type Called } from './guard.ts'

const noon = new Date('2026-11-23T04:00:00Z')
const order = { chargeId: 'chg_1', startedAt: noon, amountMinor: 100n } as ChargeOrder
const refund = { chargeId: 'chg_1', refundId: 'rfd_1' } as RefundOrder

const paid: ChargeOutcome = {
  ...{ kind: 'succeeded', channelRef: '1', paidAt: noon, payerPaidMinor: 100n, payer: null },
}
const dead: ChargeOutcome = {
  ...{ kind: 'unknown', waitsFor: 'channel', channelCode: 'TIMEOUT', isIll: true },
}
const notSent: ChargeOutcome = { kind: 'not_sent', channelCode: 'NOT_SENT' }
const unasked: ChargeOutcome = { kind: 'unknown', waitsFor: 'channel', channelCode: 'NOT_SENT' }

/** A counterpart that is as alive as the test says, behind a guard on a clock of the test's own. */
function open({ concurrency = 100 } = {}) {
  let nowMs = 0
  let isAlive = true
  let held: (() => void)[] | null = null
  const asked: string[] = []
  const called: Called[] = []
  const turned: Health[] = []
  async function answer(name: string): Promise<ChargeOutcome> {
    asked.push(name)
    if (held) await new Promise<void>((resolve) => held!.push(resolve))
    return isAlive ? paid : dead
  }
  const again = async (name: string) => {
    const outcome = await answer(name)
    return outcome.kind === 'unknown'
      ? { kind: 'again' as const, channelCode: 'TIMEOUT', isIll: true as const }
      : { kind: 'reversed' as const, wasPaid: null, channelCode: 'X' }
  }
  const back = async (name: string) => {
    const outcome = await answer(name)
    return outcome.kind === 'unknown'
      ? { kind: 'unknown' as const, channelCode: 'TIMEOUT', isIll: true as const }
      : { kind: 'succeeded' as const, refundRef: 'R' }
  }
  const channel: Channel = {
    name: 'wechat',
    schedule: {
      ...{ queriesMs: [], everyMs: 0, giveUpMs: 0, reverseNotBeforeMs: 0, reverseEveryMs: 0 },
      followUpMs: [],
    },
    charge: () => answer('charge'),
    query: () => answer('query'),
    reverse: () => again('reverse'),
    close: () => again('close'),
    refund: () => back('refund'),
    queryRefund: () => back('queryRefund'),
    readNotice: () => ({ kind: 'refused', problem: 'none' }),
    replyTo: () => ({ status: 200, contentType: '', body: '' }),
    test: async () => {
      const { kind } = await answer('test')
      return { ok: kind === 'succeeded', problem: kind === 'succeeded' ? null : 'TIMEOUT' }
    },
  }
  const guarded = guard(channel, {
    concurrency: () => concurrency,
    clock: () => new Date(noon.getTime() + nowMs),
    nowMs: () => nowMs,
    onCalled: (call) => called.push(call),
    onTurned: (health) => turned.push(health),
  })
  return {
    ...guarded,
    ...{ asked, called, turned },
    pass: (ms: number) => void (nowMs += ms),
    live: (is: boolean) => void (isAlive = is),
    hold: () => void (held = []),
    release: () => {
      const waiting = held ?? []
      held = null
      waiting.forEach((resolve) => resolve())
    },
    async die() {
      isAlive = false
      for (let count = 0; count < 5; count += 1) await guarded.channel.charge(order)
      asked.length = 0
    },
  }
}

test('what is healthy is asked, and answers for itself', async () => {
  const one = open()
  expect(await one.channel.charge(order)).toEqual(paid)
  expect(one.health()).toMatchObject({ state: 'healthy', recent: { calls: 1, ill: 0 } })
  expect(one.called).toEqual([{ operation: 'charge', outcome: 'succeeded', tookMs: 0 }])
})

test('nothing leaves while the breaker is open: a charge was not sent, the rest is as unknown as before', async () => {
  const one = open()
  await one.die()
  expect(await one.channel.charge(order)).toEqual(notSent)
  expect(await one.channel.query(order)).toEqual(unasked)
  expect(await one.channel.reverse(order)).toEqual({ kind: 'again', channelCode: 'NOT_SENT' })
  expect(await one.channel.close(order)).toEqual({ kind: 'again', channelCode: 'NOT_SENT' })
  expect(await one.channel.refund(refund)).toEqual({ kind: 'unknown', channelCode: 'NOT_SENT' })
  expect(await one.channel.queryRefund(refund)).toEqual({
    ...{ kind: 'unknown', channelCode: 'NOT_SENT' },
  })
  expect(one.asked).toEqual([])
  expect(one.mayCall()).toBe(false)
  expect(one.health()).toMatchObject({ state: 'ill', lastProblem: 'TIMEOUT' })
})

test('a charge is never the probe, and a query may be', async () => {
  const one = open()
  await one.die()
  one.pass(5_000)
  expect(one.mayCall()).toBe(true)
  expect(await one.channel.charge(order)).toEqual(notSent)
  expect(one.asked).toEqual([])
  one.live(true)
  expect(await one.channel.query(order)).toEqual(paid)
  expect(await one.channel.charge(order)).toEqual(paid)
  expect(one.turned.map(({ state }) => state)).toEqual(['ill', 'healthy'])
})

test('a dead counterpart gets one probe in five seconds and nothing else', async () => {
  const one = open()
  await one.die()
  for (let tick = 0; tick < 120; tick += 1) {
    one.pass(500)
    await Promise.all([one.probe(), one.channel.query(order), one.channel.charge(order)])
  }
  expect(one.asked).toHaveLength(12)
  expect(one.turned.map(({ state }) => state)).toEqual(['ill'])
})

test('a probe finds by itself that the counterpart answers again', async () => {
  const one = open()
  await one.die()
  one.live(true)
  one.pass(4_999)
  await one.probe()
  expect(one.health().state).toBe('ill')
  one.pass(1)
  await one.probe()
  expect(one.health()).toMatchObject({ state: 'healthy', since: new Date(noon.getTime() + 5_000) })
})

test('while a probe is under way there is no other', async () => {
  const one = open()
  await one.die()
  one.pass(5_000)
  one.hold()
  const probe = one.probe()
  expect(one.health().state).toBe('probing')
  expect(await one.channel.query(order)).toEqual(unasked)
  one.pass(60_000)
  expect(one.mayCall()).toBe(false)
  one.release()
  await probe
  expect(one.asked).toEqual(['test'])
})

test('no more calls are under way than the limit, and those above are not sent', async () => {
  const one = open({ concurrency: 2 })
  one.hold()
  const first = [one.channel.charge(order), one.channel.query(order)]
  expect(one.health().callsInFlight).toBe(2)
  expect(await one.channel.charge(order)).toEqual(notSent)
  expect(await one.channel.query(order)).toEqual(unasked)
  one.release()
  expect(await Promise.all(first)).toEqual([paid, paid])
  expect(one.health().callsInFlight).toBe(0)
  expect(await one.channel.charge(order)).toEqual(paid)
})

test('an adapter that throws does not hold its place, and counts as no answer', async () => {
  const one = open()
  const { channel } = guard(
    { ...one.channel, charge: () => Promise.reject(new Error('a fault of ours')) },
    {
      concurrency: () => 1,
      clock: () => noon,
      nowMs: () => 0,
      onCalled: (c) => one.called.push(c),
    },
  )
  await expect(channel.charge(order)).rejects.toThrow('a fault of ours')
  expect(one.called.at(-1)).toMatchObject({ outcome: 'ill' })
  expect(await channel.query(order)).toEqual(paid)
})
