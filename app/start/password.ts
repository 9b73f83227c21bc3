import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { Writable, type Readable } from 'node:stream'

import { OperatorError } from '../../modules/database/operator-error.ts'
import { passwordLength } from '../../modules/party/party.ts'

/** Where a password comes from, and where it is asked for. */
export type Asking = { input: Readable & { isTTY?: boolean }; output: Writable }

const { minLength, maxLength } = passwordLength

/**
 * Asks for a new password: twice and without showing it at a terminal, and else the first line of the
 * standard input. It is never an argument, which everybody on the machine could read.
 *
 * @throws OperatorError when it is too short or too long, when the two differ, or on Ctrl-C
 *
 * Source: OWASP Authentication Cheat Sheet, "Implement Proper Password Strength Controls".
 */
export async function askNewPassword(
  { input, output }: Asking = { input: process.stdin, output: process.stderr },
): Promise<string> {
  if (!input.isTTY) return ofLength(await firstLine(input))
  const password = ofLength(await askHidden('Password: ', { input, output }))
  if (password === (await askHidden('The same again: ', { input, output }))) return password
  throw new OperatorError('The two passwords are not the same; run it again.')
}

/** A password that nobody can guess, for whoever wants none of their own: 144 random bits. */
export const newPassword = (): string => randomBytes(18).toString('base64url')

function ofLength(password: string): string {
  const { length } = [...password]
  if (length >= minLength && length <= maxLength) return password
  throw new OperatorError(
    `A password has ${minLength} to ${maxLength} characters; type it when asked, give it as the ` +
      'first line of the standard input, or say --generate-password.',
  )
}

async function firstLine(input: Readable): Promise<string> {
  for await (const line of createInterface({ input })) return line
  return ''
}

/** One line that is typed unseen. */
async function askHidden(question: string, { input, output }: Asking): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input, output: nowhere, terminal: true })
  output.write(question)
  try {
    return await new Promise((resolve, reject) => {
      lines.once('line', resolve)
      lines.once('close', () => reject(new OperatorError('Given up; nothing was changed.')))
    })
  } finally {
    lines.close()
    output.write('\n')
  }
}
