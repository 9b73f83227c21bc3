import { beforeEach, expect, test } from 'vitest'
import { Problem } from '../../ui/problem.ts'
import type { PaymentCodeView } from '../../ui/types.ts'
import { createCodeKeeper, type CodeKeeper, type CodeState } from './code-keeper.ts'

// Two clocks that the test moves, and a server that answers when the test says so.
let steadyMs: number
let serverMs: number
let asked: { sourceId: string | null; answer: (code: PaymentCodeView | Problem) => Promise<void> }[]
let states: CodeState[]
let keeper: CodeKeeper
let issued: number

beforeEach(() => {
  steadyMs = 1_000
  serverMs = Date.UTC(2026, 10, 23)
  asked = []
  states = []
  issued = 0
  keeper = createCodeKeeper({
    steadyMs: () => steadyMs,
    serverNowMs: () => serverMs,
    onChange: (state) => states.push(state),
    issue: (sourceId) =>
      new Promise((resolve, reject) => {
        asked.push({
          sourceId,
          async answer(code) {
            if (code instanceof Problem) reject(code)
            else resolve(code)
            await settled()
          },
        })
      }),
  })
})

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

function code(lifeSeconds = 60): PaymentCodeView {
  issued += 1
  return {
    object: 'payment_code',
    code: `80${String(issued).padStart(16, '0')}`,
    masked: '80…01',
    expires_at: new Date(serverMs + lifeSeconds * 1000).toISOString(),
    life_seconds: lifeSeconds,
    source: { id: 'src_1', label: '余额' },
    auto: false,
  }
}

function pass(ms: number): void {
  steadyMs += ms
  serverMs += ms
  keeper.tick()
}

function shownCode(): string | null {
  const state = keeper.state()
  return state.kind === 'live' ? state.code.code : null
}

const offline = new Problem({ code: 'NETWORK' })

test('the next code is there before the shown one ends, and nothing is blank in between', async () => {
  keeper.refresh()
  await asked[0]!.answer(code())
  const first = shownCode()
  pass(53_000)
  expect(asked).toHaveLength(1)
  pass(1_500)
  expect(asked).toHaveLength(2)
  expect(shownCode()).toBe(first)
  await asked[1]!.answer(code())
  expect(shownCode()).not.toBe(first)
  expect(states.every((state) => state.kind === 'live')).toBe(true)
})

test('without an answer the code is gone when its time is up, and the reason is shown', async () => {
  keeper.refresh()
  await asked[0]!.answer(code())
  pass(55_000)
  await asked[1]!.answer(offline)
  expect(shownCode()).not.toBeNull()
  pass(5_000)
  expect(keeper.state()).toEqual({ kind: 'none', problem: offline })
  expect(keeper.secondsLeft()).toBe(0)
})

test('the life of a code is counted from before it was asked for', async () => {
  keeper.refresh()
  const late = code()
  pass(3_000)
  await asked[0]!.answer(late)
  expect(keeper.secondsLeft()).toBe(57)
})

test('after the device slept, the running clock takes the code away though the other stood still', async () => {
  keeper.refresh()
  await asked[0]!.answer(code())
  serverMs += 3_600_000
  keeper.tick()
  expect(shownCode()).toBeNull()
})

test('a wall clock that was set back does not keep a code alive', async () => {
  keeper.refresh()
  await asked[0]!.answer(code())
  serverMs -= 3_600_000
  steadyMs += 60_000
  keeper.tick()
  expect(shownCode()).toBeNull()
})

test('a code that comes already expired is not shown', async () => {
  keeper.refresh()
  const slow = code()
  pass(61_000)
  await asked[0]!.answer(slow)
  expect(shownCode()).toBeNull()
})

test('a new code that may have been made unseen gives the shown one ten seconds more at most', async () => {
  keeper.refresh()
  await asked[0]!.answer(code())
  pass(20_000)
  keeper.refresh()
  await asked[1]!.answer(offline)
  expect(keeper.secondsLeft()).toBe(10)
})

test('a refusal that was surely heard leaves the shown code its life', async () => {
  keeper.refresh()
  await asked[0]!.answer(code())
  pass(20_000)
  keeper.refresh()
  await asked[1]!.answer(new Problem({ code: 'BUSY' }))
  expect(keeper.secondsLeft()).toBe(40)
})

test('another source takes the old code off the screen at once and asks for one of its own', async () => {
  keeper.refresh()
  await asked[0]!.answer(code())
  keeper.refresh({ sourceId: 'src_2', drop: true })
  expect(shownCode()).toBeNull()
  expect(asked[1]!.sourceId).toBe('src_2')
})

test('a code that was overtaken while it was made is never shown', async () => {
  keeper.refresh()
  keeper.refresh({ sourceId: 'src_2', drop: true })
  const overtaken = code()
  await asked[0]!.answer(overtaken)
  expect(shownCode()).toBeNull()
  const last = code()
  await asked[1]!.answer(last)
  expect(asked[1]!.sourceId).toBe('src_2')
  expect(shownCode()).toBe(last.code)
})

test('a server that does not answer is asked again with longer and longer pauses', async () => {
  keeper.refresh()
  await asked[0]!.answer(offline)
  pass(400)
  expect(asked).toHaveLength(1)
  pass(100)
  expect(asked).toHaveLength(2)
  await asked[1]!.answer(offline)
  pass(900)
  expect(asked).toHaveLength(2)
  pass(100)
  expect(asked).toHaveLength(3)
})

test('a frozen payer loses the code at once and is not asked for again by the clock', async () => {
  keeper.refresh()
  await asked[0]!.answer(code())
  pass(55_000)
  await asked[1]!.answer(new Problem({ code: 'PAYER_FROZEN' }))
  expect(keeper.state().kind).toBe('none')
  pass(60_000)
  expect(asked).toHaveLength(2)
})
