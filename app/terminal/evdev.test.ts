import { expect, test } from 'vitest'

import { eventBytes, openKeyReader } from './evdev.ts'

const bytes = eventBytes('x64')

/** An event as the kernel writes it: the time, then type, code and value. */
function event(type: number, code: number, value: number): Buffer {
  const event = Buffer.alloc(bytes)
  event.writeUInt16LE(type, bytes - 8)
  event.writeUInt16LE(code, bytes - 6)
  event.writeInt32LE(value, bytes - 4)
  return event
}

const press = (code: number) =>
  Buffer.concat([event(4, 4, 458_782), event(1, code, 1), event(0, 0, 0), event(1, code, 0)])
const digits: Record<string, number> = { 0: 11, 8: 9, 1: 2, 2: 3 }
const typed = (text: string) =>
  Buffer.concat([...text].map((digit) => press(digits[digit] ?? 0)).concat(press(28)))

test('a scan is the keys up to its Enter, wherever the bytes are cut', () => {
  const whole = typed('80120')
  for (let size = 1; size <= 60; size += 7) {
    const read = openKeyReader(bytes)
    const texts: string[] = []
    for (let at = 0; at < whole.length; at += size)
      texts.push(...read(whole.subarray(at, at + size)))
    expect(texts).toEqual(['80120'])
  }
})

test('a key that is held repeats nothing, Shift makes other letters, and the number pad counts', () => {
  const read = openKeyReader(bytes)
  const held = Buffer.concat([event(1, 2, 1), event(1, 2, 2), event(1, 2, 2), event(1, 2, 0)])
  const shifted = Buffer.concat([event(1, 42, 1), press(30), event(1, 42, 0), press(30)])
  expect(read(Buffer.concat([held, shifted, press(73), press(96)]))).toEqual(['1Aa9'])
})

test('an Enter alone is no scan', () => {
  expect(openKeyReader(bytes)(press(28))).toEqual([])
})
