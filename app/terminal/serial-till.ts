import type { Readable, Writable } from 'node:stream'

import type { Outcome } from './charge.ts'
import { Busy, type Desk } from './desk.ts'
import { listenToLines, type Closing } from './device.ts'
import { isReference } from './name.ts'
import { endWith } from './program-end.ts'

/**
 * Serves a cash register at the other end of a serial line, a line of text at a time:
 *
 *     CHARGE <amount_minor> <reference>    OK <payment> <charged_minor> <scheme> <reference>
 *     CANCEL <reference>                   FAIL <code> <reference>
 *     STATUS                               IDLE | SCAN <reference> | BUSY <reference>
 *
 * The answer to CHARGE comes when the money is taken or not; the same line again asks again. Source: P13.
 */
export function serveSerialTill(
  { input, output }: { input: Readable; output: Writable },
  { desk, currency }: { desk: Desk; currency: string },
): Closing {
  const answer = (line: string): void => void output.write(`${line}\r\n`)

  async function charge(amount: string, reference: string): Promise<void> {
    const isAmount = /^[1-9]\d{0,14}$/.test(amount)
    if (!isAmount || !isReference(reference)) return answer('FAIL INVALID_REQUEST -')
    const amountMinor = BigInt(amount)
    const wish = { reference, amountMinor, currency, scannedText: null, isPlaceConfirmed: false }
    try {
      answer(lineOf(reference, await desk.charge(wish)))
    } catch (error) {
      if (!(error instanceof Busy)) throw error
      answer(`FAIL ${error.code} ${reference}`)
    }
  }

  function status(): string {
    const work = desk.status()
    if (!work) return 'IDLE'
    return `${work.waits_for === 'scan' ? 'SCAN' : 'BUSY'} ${work.reference}`
  }

  function take(line: string): void {
    const [word = '', first = '', second = '', ...more] = line.split(/\s+/)
    const call = `${word.toUpperCase()} ${[first, second].filter(Boolean).length + more.length}`
    if (call === 'CHARGE 2') {
      charge(first, second).catch((error: unknown) => {
        answer(`FAIL INTERNAL_ERROR ${second}`)
        endWith(error)
      })
    } else if (call === 'CANCEL 1') {
      if (!desk.cancel(first)) answer(`FAIL NOT_FOUND ${isReference(first) ? first : '-'}`)
    } else if (call === 'STATUS 0') answer(status())
    else answer('FAIL INVALID_REQUEST -')
  }

  return listenToLines(input, take)
}

function lineOf(reference: string, { state, code, payment }: Outcome): string {
  if (state !== 'succeeded' || !payment) return `FAIL ${code ?? state} ${reference}`
  return `OK ${payment.id} ${payment.charged} ${payment.scheme ?? '-'} ${reference}`
}
