import type { Issuer } from './issuer.ts'

/** What the payer's code is shown for: the transaction type. Source: P1. */
export type Kind = 'purchase'

/** What may be known of a code by everybody: its shape, and nothing that pays. */
export type CodeInformation =
  | { form: 'digits'; prefix: string; length: number }
  | {
      form: 'emv_cpm'
      applicationId: string
      applicationLabel: string | null
      /** The first two and the last four digits of the token: `62…1234`. */
      masked: string
    }

/** Keyed hashing, handed in: node:crypto on the server, another implementation elsewhere. */
export type Hmac = (key: Uint8Array, text: string) => Uint8Array

// What Node's console asks an object for. Taken by its global name, so that a browser has it too.
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/**
 * A payer's one-time payment code. It is money for about a minute, so it prints masked: a log
 * line, a JSON body or an error can hold the object and still not leak the digits.
 */
export class PaymentCode {
  /** The payer shows it and the merchant reads it: consumer-presented mode. */
  readonly mode = 'cpm'
  readonly issuer: Issuer
  readonly codeInformation: CodeInformation
  readonly masked: string
  readonly #text: string

  constructor(issuer: Issuer, text: string, codeInformation: CodeInformation) {
    this.issuer = issuer
    this.codeInformation = codeInformation
    this.masked =
      codeInformation.form === 'emv_cpm'
        ? codeInformation.masked
        : `${text.slice(0, 2)}…${text.slice(-2)}`
    this.#text = text
  }

  /** Whose code it is. Not the road we take to reach them: that is a channel. */
  get scheme(): string {
    return this.issuer.scheme
  }

  get kind(): Kind {
    return this.issuer.defaultKind
  }

  /** The digits, or the text of an EMVCo code. Only a channel and the wallet may ask; `tidy` fails the build when others do. */
  reveal(): string {
    return this.#text
  }

  /**
   * What is stored instead of the code. Without the pepper it tells nothing, and the word in front
   * keeps it apart from everything else that is hashed under the same pepper.
   */
  keyedHash(pepper: Uint8Array, hmac: Hmac): Uint8Array {
    return hmac(pepper, `payment_code:${this.#text}`)
  }

  toString(): string {
    return this.masked
  }

  toJSON(): string {
    return this.masked
  }

  [inspect](): string {
    return this.masked
  }
}
