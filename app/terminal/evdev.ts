// Key events of the Linux kernel, as a scanner that is a keyboard (HID) makes them in
// /dev/input/event*. Source: linux/input.h, linux/input-event-codes.h.

const EV_KEY = 1
const RELEASED = 0
const PRESSED = 1
const SHIFTS = new Set([42, 54])
const ENDS = new Set([28, 96, 15]) // Enter, Enter of the number pad, Tab

const plain = new Map<number, string>([
  ...rowOf(2, '1234567890-='),
  ...rowOf(16, 'qwertyuiop[]'),
  ...rowOf(30, "asdfghjkl;'`"),
  ...rowOf(43, '\\zxcvbnm,./'),
  ...rowOf(71, '789-456+1230.'),
  [57, ' '],
])
const shifted = new Map<number, string>([
  ...rowOf(2, '!@#$%^&*()_+'),
  ...rowOf(16, 'QWERTYUIOP{}'),
  ...rowOf(30, 'ASDFGHJKL:"~'),
  ...rowOf(43, '|ZXCVBNM<>?'),
  [57, ' '],
])

function rowOf(first: number, characters: string): [number, string][] {
  return [...characters].map((character, at) => [first + at, character])
}

/** Bytes of one event: two words of the machine for the time, then type, code and value. */
export const eventBytes = (architecture: string): number =>
  architecture === 'arm' || architecture === 'ia32' ? 16 : 24

/**
 * Answers a function that takes bytes as they come, cut anywhere, and answers the texts that ended in
 * them: what was typed up to an Enter or a Tab, on a keyboard of the US layout, as scanners are.
 */
export function openKeyReader(bytesOfEvent: number): (bytes: Buffer) => string[] {
  let rest = Buffer.alloc(0)
  let typed = ''
  let isShift = false

  function press(code: number): string | null {
    if (ENDS.has(code)) {
      const text = typed
      typed = ''
      return text === '' ? null : text
    }
    typed += (isShift ? shifted : plain).get(code) ?? plain.get(code) ?? ''
    return null
  }

  return (bytes) => {
    const all = Buffer.concat([rest, bytes])
    const whole = all.length - (all.length % bytesOfEvent)
    rest = all.subarray(whole)
    const texts: string[] = []
    for (let at = 0; at < whole; at += bytesOfEvent) {
      const event = all.subarray(at + bytesOfEvent - 8, at + bytesOfEvent)
      const [type, code, value] = [
        event.readUInt16LE(0),
        event.readUInt16LE(2),
        event.readInt32LE(4),
      ]
      if (type !== EV_KEY) continue
      if (SHIFTS.has(code)) isShift = value !== RELEASED
      else if (value === PRESSED) {
        const text = press(code)
        if (text !== null) texts.push(text)
      }
    }
    return texts
  }
}
