import { OperatorError } from '../../modules/database/operator-error.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import { takeFolder, isLock, takenSentence } from '../start/folder.ts'
import { print } from '../start/print.ts'
import type { Stops } from '../start/stop.ts'
import type { Place } from './attempt.ts'
import { openBox, type Box } from './box.ts'
import { openCalls } from './calls.ts'
import { careFor } from './care.ts'
import { openDesk, type Desk } from './desk.ts'
import { openScanner, openSerial, type Closing } from './device.ts'
import { listenToEvents } from './events.ts'
import { serveHttpTill } from './http-till.ts'
import { openKept } from './kept.ts'
import { serveSerialTill } from './serial-till.ts'
import { openWords, valuesOf, type Say, type Words } from './words.ts'

export type RunWish = {
  folder: string
  /** `stdin`, `hid:…`, `serial:…` */
  scanners: readonly string[]
  /** `http:…`, `serial:…` */
  tills: readonly string[]
  /** Of a serial line, which names none. */
  currency: string
  place: Place | null
  /** How long a charge waits for its scan. */
  scanSeconds: number
  lang: string | undefined
}

/**
 * Runs a headless terminal: scans on one side, cash registers on the other, the server behind.
 *
 * @throws OperatorError that says what to do
 */
export async function runBox(wish: RunWish, stops: Stops): Promise<void> {
  const box = openBox(wish.folder)
  const lock = await takeFolder(wish.folder)
  if (!isLock(lock)) throw new OperatorError(takenSentence(wish.folder, lock))
  stops.add('the folder', 500, () => Promise.resolve(lock.release()))

  const words = openWords(wish.lang)
  const state = { health: 'online', reason: '' }
  const say = sayTo(words, box, state)
  const calls = openCalls(box, nowMs)
  const desk = openDesk({
    ...{ calls, say, place: wish.place, nowMs, scanMs: wish.scanSeconds * 1_000 },
    ...{ kept: openKept(wish.folder), terminalId: box.terminal.id },
  })
  add(stops, 'the desk', desk)

  const care = careFor({
    ...{ calls, place: wish.place },
    onConfiguration({ is_locked: isLocked, lock_reason: reason }) {
      state.reason = reason ?? ''
      desk.lock(isLocked)
    },
    onHealth(health) {
      if (health === state.health) return
      state.health = health
      say(health)
      if (health === 'online') desk.wake()
    },
  })
  add(stops, 'the heartbeat', care)
  const onOpen = (): void => {
    void care.refresh()
    desk.wake()
  }
  const onEvent = (type: string): void => {
    if (type === 'terminal.configuration') void care.refresh()
    if (type.startsWith('payment.')) desk.wake()
  }
  add(stops, 'the events', listenToEvents(calls, { onOpen, onEvent }))

  for (const scanner of wish.scanners) {
    const ended = () => say('stdin_ended')
    const scan = (text: string) => desk.scan(text)
    add(stops, scanner, await openScanner(scanner, { scan, ended }))
  }
  for (const till of wish.tills) add(stops, till, await openTill(till, { desk, words, box, wish }))
  say('started')
  if (!desk.status()) say('ready')
}

function add(stops: Stops, name: string, opened: Closing): void {
  stops.add(name, 500, () => Promise.resolve(opened.close()))
}

type TillOptions = { desk: Desk; words: Words; box: Box; wish: RunWish }

async function openTill(till: string, { desk, words, box, wish }: TillOptions): Promise<Closing> {
  const [, kind = '', place = ''] = /^(http|serial):(.+)$/.exec(till) ?? []
  if (kind === 'http') {
    const served = await serveHttpTill(place, { desk, words, nowMs, pairingKey: box.pairing_key })
    print(`http: ${place.replace(/\d+$/, String(served.port))}`)
    return served
  }
  if (kind === 'serial') {
    const line = await openSerial(place, 'r+')
    const served = serveSerialTill(line, { desk, currency: wish.currency })
    return { close: () => (served.close(), line.close()) }
  }
  throw new OperatorError(
    `"${till}" is no way to a cash register; say http:8090 or serial:/dev/ttyS0`,
  )
}

const nowMs = (): number => systemClock().getTime()

/** One line each, with the time: on a screen, in a journal. */
function sayTo(words: Words, box: Box, state: { reason: string }): Say {
  let last = ''
  return (word, charge, outcome) => {
    const about = { name: box.terminal.name, server: box.server, reason: state.reason }
    const text = words.text(word, { ...about, ...valuesOf(words, charge, outcome) })
    if (text === last) return
    last = text
    print(`${systemClock().toTimeString().slice(0, 8)}  ${text}`)
  }
}
