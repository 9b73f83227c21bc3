import { isGoodsBarcode } from './meaning.ts'

/**
 * Tells a wedge scanner from a person, key by key. Pure: time comes in with the key, decisions come
 * out, and the browser is elsewhere (`scanner-dom.ts`). A scanner is a keyboard that is too fast for
 * a hand; the two-part test (no gap above `gapMs`, average below `averageMs`) lets one slow radio gap
 * pass and still refuses a fast typist.
 *
 * Source: reference/ux.md §3.1.2, with three additions that its numbers need:
 * - silence ends a burst after `gapMs`, not 80 ms, or one slow gap of 90 ms would cut a code in two;
 * - `totalMs` only ends a burst that is also slow on average, as an EMVCo code has 100 characters;
 * - outside a field a digit is held back from the first key on (an amount must not get the first digit
 *   of a barcode) and handed back as typing, so that a person loses nothing.
 */

/** A keydown, as much of it as the decision needs. `timeStamp` in ms on any monotonic clock. */
export type Key = {
  code: string
  key: string
  timeStamp: number
  ctrl: boolean
  alt: boolean
  meta: boolean
  altGraph?: boolean
  repeat: boolean
  isComposing: boolean
  keyCode: number
  targetIsEditable: boolean
  noScan: boolean
}

export type Terminator = 'Enter' | 'Tab' | 'ArrowDown' | 'none'

export type Outcome =
  | { kind: 'scan'; text: string; averageGapMs: number; terminator: Terminator }
  /** Keys that were held back and belong to a person: press them again, in this order. */
  | { kind: 'typing'; held: Key[] }
  /** The characters of a scan went into the focused field; put back what it held before. */
  | { kind: 'restore_field' }
  /** A scanner is typing through an input method; digits are lost, so nothing is guessed. */
  | { kind: 'ime_warning' }
  /** As fast as a scanner, but too short to be a code: a torn read. */
  | { kind: 'misread'; length: number }

export type Settings = {
  /** Longest gap inside one scan. */
  gapMs: number
  /** Longest scan, unless its average is that of a scanner. */
  totalMs: number
  /** Highest average gap of a scan without other evidence. */
  averageMs: number
  /** The same when the text has a check digit or a terminator followed at once. */
  evidentAverageMs: number
  minimumLength: number
  enterGuardMs: number
}

// Odoo and WooCommerce accept 100 ms; scanners measured 5-60 ms; hands stay above 80 ms.
// Source: reference/ux.md §3.1.2.
export const defaultSettings: Settings = {
  gapMs: 100,
  totalMs: 1_500,
  averageMs: 50,
  evidentAverageMs: 70,
  minimumLength: 6,
  enterGuardMs: 300,
}

// More than any code has: an EMVCo consumer-presented QR is below 512 characters.
const lengthMax = 1_024
// A hand does not press three keys and Enter at an average below 30 ms.
const misreadAverageMs = 30
const misreadLengthMin = 3
// Four composed keys in a row at scanner speed are no person.
const imeKeysMin = 4

type Burst = {
  /** By `event.code`, layout-free; undefined where the key is no digit. */
  digits: (string | undefined)[]
  characters: string[]
  firstAt: number
  lastAt: number
  held: Key[]
  touchedField: boolean
}

export type ScannerState = {
  settings: Settings
  burst: Burst | undefined
  guardUntil: number
  ime: { count: number; firstAt: number; lastAt: number; warned: boolean }
}

export type Step = { state: ScannerState; swallow: boolean; outcomes: Outcome[] }

/** The state before the first key. */
export function startScanner(settings: Settings = defaultSettings): ScannerState {
  return {
    settings,
    burst: undefined,
    guardUntil: -Infinity,
    ime: { count: 0, firstAt: 0, lastAt: -Infinity, warned: false },
  }
}

/** Decides about one key. The caller obeys `swallow` at once and the outcomes in their order. */
export function press(state: ScannerState, key: Key): Step {
  if (key.noScan || key.repeat) return { state, swallow: false, outcomes: [] }
  if (isModifier(key)) return { state, swallow: false, outcomes: [] }
  if (isComposed(key)) return pressComposed(state, key)
  const terminator = readTerminator(key)
  if (terminator) return pressTerminator(state, key, terminator)
  if (isShortcut(key) || readCharacter(key) === undefined) {
    const ended = endBurst(state, 'none', key.timeStamp)
    return { ...ended, swallow: false }
  }
  return pressCharacter(state, key)
}

/** Time has passed without a key. Call it at `quietAt(state)`; earlier calls change nothing. */
export function quiet(state: ScannerState, nowMs: number): Step {
  if (nowMs < quietAt(state)) return { state, swallow: false, outcomes: [] }
  return { ...endBurst(state, 'none', nowMs), swallow: false }
}

/** When silence ends the present burst, on the clock of the keys; Infinity when none is open. */
export function quietAt(state: ScannerState): number {
  if (!state.burst) return Infinity
  return state.burst.lastAt + Math.max(state.settings.gapMs, 3 * averageGap(state.burst))
}

/** True while characters are arriving that may yet be a scan. */
export function isGathering(state: ScannerState): boolean {
  return state.burst !== undefined
}

function pressCharacter(state: ScannerState, key: Key): Step {
  const { gapMs } = state.settings
  const open = state.burst
  const isNext = open !== undefined && key.timeStamp - open.lastAt <= gapMs && !isTooLong(state)
  const before: Step = isNext
    ? { state, swallow: false, outcomes: [] }
    : endBurst(state, 'none', key.timeStamp)
  const burst = isNext ? open : emptyBurst(key.timeStamp)
  const digit = readDigit(key)
  const mayHold = digit !== undefined || burst.characters.length > 0
  const isHeld = !key.targetIsEditable && mayHold
  const next: Burst = {
    digits: [...burst.digits, digit].slice(0, lengthMax),
    characters: [...burst.characters, readCharacter(key) ?? ''].slice(0, lengthMax),
    firstAt: burst.firstAt,
    lastAt: key.timeStamp,
    held: isHeld ? [...burst.held, key] : burst.held,
    touchedField: burst.touchedField || key.targetIsEditable,
  }
  return { state: { ...before.state, burst: next }, swallow: isHeld, outcomes: before.outcomes }
}

function pressTerminator(state: ScannerState, key: Key, terminator: Terminator): Step {
  const { burst, settings } = state
  const follows = burst !== undefined && key.timeStamp - burst.lastAt <= settings.gapMs
  const ended = endBurst(state, follows ? terminator : 'none', key.timeStamp)
  const isScannerEnd = ended.outcomes.some(({ kind }) => kind === 'scan' || kind === 'misread')
  // A second Enter (CR and LF) or a late one must not press whatever button the scan has focused.
  const isGuarded = terminator === 'Enter' && key.timeStamp < ended.state.guardUntil
  // ArrowDown and Tab are terminators only right behind a scan; else they are a person's.
  return { ...ended, swallow: (follows && isScannerEnd) || isGuarded }
}

function pressComposed(state: ScannerState, key: Key): Step {
  const { ime, settings } = state
  const isFast = key.timeStamp - ime.lastAt <= settings.gapMs
  const next = isFast
    ? { ...ime, count: ime.count + 1, lastAt: key.timeStamp }
    : { count: 1, firstAt: key.timeStamp, lastAt: key.timeStamp, warned: false }
  const averageMs = (next.lastAt - next.firstAt) / Math.max(1, next.count - 1)
  const warn = !next.warned && next.count >= imeKeysMin && averageMs <= settings.averageMs
  // What has been gathered before the input method woke is torn: it is dropped with the warning.
  const ended: Step = warn
    ? { state: { ...state, burst: undefined }, swallow: false, outcomes: [{ kind: 'ime_warning' }] }
    : { state, swallow: false, outcomes: [] }
  return { ...ended, state: { ...ended.state, ime: { ...next, warned: next.warned || warn } } }
}

function endBurst(state: ScannerState, terminator: Terminator, atMs: number): Step {
  const { burst, settings } = state
  if (!burst) return { state, swallow: false, outcomes: [] }
  const closed: ScannerState = { ...state, burst: undefined }
  const text = readText(burst)
  const averageGapMs = averageGap(burst)
  if (isScan(text, averageGapMs, terminator, settings)) {
    const outcomes: Outcome[] = [{ kind: 'scan', text, averageGapMs, terminator }]
    if (burst.touchedField) outcomes.unshift({ kind: 'restore_field' })
    // The guard counts from the last character, so a timer that came late does not lengthen it.
    const since = terminator === 'none' ? burst.lastAt : atMs
    return {
      state: { ...closed, guardUntil: since + settings.enterGuardMs },
      swallow: false,
      outcomes,
    }
  }
  const isTorn = text.length >= misreadLengthMin && averageGapMs <= misreadAverageMs
  if (isTorn && text.length < settings.minimumLength && terminator !== 'none') {
    const outcomes: Outcome[] = [{ kind: 'misread', length: text.length }]
    if (burst.touchedField) outcomes.unshift({ kind: 'restore_field' })
    return { state: closed, swallow: false, outcomes }
  }
  const outcomes: Outcome[] = burst.held.length > 0 ? [{ kind: 'typing', held: burst.held }] : []
  return { state: closed, swallow: false, outcomes }
}

function isScan(
  text: string,
  averageGapMs: number,
  terminator: Terminator,
  settings: Settings,
): boolean {
  if (text.length < settings.minimumLength) return false
  const isEvident = terminator !== 'none' || hasEvidentForm(text)
  return averageGapMs <= (isEvident ? settings.evidentAverageMs : settings.averageMs)
}

/** A length and check digit (or a payment code's length) that typing rarely has by chance. */
function hasEvidentForm(text: string): boolean {
  return /^\d{16,24}$/.test(text) || isGoodsBarcode(text)
}

function isTooLong({ burst, settings }: ScannerState): boolean {
  if (!burst) return false
  const isLong = burst.lastAt - burst.firstAt > settings.totalMs
  return isLong && averageGap(burst) > settings.evidentAverageMs
}

function emptyBurst(atMs: number): Burst {
  return {
    digits: [],
    characters: [],
    firstAt: atMs,
    lastAt: atMs,
    held: [],
    touchedField: false,
  }
}

function averageGap(burst: Burst): number {
  return (burst.lastAt - burst.firstAt) / Math.max(1, burst.characters.length - 1)
}

// An all-digit code is read by physical key, so a French or locked-shift keyboard cannot bend it;
// anything else (base64 of an EMVCo code) is read as the layout says.
function readText(burst: Burst): string {
  const byCode = burst.digits.every((digit) => digit !== undefined)
  return (byCode ? burst.digits : burst.characters).join('')
}

function readDigit(key: Key): string | undefined {
  return /^(?:Digit|Numpad)([0-9])$/.exec(key.code)?.[1] ?? /^[0-9]$/.exec(key.key)?.[0]
}

function readCharacter(key: Key): string | undefined {
  return key.key.length === 1 ? key.key : readDigit(key)
}

function readTerminator(key: Key): Terminator | undefined {
  // Some scanners send CR and LF as Ctrl+M and Ctrl+J; the latter would open a browser's downloads.
  if (key.ctrl && !key.alt && (key.code === 'KeyM' || key.code === 'KeyJ')) return 'Enter'
  if (isShortcut(key)) return undefined
  if (key.key === 'Enter' || key.key === 'Tab') return key.key
  // With NumLock off Numpad2 says ArrowDown too, and is a digit.
  return key.key === 'ArrowDown' && key.code !== 'Numpad2' ? 'ArrowDown' : undefined
}

// Windows reports AltGraph as Ctrl and Alt together; it makes characters, not shortcuts.
function isShortcut(key: Key): boolean {
  return key.meta || ((key.ctrl || key.alt) && !key.altGraph)
}

function isModifier(key: Key): boolean {
  return /^(?:Shift|Control|Alt|AltGraph|Meta|CapsLock|NumLock|Fn)$/.test(key.key)
}

// Android's soft keyboards say 229 with `Unidentified` for every key: that is no input method at
// work, and `scanner-dom.ts` reads their `input` events instead.
function isComposed(key: Key): boolean {
  if (key.key === 'Unidentified') return false
  return key.isComposing || key.keyCode === 229 || key.key === 'Process'
}
