import { describe, expect, test } from 'vitest'
import { isGoodsBarcode } from './meaning.ts'
import {
  defaultSettings,
  press,
  quiet,
  quietAt,
  startScanner,
  type Key,
  type Outcome,
} from './scanner.ts'
import { humanHand, scannerHand, typeKeys, type Hand, type Random } from './scanner-keys.ts'

type Told = { outcomes: Outcome[]; passed: Key[]; swallowed: Key[] }

/** Plays keys as a browser would: the timer fires when its time lies before the next key. */
function play(keys: readonly Key[]): Told {
  const told: Told = { outcomes: [], passed: [], swallowed: [] }
  let state = startScanner()
  for (const key of keys) {
    if (quietAt(state) < key.timeStamp) {
      const step = quiet(state, quietAt(state))
      state = step.state
      told.outcomes.push(...step.outcomes)
    }
    const step = press(state, key)
    state = step.state
    told.outcomes.push(...step.outcomes)
    told[step.swallow ? 'swallowed' : 'passed'].push(key)
  }
  told.outcomes.push(...quiet(state, Infinity).outcomes)
  return told
}

const scans = ({ outcomes }: Told): string[] =>
  outcomes.flatMap((outcome) => (outcome.kind === 'scan' ? [outcome.text] : []))
const kinds = ({ outcomes }: Told): string[] => outcomes.map(({ kind }) => kind)

/** mulberry32: small, seeded, and the same on every machine. */
function seeded(seed: number): Random {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const code = '801234567890123442'
const goods = '6901234567892'
const random = seeded(7)
const scan = (text: string, startMs: number, hand: Partial<Hand> = {}) =>
  typeKeys(text, startMs, { ...scannerHand, ...hand }, random)
const human = (text: string, startMs: number, hand: Partial<Hand> = {}) =>
  typeKeys(text, startMs, { ...humanHand, ...hand }, random)
const lone = (key: Partial<Key>, timeStamp: number): Key => ({
  ...(scan('1', timeStamp, { terminator: 'none' })[0] as Key),
  ...key,
})
const enter = (timeStamp: number) => lone({ code: 'Enter', key: 'Enter', keyCode: 13 }, timeStamp)

describe('a scan', () => {
  test('arrives whole with Enter, and the Enter presses nothing', () => {
    const told = play(scan(code, 1_000))
    expect(scans(told)).toEqual([code])
    expect(told.swallowed.at(-1)?.key).toBe('Enter')
  })

  test('arrives with Tab as its terminator', () => {
    const told = play(scan(code, 0, { terminator: 'Tab' }))
    expect(scans(told)).toEqual([code])
    expect(told.swallowed.at(-1)?.key).toBe('Tab')
  })

  test('arrives once when CR and LF both end it', () => {
    const told = play(scan(code, 0, { terminator: 'CRLF' }))
    expect(scans(told)).toEqual([code])
    expect(told.passed).toEqual([])
  })

  test('arrives without a terminator after a silence', () => {
    expect(scans(play(scan(code, 0, { terminator: 'none' })))).toEqual([code])
  })

  test('ends with Ctrl+J without opening the downloads', () => {
    const keys = scan(code, 0, { terminator: 'none' })
    const at = (keys.at(-1)?.timeStamp ?? 0) + 8
    const told = play([...keys, lone({ code: 'KeyJ', key: 'j', ctrl: true }, at)])
    expect(scans(told)).toEqual([code])
    expect(told.swallowed.at(-1)?.code).toBe('KeyJ')
  })

  test.each(['Enter', 'Tab', 'none'] as const)('survives one slow gap with %s', (terminator) => {
    for (const slowGapMs of [70, 85, 99]) {
      const gapMs = () => 15
      expect(scans(play(scan(code, 0, { terminator, slowGapMs, gapMs })))).toEqual([code])
    }
  })

  test('is not joined with the next one 150 ms later', () => {
    for (const terminator of ['Enter', 'Tab', 'none'] as const) {
      const first = scan(goods, 0, { terminator })
      const second = scan(code, (first.at(-1)?.timeStamp ?? 0) + 150, { terminator })
      expect(scans(play([...first, ...second]))).toEqual([goods, code])
    }
  })

  test.each(['Enter', 'none'] as const)('torn by a stall is one scan, with %s', (terminator) => {
    for (const slowGapMs of [120, 200, 290]) {
      const dice = seeded(slowGapMs)
      const hand = { ...scannerHand, gapMs: () => 8, terminator, slowGapMs }
      expect(scans(play(typeKeys('801234567890123442', 0, hand, dice)))).toEqual([code])
      expect(scans(play(typeKeys(goods, 0, hand, dice)))).toEqual([goods])
    }
  })

  test('of a scheme with long and short codes waits for the rest of a long one', () => {
    const keys = scan('283752541935638024', 0, { terminator: 'none', gapMs: () => 8 })
    let state = startScanner()
    for (const key of keys.slice(0, 16)) state = press(state, key).state
    const lastAt = keys[15]?.timeStamp ?? 0
    // The keys carry their own time; only their delivery is late.
    expect(quiet(state, lastAt + 250).outcomes).toEqual([])
    for (const key of keys.slice(16)) state = press(state, key).state
    expect(quiet(state, Infinity).outcomes).toMatchObject([{ text: '283752541935638024' }])
  })

  test('that a digit was typed before is not joined with that digit', () => {
    for (const editable of [true, false]) {
      const told = play([lone({ targetIsEditable: editable }, 0), ...scan(code, 180, { editable })])
      expect(scans(told)).toEqual([code])
      const restored = told.outcomes.find(({ kind }) => kind === 'restore_field')
      expect(restored).toEqual(editable ? { kind: 'restore_field', beforeKeyAt: 180 } : undefined)
    }
  })

  test('reads digits by their place, on a numeric keypad and on a French layout', () => {
    expect(scans(play(scan(code, 0, { keypad: true })))).toEqual([code])
    expect(scans(play(scan(code, 0, { layout: 'fr' })))).toEqual([code])
    expect(scans(play(scan(code, 0, { layout: 'fr', editable: true })))).toEqual([code])
  })

  test('counts AltGraph as a character key and not as a shortcut', () => {
    const keys = scan(code, 0).map((key) =>
      key.key === 'Enter' ? key : { ...key, ctrl: true, alt: true, altGraph: true },
    )
    expect(scans(play(keys))).toEqual([code])
  })

  test('reads letters by the layout', () => {
    expect(scans(play(scan('TEA-0001-X', 0)))).toEqual(['TEA-0001-X'])
  })

  test('is as long as an EMVCo code may be', () => {
    const long = 'hQVDUFYwMWE'.repeat(12)
    expect(scans(play(scan(long, 0, { gapMs: () => 30 })))).toEqual([long])
  })

  test('in a field lets the characters through and then asks to restore it', () => {
    const told = play(scan(code, 0, { editable: true }))
    expect(kinds(told)).toEqual(['restore_field', 'scan'])
    expect(told.swallowed.map(({ key }) => key)).toEqual(['Enter'])
  })

  test('outside a field never lets a digit through', () => {
    expect(play(scan(code, 0)).passed).toEqual([])
  })

  test('guards Enter for 300 ms and no longer', () => {
    const keys = scan(code, 0, { terminator: 'none' })
    const endAt = keys.at(-1)?.timeStamp ?? 0
    const told = play([...keys, enter(endAt + 290), enter(endAt + 310)])
    expect(told.passed.map(({ timeStamp }) => timeStamp)).toEqual([endAt + 310])
  })

  test('guards Enter only until a hand has pressed another key', () => {
    const print = (at: number) => lone({ code: 'KeyP', key: 'p', ctrl: true }, at)
    for (const terminator of ['Enter', 'CRLF', 'none'] as const) {
      const keys = scan(code, 0, { terminator })
      const endAt = keys.at(-1)?.timeStamp ?? 0
      const told = play([...keys, print(endAt + 40), enter(endAt + 80)])
      expect(scans(told)).toEqual([code])
      expect(told.passed.map(({ timeStamp }) => timeStamp)).toEqual([endAt + 40, endAt + 80])
    }
    const typed = scan(code, 0)
    const endAt = typed.at(-1)?.timeStamp ?? 0
    const single = lone({ code: 'KeyP', key: 'p' }, endAt + 60)
    expect(play([...typed, single, enter(endAt + 200)]).passed.at(-1)?.key).toBe('Enter')
  })

  // A code without a terminator is still open when the cashier prints: the key that ends it must not
  // begin the guard that it takes away.
  test.each(['801234567890123442', '130061098828009406', '2876344382566439', '28763443825664394'])(
    'without a terminator leaves the Enter behind a print to the cashier: %s',
    (each) => {
      for (const printAfterMs of [110, 150, 200, 250, 290]) {
        const keys = scan(each, 0, { terminator: 'none', gapMs: () => 8 })
        const endAt = keys.at(-1)?.timeStamp ?? 0
        const single = lone({ code: 'KeyP', key: 'p' }, endAt + printAfterMs)
        const told = play([...keys, single, enter(endAt + printAfterMs + 30)])
        expect(scans(told)).toEqual([each])
        expect(told.passed.map(({ key }) => key)).toEqual(['p', 'Enter'])
      }
    },
  )

  test('is guarded again by the next scan', () => {
    const first = scan(goods, 0)
    const single = lone({ code: 'KeyP', key: 'p' }, (first.at(-1)?.timeStamp ?? 0) + 200)
    const second = scan(code, single.timeStamp + 400)
    const late = enter((second.at(-1)?.timeStamp ?? 0) + 200)
    expect(play([...first, single, ...second, late]).swallowed.at(-1)).toBe(late)
  })

  test('keeps the zero that a scanner repeats', () => {
    expect(scans(play(scan('800000000000000000', 0)))).toEqual(['800000000000000000'])
  })

  test('that lost a digit is still one text, for its length to be refused later', () => {
    expect(scans(play(scan(code.slice(1), 0)))).toEqual([code.slice(1)])
  })

  test('too short to be a code is a misread, and its Enter presses nothing', () => {
    const told = play(scan('8012', 0, { gapMs: () => 9 }))
    expect(kinds(told)).toEqual(['misread'])
    expect(told.swallowed.at(-1)?.key).toBe('Enter')
  })
})

describe('a person', () => {
  test('types in a field and nothing happens', () => {
    const told = play(human('801234567890123442', 0, { editable: true }))
    expect(told.outcomes).toEqual([])
    expect(told.swallowed).toEqual([])
  })

  test('gets every digit back that was held outside a field, in order, before Enter', () => {
    const told = play(human('88.50', 0))
    const typed = told.outcomes.flatMap((o) => (o.kind === 'typing' ? o.held : []))
    const seen = [...typed, ...told.passed].toSorted((a, b) => a.timeStamp - b.timeStamp)
    expect(seen.map(({ key }) => key)).toEqual(['8', '8', '.', '5', '0', 'Enter'])
  })

  test('holds a key down and types no scan', () => {
    const keys = Array.from({ length: 30 }, (_, i) => lone({ repeat: i > 0 }, i * 30))
    expect(scans(play(keys))).toEqual([])
  })

  test('uses shortcuts while nothing is held back', () => {
    const print = lone({ code: 'KeyP', key: 'p', ctrl: true }, 0)
    const told = play([print, lone({ code: 'F9', key: 'F9' }, 50)])
    expect(told.outcomes).toEqual([])
    expect(told.swallowed).toEqual([])
  })

  test('writes into a field that is opted out, at any speed', () => {
    const keys = scan(code, 0, { editable: true }).map((key) => ({ ...key, noScan: true }))
    const told = play(keys)
    expect(told.outcomes).toEqual([])
    expect(told.swallowed).toEqual([])
  })

  test('types Chinese without a warning', () => {
    expect(kinds(play(human('shouyintai', 0, { ime: true, editable: true })))).toEqual([])
  })
})

describe('an input method', () => {
  test('at scanner speed is told once, and no digits are guessed', () => {
    const told = play(scan(code, 0, { ime: true, editable: true, terminator: 'none' }))
    expect(kinds(told)).toEqual(['ime_warning'])
  })
})

describe('ten thousand random shifts', () => {
  test('lose no scan, double no scan and take no person for a scanner', () => {
    const lost: string[] = []
    for (let run = 0; run < 10_000; run++) {
      const dice = seeded(run)
      const { keys, sent, typed } = randomShift(dice)
      const told = play(keys)
      if (JSON.stringify(scans(told)) !== JSON.stringify(sent)) lost.push(`run ${run}: ${sent}`)
      const handed = told.outcomes.flatMap((o) => (o.kind === 'typing' ? o.held : []))
      const human = [...handed, ...told.passed].filter(({ timeStamp }) => typed.has(timeStamp))
      if (human.length !== typed.size) lost.push(`run ${run}: a person's key vanished`)
    }
    expect(lost).toEqual([])
  }, 60_000)
})

/** Up to six bursts of a scanner or a person, 150-700 ms apart, in every condition of the list. */
function randomShift(dice: Random): { keys: Key[]; sent: string[]; typed: Set<number> } {
  const keys: Key[] = []
  const sent: string[] = []
  const typed = new Set<number>()
  let at = 1_000
  const bursts = 1 + Math.floor(dice() * 6)
  for (let i = 0; i < bursts; i++) {
    const isScanner = dice() < 0.6
    const hand = randomHand(isScanner, dice)
    const text = isScanner ? randomCode(dice) : randomTyping(dice)
    const burst = typeKeys(text, at, hand, dice)
    keys.push(...burst)
    at = (burst.at(-1)?.timeStamp ?? at) + 150 + dice() * 550
    // A person's Enter right behind a scan may be guarded; people are counted by their characters.
    if (!isScanner)
      burst.filter(({ key }) => key !== 'Enter').forEach((k) => typed.add(k.timeStamp))
    else sent.push(text)
  }
  return { keys, sent, typed }
}

function randomHand(isScanner: boolean, dice: Random): Hand {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(dice() * from.length)] as T
  const editable = dice() < 0.4
  const keypad = dice() < 0.3
  if (!isScanner) return { ...humanHand, editable, keypad, terminator: pick(['Enter', 'none']) }
  return {
    ...scannerHand,
    editable,
    keypad,
    layout: pick(['us', 'us', 'fr']),
    terminator: pick(['Enter', 'Enter', 'Tab', 'CRLF', 'none']),
    slowGapMs: dice() < 0.15 ? 61 + dice() * 38 : 0,
  }
}

const digits = (count: number, dice: Random) =>
  Array.from({ length: count }, () => Math.floor(dice() * 10)).join('')

function randomCode(dice: Random): string {
  const form = dice()
  if (form < 0.4) return `80${digits(16, dice)}`
  if (form < 0.5) return `28${digits(14 + Math.floor(dice() * 9), dice)}`
  const body = digits(form < 0.8 ? 12 : 7, dice)
  return [...'0123456789'].map((last) => body + last).find(isGoodsBarcode) as string
}

function randomTyping(dice: Random): string {
  const form = dice()
  if (form < 0.5) return digits(1 + Math.floor(dice() * 5), dice)
  if (form < 0.7) return `80${digits(16, dice)}`
  return ['oolong tea', 'shangpin', '88.50', 'x'][Math.floor(dice() * 4)] as string
}

test('the defaults are those of the specification', () => {
  expect(defaultSettings).toMatchObject({
    gapMs: 100,
    totalMs: 1_500,
    averageMs: 50,
    minimumLength: 6,
    enterGuardMs: 300,
  })
})
