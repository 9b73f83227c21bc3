import { readEmvTemplates, readTlv, toHex, type Tlv } from './emv.ts'

/** What a consumer-presented code is charged by, for the scheme that reads it. */
export type EmvToken = {
  applicationId: string
  /** The token or number that stands for the card, without padding. Shown and stored nowhere. */
  number: string
  /** YYMM, where track 2 says it. */
  expiresOn: string | null
  /** Who asked the scheme for the token: 11 digits. */
  requestorId: string | null
  /** Names the account whatever token stands for it. */
  accountReference: string | null
  /** The last digits of the number that the payer knows. */
  last4: string | null
  /** Proves this one showing of the code: the cryptogram and the counter it was made with. */
  cryptogram: string | null
  counter: string | null
}

/**
 * Reads the token of a consumer-presented code: of the application with this identifier, and where
 * that is silent of the data common to all. Null when there is none. Only a channel has the text
 * of a code to ask with.
 *
 * Source: EMVCo QRCPS Consumer-Presented Mode v1.1 §4; EMV Book 3, annex A (57, 5A, 9F19, 9F24–9F26).
 */
export function readEmvToken(text: string, applicationId: string): EmvToken | null {
  const templates = readEmvTemplates(text)
  const application = templates?.applications.find(({ id }) => id === applicationId)
  if (!templates || !application) return null
  // 63 and 64 are data that only the issuer reads; EMVCo puts the cryptogram there.
  const elements = [...application.elements, ...templates.common].flatMap(opened)
  const valueOf = (tag: string) => elements.find((one) => one.tag === tag)?.value
  const hexOf = (tag: string) => {
    const value = valueOf(tag)
    return value ? toHex(value) : null
  }
  const digitsOf = (tag: string) => hexOf(tag)?.replace(/F+$/, '') ?? null
  const [trackNumber, trackRest] = hexOf('57')?.split('D') ?? []
  const number = trackNumber ?? digitsOf('5A')
  if (number === null || !/^\d{8,19}$/.test(number)) return null
  return {
    applicationId,
    number,
    expiresOn: trackRest?.slice(0, 4) ?? null,
    requestorId: digitsOf('9F19'),
    accountReference: asText(valueOf('9F24')),
    last4: digitsOf('9F25'),
    cryptogram: hexOf('9F26'),
    counter: hexOf('9F36'),
  }
}

const opened = (element: Tlv): Tlv[] =>
  /^6[34]$/.test(element.tag) ? [element, ...(readTlv(element.value) ?? [])] : [element]

const asText = (value: Uint8Array | undefined): string | null =>
  value ? String.fromCharCode(...value) : null
