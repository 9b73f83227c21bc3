import { readEmvTemplates, readTlv, toHex, type EmvTemplates, type Tlv } from './emv.ts'

/** What a consumer-presented code is charged by. */
export type EmvToken = {
  /** The token or number that stands for the card, without padding. Shown and stored nowhere. */
  number: string
  /** Its first two digits, and the last four that the payer knows: those of the card if it says so. */
  masked: string
}

/**
 * Reads the token of a consumer-presented code: of the application with this identifier, and where
 * that is silent of the data common to all. Null when there is none. Only a channel has the text
 * of a code to ask with.
 *
 * Source: EMVCo QRCPS Consumer-Presented Mode v1.1 §4; EMV Book 3, annex A (57, 5A, 9F25).
 */
export function readEmvToken(text: string, applicationId: string): EmvToken | null {
  const templates = readEmvTemplates(text)
  return templates && tokenIn(templates, applicationId)
}

/** The same of a code that is cut into its elements already. */
export function tokenIn(templates: EmvTemplates, applicationId: string): EmvToken | null {
  const application = templates.applications.find(({ id }) => id === applicationId)
  if (!application) return null
  // 63 and 64 are data that only the issuer reads; some put the card data there.
  const elements = [...application.elements, ...templates.common].flatMap(opened)
  const hexOf = (tag: string) => {
    const value = elements.find((one) => one.tag === tag)?.value
    return value ? toHex(value) : null
  }
  const digitsOf = (tag: string) => hexOf(tag)?.replace(/F+$/, '') ?? null
  const number = hexOf('57')?.split('D')[0] ?? digitsOf('5A')
  if (number === null || !/^\d{8,19}$/.test(number)) return null
  const said = digitsOf('9F25') ?? ''
  const last4 = /^\d{4}$/.test(said) ? said : number.slice(-4)
  return { number, masked: `${number.slice(0, 2)}…${last4}` }
}

const opened = (element: Tlv): Tlv[] =>
  /^6[34]$/.test(element.tag) ? [element, ...(readTlv(element.value) ?? [])] : [element]
