import {
  burstFrom,
  press,
  quiet,
  quietAt,
  silenceMs,
  startScanner,
  type Key,
  type Outcome,
  type ScannerState,
  type Settings,
} from './scanner.ts'

/** What the till wants to hear. A scan is handed over within the keydown that ended it. */
export type ScannerListener = {
  scan: (text: string) => void
  imeWarning: () => void
  misread: () => void
}

type Field = HTMLInputElement | HTMLTextAreaElement
type Snapshot = { field: Field; value: string; start: number | null; end: number | null }
/** What the focused field held before each key of the open burst, by the key's time. */
type Snapshots = Map<number, Snapshot>

// Keys that we press again for a person pass by the scanner the second time.
const replayed = new WeakSet<Event>()

/**
 * Listens to the whole window in the capture phase, before every other listener of the page, and
 * obeys the state machine. Answers the function that stops it. It never keeps the text of a scan.
 * Source: reference/ux.md §3.1.2.
 */
export function listenToScanner(listener: ScannerListener, settings?: Settings): () => void {
  let state: ScannerState = startScanner(settings)
  const snapshots: Snapshots = new Map()
  let timer: ReturnType<typeof setTimeout> | undefined
  const android = listenToUnidentified((key) => take(press(state, key)))

  function take(step: { state: ScannerState; outcomes: Outcome[] }): void {
    state = step.state
    clearTimeout(timer)
    // From now on, and not from when the key was pressed: where keys come late, so does the next one.
    const waitMs = silenceMs(state)
    if (waitMs !== Infinity) timer = setTimeout(checkQuiet, waitMs)
    const from = burstFrom(state)
    for (const outcome of step.outcomes) obey(outcome, listener, snapshots)
    for (const at of snapshots.keys()) if (from === undefined || at < from) snapshots.delete(at)
  }

  function checkQuiet(): void {
    // On a busy page the timer may come before keys that were pressed in time.
    if (isInputPending()) timer = setTimeout(checkQuiet, 0)
    else take(quiet(state, Math.max(performance.now(), quietAt(state))))
  }

  function onKeydown(event: KeyboardEvent): void {
    if (replayed.has(event)) return
    if (event.key === 'Unidentified') return android.expect(event)
    const before = readSnapshot(event.target)
    if (before) snapshots.set(event.timeStamp, before)
    const step = press(state, readKey(event))
    if (step.swallow) {
      event.preventDefault()
      event.stopImmediatePropagation()
    }
    take(step)
  }

  window.addEventListener('keydown', onKeydown, { capture: true })
  return () => {
    clearTimeout(timer)
    android.stop()
    window.removeEventListener('keydown', onKeydown, { capture: true })
  }
}

function obey(outcome: Outcome, listener: ScannerListener, snapshots: Snapshots): void {
  switch (outcome.kind) {
    case 'scan':
      return listener.scan(outcome.text)
    case 'typing':
      return outcome.held.forEach(pressAgain)
    case 'restore_field':
      return restore(snapshots.get(outcome.beforeKeyAt))
    case 'ime_warning':
      return listener.imeWarning()
    case 'misread':
      return listener.misread()
  }
}

function readKey(event: KeyboardEvent): Key {
  const target = event.target instanceof Element ? event.target : null
  return {
    code: event.code,
    key: event.key,
    timeStamp: event.timeStamp,
    ctrl: event.ctrlKey,
    alt: event.altKey,
    meta: event.metaKey,
    altGraph: event.getModifierState('AltGraph'),
    repeat: event.repeat,
    isComposing: event.isComposing,
    keyCode: event.keyCode,
    targetIsEditable: isEditable(target),
    noScan: target?.closest('[data-no-scan], input[type="password"]') != null,
  }
}

/** True for what takes characters: text inputs, text areas and editable elements. */
export function isEditable(target: Element | null): boolean {
  if (target instanceof HTMLTextAreaElement) return !target.readOnly && !target.disabled
  if (target instanceof HTMLElement && target.isContentEditable) return true
  if (!(target instanceof HTMLInputElement) || target.readOnly || target.disabled) return false
  return !/^(?:button|checkbox|radio|range|submit|reset|file|color|image)$/.test(target.type)
}

function readSnapshot(target: EventTarget | null): Snapshot | undefined {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement))
    return undefined
  return isEditable(target)
    ? { field: target, value: target.value, start: target.selectionStart, end: target.selectionEnd }
    : undefined
}

// React remembers the value it set last and ignores an event that brings the same; the prototype's
// own setter goes past that memory.
function restore(snapshot: Snapshot | undefined): void {
  if (!snapshot) return
  const { field, value, start, end } = snapshot
  const prototype = Object.getPrototypeOf(field) as object
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value)
  field.dispatchEvent(new Event('input', { bubbles: true }))
  if (start !== null && field.isConnected) field.setSelectionRange(start, end ?? start)
}

function pressAgain(key: Key): void {
  const event = new KeyboardEvent('keydown', {
    code: key.code,
    key: key.key,
    bubbles: true,
    cancelable: true,
    shiftKey: false,
  })
  replayed.add(event)
  ;(document.activeElement ?? document.body).dispatchEvent(event)
}

function isInputPending(): boolean {
  const { scheduling } = navigator as { scheduling?: { isInputPending?: () => boolean } }
  return scheduling?.isInputPending?.() ?? false
}

/**
 * Android's input methods name no keys. Their characters arrive as `input` events of the focused
 * field, or of one off-screen field that takes the focus when nothing else has it.
 */
function listenToUnidentified(push: (key: Key) => void): {
  expect: (event: KeyboardEvent) => void
  stop: () => void
} {
  let catcher: HTMLInputElement | undefined
  let isExpected = false

  function onInput(event: Event): void {
    if (!isExpected || !(event instanceof InputEvent) || !event.data) return
    isExpected = false
    for (const character of event.data) push(inputKey(character, event))
    if (event.target === catcher && catcher) catcher.value = ''
  }

  function expect(event: KeyboardEvent): void {
    isExpected = true
    if (isEditable(event.target as Element | null)) return
    catcher ??= makeCatcher()
    catcher.focus()
  }

  window.addEventListener('input', onInput, { capture: true })
  return {
    expect,
    stop: () => {
      window.removeEventListener('input', onInput, { capture: true })
      catcher?.remove()
    },
  }
}

function inputKey(character: string, event: InputEvent): Key {
  return {
    code: '',
    key: character === '\n' ? 'Enter' : character,
    timeStamp: event.timeStamp,
    ctrl: false,
    alt: false,
    meta: false,
    repeat: false,
    isComposing: false,
    keyCode: 0,
    targetIsEditable: true,
    noScan: false,
  }
}

function makeCatcher(): HTMLInputElement {
  const catcher = document.createElement('input')
  catcher.inputMode = 'none'
  catcher.tabIndex = -1
  catcher.setAttribute('aria-hidden', 'true')
  catcher.style.cssText = 'position:fixed;left:-100px;top:0;width:1px;height:1px;opacity:0'
  document.body.append(catcher)
  return catcher
}
