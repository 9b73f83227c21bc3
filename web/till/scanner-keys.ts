import { defaultSettings, type Key } from './scanner.ts'

/** A source of numbers in [0, 1): `Math.random`, or a seeded one for a run that can be told again. */
export type Random = () => number

/** Who types, and through what. The fixture of every scanner test, here and in the browser tests. */
export type Hand = {
  /** Gap before the next key, ms. */
  gapMs: (random: Random) => number
  terminator: 'Enter' | 'Tab' | 'CRLF' | 'none'
  keypad: boolean
  /** The characters that a French layout prints on the physical digit keys. */
  layout: 'us' | 'fr'
  ime: boolean
  editable: boolean
  /** One gap of this length, as a radio link has them; 0 for none. */
  slowGapMs: number
}

/** A wedge scanner: 3-60 ms between keys. Source: reference/ux.md §3.1.2. */
export const scannerHand: Hand = {
  gapMs: (random) => 3 + random() * 57,
  terminator: 'Enter',
  keypad: false,
  layout: 'us',
  ime: false,
  editable: false,
  slowGapMs: 0,
}

/** A person: 80-250 ms between keys. Source: reference/ux.md §3.1.2. */
export const humanHand: Hand = { ...scannerHand, gapMs: (random) => 80 + random() * 170 }

const azerty = 'à&é"\'(-è_ç'

/** The keydowns of one text, the first at `startMs`. */
export function typeKeys(text: string, startMs: number, hand: Hand, random: Random): Key[] {
  const keys: Key[] = []
  const slowAt = hand.slowGapMs > 0 ? 1 + Math.floor(random() * (text.length - 1)) : -1
  let at = startMs
  for (const [place, character] of [...text].entries()) {
    if (place > 0) at += place === slowAt ? hand.slowGapMs : hand.gapMs(random)
    keys.push(characterKey(character, at, hand))
  }
  for (const name of terminatorKeys(hand)) {
    at += Math.min(hand.gapMs(random), defaultSettings.gapMs)
    keys.push({ ...plainKey(at, hand), key: name, code: name, keyCode: name === 'Tab' ? 9 : 13 })
  }
  return keys
}

function terminatorKeys({ terminator }: Hand): string[] {
  if (terminator === 'none') return []
  return terminator === 'CRLF' ? ['Enter', 'Enter'] : [terminator]
}

function characterKey(character: string, at: number, hand: Hand): Key {
  const key = plainKey(at, hand)
  if (hand.ime) return { ...key, key: 'Process', code: codeOf(character, hand), keyCode: 229 }
  const isDigit = /[0-9]/.test(character)
  const printed = isDigit && hand.layout === 'fr' ? (azerty[Number(character)] ?? '') : character
  return { ...key, key: printed, code: codeOf(character, hand), keyCode: character.charCodeAt(0) }
}

function codeOf(character: string, hand: Hand): string {
  if (/[0-9]/.test(character)) return `${hand.keypad ? 'Numpad' : 'Digit'}${character}`
  return /[a-z]/i.test(character) ? `Key${character.toUpperCase()}` : 'Minus'
}

function plainKey(timeStamp: number, hand: Hand): Key {
  return {
    code: '',
    key: '',
    timeStamp,
    ctrl: false,
    alt: false,
    meta: false,
    repeat: false,
    isComposing: false,
    keyCode: 0,
    targetIsEditable: hand.editable,
    noScan: false,
  }
}
