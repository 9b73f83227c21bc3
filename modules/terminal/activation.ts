import { createHmac, randomBytes } from 'node:crypto'

import { slugOf } from '../party/party.ts'

// Digits and capitals less I, L, O and U, which are misread or misheard: 32 signs, five bits each.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const SECRET_SIGNS = 8 // 40 bits, one use, 24 h, and calls are limited by address
const misread: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' }

/** How long an activation code may be typed in. */
export const ACTIVATION_LIFE_MS = 24 * 60 * 60 * 1000

/** What was typed, made sure of: which institution, and the eight signs that are secret. */
export type TypedActivation = { institutionId: string; secret: string }

/** Makes a one-time activation code, as it is shown: `7K3M-Q0XZ-demo`. */
export function newActivationCode(institutionId: string): string {
  const secret = [...randomBytes(SECRET_SIGNS)].map((byte) => alphabet[byte % 32]).join('')
  return `${secret.slice(0, 4)}-${secret.slice(4)}-${slugOf(institutionId)}`
}

/**
 * Reads an activation code as a person types it: case, dashes and spaces do not matter, and the
 * letters I, L and O count as the digits they look like. Null when it cannot be a code.
 */
export function readActivationCode(typed: string): TypedActivation | null {
  const signs = typed.replace(/[\s-]/g, '')
  const secret = signs
    .slice(0, SECRET_SIGNS)
    .toUpperCase()
    .replace(/[ILO]/g, (sign) => misread[sign] ?? sign)
  const slug = signs.slice(SECRET_SIGNS).toLowerCase()
  const isSecret = secret.length === SECRET_SIGNS && [...secret].every((s) => alphabet.includes(s))
  if (!isSecret || !/^[a-z0-9]{1,16}$/.test(slug)) return null
  return { institutionId: `ins_${slug}`, secret }
}

/**
 * What is stored of an activation code: a hash under the pepper, because 40 bits in clear hashes
 * could be searched by whoever steals the table.
 */
export function hashActivation(pepper: Uint8Array, { institutionId, secret }: TypedActivation) {
  return createHmac('sha256', pepper).update(`activation:${institutionId}:${secret}`).digest()
}
