import { isGoodsBarcode, isKnownCode, isPaymentCode } from './meaning.ts'

/**
 * Tells a wedge scanner from a person, key by key. Pure: time comes in with the key, decisions come
 * out, and the browser is elsewhere (`scanner-dom.ts`). A scanner is a keyboard that is too fast for
 * a hand; the two-part test (no gap above `gapMs`, average below `averageMs`) lets one slow radio gap
 * pass and still refuses a fast typist.
 *
 * Source: reference/ux.md §3.1.2, with four additions that its numbers need:
 * - silence ends a burst after `gapMs`, not 80 ms, or one slow gap of 90 ms would cut a code in two;
 * - `totalMs` only ends a burst that is also slow on average, as an EMVCo code has 100 characters;
 * - outside a field a digit is held back from the first key on (an amount must not get the first digit
 *   of a barcode) and handed back as typing, so that a person loses nothing;
 * - a busy machine delivers keys late and in clumps: digits that are no known code yet wait `tornMs` for
 *   the rest, and count as one scan only if they become a known code together and none is one alone.
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
  /** The characters of a scan went into the focused field; put back what it held before that key. */
  | { kind: 'restore_field'; beforeKeyAt: number }
  /** A scanner is typing through an input method; digits are lost, so nothing is guessed. */
  | { kind: 'ime_warning' }
  /** As fast as a scanner, but too short to be a code: a torn read. */
  | { kind: 'misread'; length: number }

export type Settings = {
  /** Longest gap inside one scan. */
  gapMs: number
  /** Longest gap after digits that were cut off. */
  tornMs: number
  /** Longest scan, unless its average is that of a scanner. */
  totalMs: number
  /** Highest average gap of a scan without other evidence. */
  averageMs: number
  /** The same when the text has a check digit or a terminator followed at once. */
  evidentAverageMs: number
  minimumLength: number
  /** How long after a scan an Enter is still the scanner's, unless another key came in between. */
  enterGuardMs: number
}

// Odoo and WooCommerce accept 100 ms; scanners measured 5-60 ms; hands stay above 80 ms.
// Source: reference/ux.md §3.1.2.
export const defaultSettings: Settings = {
  gapMs: 100,
  tornMs: 300,
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
// A stall or two; somebody who types has one after every key.
const tearsMax = 2

type Stroke = {
  /** By `event.code`, layout-free; undefined where the key is no digit. */
  digit: string | undefined
  character: string
  at: number
  key: Key
  isHeld: boolean
}

/** Strokes without a gap above `gapMs`; more than one piece only while a code may be torn. */
type Piece = readonly Stroke[]
type Burst = { pieces: readonly Piece[] }

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
    return { ...ended, state: unguard(ended.state), swallow: false }
  }
  return pressCharacter(state, key)
}

// No scanner sends another key between its code and its Enter: a hand is at the keyboard, and the
// Enter that follows Ctrl+P is the cashier's, however soon it comes.
function unguard(state: ScannerState): ScannerState {
  return { ...state, guardUntil: -Infinity }
}

/** Time has passed without a key. Call it at `quietAt(state)`; earlier calls change nothing. */
export function quiet(state: ScannerState, nowMs: number): Step {
  if (nowMs < quietAt(state)) return { state, swallow: false, outcomes: [] }
  return { ...endBurst(state, 'none', nowMs), swallow: false }
}

/** When silence ends the present burst, on the clock of the keys; Infinity when none is open. */
export function quietAt(state: ScannerState): number {
  return state.burst ? lastAt(state.burst) + silenceMs(state) : Infinity
}

/** How long a silence ends the present burst; Infinity when none is open. */
export function silenceMs({ burst, settings }: ScannerState): number {
  if (!burst) return Infinity
  const { gapMs, tornMs } = settings
  const isOpen = mayBeTorn(burst, settings) || mayGrow(burst)
  return isOpen ? tornMs : Math.max(gapMs, 3 * averageGap(burst.pieces))
}

/** When the open burst began, as the key said it; undefined when none is open. */
export function burstFrom({ burst }: ScannerState): number | undefined {
  return burst?.pieces[0]?.[0]?.at
}

function pressCharacter(state: ScannerState, key: Key): Step {
  const { burst, settings } = state
  const gap = burst ? key.timeStamp - lastAt(burst) : Infinity
  const isNext = gap <= settings.gapMs && !isTooLong(state)
  const isRest = !isNext && burst && gap <= settings.tornMs && mayBeTorn(burst, settings)
  const before: Step =
    isNext || isRest
      ? { state, swallow: false, outcomes: [] }
      : endBurst(state, 'none', key.timeStamp)
  const pieces = before.state.burst?.pieces ?? []
  const digit = readDigit(key)
  // The first key of a burst that is no digit may be a shortcut, and waits for nobody.
  const isHeld = !key.targetIsEditable && (digit !== undefined || pieces.length > 0)
  const character = readCharacter(key) ?? ''
  const stroke: Stroke = { digit, character, at: key.timeStamp, key, isHeld }
  return {
    // A burst that this key has ended was guarded just now, and this key is a hand's.
    state: { ...unguard(before.state), burst: { pieces: addStroke(pieces, stroke, isNext) } },
    swallow: isHeld,
    outcomes: before.outcomes,
  }
}

function addStroke(pieces: readonly Piece[], stroke: Stroke, isNext: boolean): readonly Piece[] {
  const last = pieces.at(-1)
  if (!last || !isNext) return [...pieces, [stroke]]
  if (last.length >= lengthMax) return pieces
  return [...pieces.slice(0, -1), [...last, stroke]]
}

function pressTerminator(state: ScannerState, key: Key, terminator: Terminator): Step {
  const { burst, settings } = state
  const follows = burst !== undefined && key.timeStamp - lastAt(burst) <= settings.gapMs
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
  const groups = isTornCode(burst) ? [burst.pieces.flat()] : burst.pieces
  const outcomes = groups.flatMap((piece, i) =>
    judge(piece, i === groups.length - 1 ? terminator : 'none', settings, burst),
  )
  const isScanned = outcomes.some(({ kind }) => kind === 'scan')
  // The guard counts from the last character, so a timer that came late does not lengthen it.
  const since = terminator === 'none' ? lastAt(burst) : atMs
  const guardUntil = isScanned ? since + settings.enterGuardMs : state.guardUntil
  return { state: { ...state, burst: undefined, guardUntil }, swallow: false, outcomes }
}

function judge(piece: Piece, terminator: Terminator, settings: Settings, burst: Burst): Outcome[] {
  const text = readText(piece)
  // Where a code was torn, the gaps between its pieces say nothing of who typed.
  const averageGapMs = averageGap(isTornCode(burst) ? burst.pieces : [piece])
  const restore: Outcome[] = piece.some(({ key }) => key.targetIsEditable)
    ? [{ kind: 'restore_field', beforeKeyAt: piece[0]?.at ?? 0 }]
    : []
  if (isScan(text, averageGapMs, terminator, settings)) {
    return [...restore, { kind: 'scan', text, averageGapMs, terminator }]
  }
  const isFast = text.length >= misreadLengthMin && averageGapMs <= misreadAverageMs
  if (isFast && text.length < settings.minimumLength && terminator !== 'none') {
    return [...restore, { kind: 'misread', length: text.length }]
  }
  const held = piece.filter(({ isHeld }) => isHeld).map(({ key }) => key)
  return held.length > 0 ? [{ kind: 'typing', held }] : []
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

// Digits at scanner speed that are no whole code: the rest may still be on its way.
function mayBeTorn({ pieces }: Burst, settings: Settings): boolean {
  const last = pieces.at(-1) ?? []
  const isDigits = pieces.flat().every(({ digit }) => digit !== undefined)
  // Only the very first key may stand alone; a person's second one would, too.
  const isClump = last.length > 1 || pieces.length === 1
  if (!isDigits || !isClump || pieces.length > tearsMax) return false
  if (averageGap(pieces) > settings.averageMs) return false
  return !isKnownCode(readText(last)) && !isKnownCode(readText(pieces.flat()))
}

// Alipay's codes have 16 to 24 digits: what is whole already may be the first part of a longer one,
// whose keys were pressed in time and come late. Source: reference/protocols.md §1.1.
function mayGrow({ pieces }: Burst): boolean {
  const text = readText(pieces.at(-1) ?? [])
  return text.length >= 16 && isPaymentCode(text) && isPaymentCode(`${text}0`)
}

function isTornCode({ pieces }: Burst): boolean {
  if (pieces.length < 2) return false
  return isKnownCode(readText(pieces.flat())) && !pieces.some((one) => isKnownCode(readText(one)))
}

function isTooLong({ burst, settings }: ScannerState): boolean {
  if (!burst) return false
  const isLong = lastAt(burst) - (burst.pieces[0]?.[0]?.at ?? 0) > settings.totalMs
  return isLong && averageGap(burst.pieces) > settings.evidentAverageMs
}

function lastAt({ pieces }: Burst): number {
  return pieces.at(-1)?.at(-1)?.at ?? -Infinity
}

/** The average gap inside the pieces, ms; 0 when there is none. */
function averageGap(pieces: readonly Piece[]): number {
  const gaps = pieces.reduce((sum, piece) => sum + piece.length - 1, 0)
  const totalMs = pieces.reduce((sum, one) => sum + (one.at(-1)?.at ?? 0) - (one[0]?.at ?? 0), 0)
  return totalMs / Math.max(1, gaps)
}

// An all-digit code is read by physical key, so a French or locked-shift keyboard cannot bend it;
// anything else (base64 of an EMVCo code) is read as the layout says.
function readText(strokes: Piece): string {
  const byCode = strokes.every(({ digit }) => digit !== undefined)
  return strokes.map(({ digit, character }) => (byCode ? digit : character)).join('')
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
