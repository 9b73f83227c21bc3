import { pino, type Logger } from 'pino'

import type { Config } from '../config.ts'

// Should one of these slip into a line as a field of its name, it is struck out.
const secrets = [
  'payment_code',
  'pin',
  'current_pin',
  'new_pin',
  'password',
  'token',
  'api_key',
  'activation_code',
  'authorization',
]

/**
 * The program's log: JSON lines on the standard output, with times that people in any zone can
 * compare. Codes, PINs, passwords and tokens never come here.
 *
 * Source: DESIGN §7.
 */
export function openLog(config: Config, usually: NonNullable<Config['logLevel']>): Logger {
  return pino({
    level: config.logLevel ?? usually,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: [...secrets, ...secrets.map((name) => `*.${name}`), '*.headers.authorization'],
    serializers: { err: showError },
  })
}

/** Of an error only what helps: the driver hangs the whole connection on it, address and all. */
function showError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  const causes = cause === undefined ? {} : { cause: showError(cause) }
  return { type: name, message, code, constraint, stack, ...causes }
}
