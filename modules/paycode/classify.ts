import type { Kind, PaymentCode } from './code.ts'

/** What will be done. */
export type Category = 'purchase_by_payer_code'

/** What shows that the payer is who may pay. */
export type ProofKind =
  /** Our own random number, known to the server that made it. */
  | 'one_time_online'
  /** Our own number, made on the payer's device. */
  | 'one_time_offline'
  /** A number of another scheme, which alone can tell. */
  | 'scheme_token'

export type Classified = { category: Category; platform: string; proof: ProofKind }

// One line per kind of payment, so that a new kind is a type error here.
const categories: Record<Kind, Category> = { purchase: 'purchase_by_payer_code' }

/**
 * From the three things read in a code to the three that decide what is done with it: the kind
 * gives the category of operation, the scheme the platform, the code information the proof.
 *
 * Source: P4; CN107808285A claim 1, S2.
 */
export function classify(code: PaymentCode): Classified {
  return { category: categories[code.kind], platform: code.scheme, proof: proofOf(code) }
}

function proofOf({ issuer, codeInformation }: PaymentCode): ProofKind {
  if (issuer.institutionId === null || codeInformation.form !== 'digits') return 'scheme_token'
  // The prefix of our online codes is even, and the odd one after it is for offline codes.
  return Number(codeInformation.prefix.at(-1)) % 2 === 0 ? 'one_time_online' : 'one_time_offline'
}
