import { pino, type Logger } from 'pino'

import type { Config } from './config.ts'

/**
 * The program's log: JSON lines on the standard output, with times as people in any zone can
 * compare them. Codes, PINs, passwords and tokens never come here; should one slip into a field of
 * such a name, it is struck out.
 *
 * Source: DESIGN §7.
 */
export function openLog(config: Config, usually: NonNullable<Config['logLevel']>): Logger {
  const secrets = [
    'payment_code',
    'pin',
    'current_pin',
    'new_pin',
    'password',
    'token',
    'authorization',
  ]
  return pino({
    level: config.logLevel ?? usually,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: [...secrets, ...secrets.map((name) => `*.${name}`), '*.headers.authorization'],
  })
}
