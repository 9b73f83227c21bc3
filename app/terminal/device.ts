import { execFile } from 'node:child_process'
import { constants, createReadStream, createWriteStream, openSync, statSync } from 'node:fs'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { isatty, ReadStream, WriteStream } from 'node:tty'
import { promisify } from 'node:util'

import { OperatorError } from '../../modules/database/operator-error.ts'
import { print } from '../start/print.ts'
import { eventBytes, openKeyReader } from './evdev.ts'

export type Closing = { close(): void }

export type ScannerListener = {
  scan(text: string): void
  /** The last line of the keyboard has come; other scanners go on. */
  ended(): void
}

/**
 * Where scans come from: `stdin`, `hid:/dev/input/event3` or `serial:/dev/ttyUSB0[@9600]`. A named pipe
 * is a serial line, too: whoever writes into it may come and go.
 */
export async function openScanner(place: string, listener: ScannerListener): Promise<Closing> {
  const { scan, ended } = listener
  if (place === 'stdin') {
    process.stdin.once('end', ended)
    return listenToLines(process.stdin, scan)
  }
  const [kind, path = ''] = splitOnce(place)
  if (kind === 'hid' && path !== '') return openKeyboard(path, scan)
  if (kind === 'serial' && path !== '') {
    const { input, close } = await openSerial(path, 'r')
    const lines = listenToLines(input, scan)
    return { close: () => (lines.close(), close()) }
  }
  throw new OperatorError(
    `"${place}" is no scanner; say stdin, hid:/dev/input/eventN or serial:/dev/ttyUSB0`,
  )
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(':')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** Calls back for each line that is not empty; CR, LF and both end one. */
export function listenToLines(input: Readable, line: (text: string) => void): Closing {
  const lines = createInterface({ input, crlfDelay: Infinity })
  lines.on('line', (text) => text.trim() !== '' && line(text.trim()))
  return { close: () => lines.close() }
}

function openKeyboard(path: string, scan: (text: string) => void): Closing {
  refuseMissing(path)
  const read = openKeyReader(eventBytes(process.arch))
  const events = createReadStream(path)
  events.on('data', (bytes) => read(bytes as Buffer).forEach(scan))
  dieWith(events, path)
  return { close: () => events.destroy() }
}

export type Serial = { input: Readable; output: Writable; close(): void }

/**
 * Opens a serial line, 8N1 and raw, at 9600 baud unless `@baud` follows the path. Anything else that
 * can be read and written, as a pipe, is taken as it is.
 *
 * @throws OperatorError when there is no such device, or it cannot be set
 */
export async function openSerial(place: string, flags: 'r' | 'r+'): Promise<Serial> {
  const [, path = '', baud = '9600'] = /^(.*?)(?:@(\d+))?$/.exec(place) ?? []
  refuseMissing(path)
  if (statSync(path).isCharacterDevice()) await setLine(path, baud)
  const isPipe = statSync(path).isFIFO()
  // A pipe that we also hold for writing does not end when the one who wrote goes away.
  const line = openSync(path, flags === 'r+' || isPipe ? LINE | constants.O_RDWR : LINE)
  // A line is waited for by the kernel's events; a read that blocks would keep a thread for itself.
  const isLine = isatty(line)
  const input = isLine
    ? new ReadStream(line)
    : isPipe
      ? new Socket({ fd: line, readable: true, writable: false })
      : createReadStream(path, { fd: line })
  dieWith(input, path)
  if (flags === 'r') return { input, output: process.stdout, close: () => input.destroy() }
  const output = isLine
    ? new WriteStream(openSync(path, LINE | constants.O_WRONLY))
    : createWriteStream(path, { fd: openSync(path, 'r+') })
  dieWith(output, path)
  return { input, output, close: () => (input.destroy(), output.destroy()) }
}

// Not to become the terminal that this program is controlled by, nor to wait for a modem.
const LINE = constants.O_NOCTTY | constants.O_NONBLOCK

async function setLine(path: string, baud: string): Promise<void> {
  const terms = ['-F', path, baud, 'cs8', '-cstopb', '-parenb', 'raw', '-echo', 'clocal']
  await promisify(execFile)('stty', terms).catch((cause: unknown) => {
    throw new OperatorError(`The line ${path} cannot be set to ${baud} baud.`, { cause })
  })
}

function refuseMissing(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })) return
  throw new OperatorError(`There is no device ${path}; check the cable, then start again.`)
}

// A device that is pulled out ends the program, which its keeper starts again: nothing is lost, for an
// open attempt is on the disk.
function dieWith(stream: Readable | Writable, path: string): void {
  const end = (cause?: unknown) => {
    print(
      `The device ${path} is gone; check the cable. What was open is asked for at the next start.`,
    )
    throw new Error(`The device ${path} is gone.`, { cause })
  }
  stream.on('error', end)
  stream.on('end', end)
}
