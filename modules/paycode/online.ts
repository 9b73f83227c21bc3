import { PaymentCode } from './code.ts'
import type { Issuer } from './issuer.ts'
import { OWN_CODE_LENGTH } from './issuer.ts'

/** So many bytes from a cryptographic generator, handed in. */
export type RandomBytes = (count: number) => Uint8Array

/**
 * Makes a new online code of our own: the issuer's prefix, then digits that are random and nothing
 * else. The code tells nothing of the account; what it stands for is kept by the server.
 *
 * Source: P3; DESIGN §6.
 */
export function onlineCode(issuer: Issuer, random: RandomBytes): PaymentCode {
  const prefix = issuer.prefixes[0]!
  const text = prefix + randomDigits(OWN_CODE_LENGTH - prefix.length, random)
  return new PaymentCode(issuer, text, { form: 'digits', prefix, length: text.length })
}

// Bytes from 250 up are thrown away: 256 is no multiple of 10, and the low digits would come more
// often than the high ones.
function randomDigits(count: number, random: RandomBytes): string {
  let text = ''
  while (text.length < count) {
    for (const byte of random(count + 8)) {
      if (byte < 250 && text.length < count) text += byte % 10
    }
  }
  return text
}
