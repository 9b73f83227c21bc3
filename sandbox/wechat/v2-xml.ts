import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** The fields of a V2 message: flat, all of them texts. */
export type Fields = Record<string, string>
export type SignType = 'MD5' | 'HMAC-SHA256'

const parser = new XMLParser({
  parseTagValue: false,
  ignoreDeclaration: true,
  ignoreAttributes: true,
})

/**
 * Reads `<xml><a>1</a>…</xml>`. Undefined for anything else, and for every document type
 * declaration: that is how files were read out of merchants' servers.
 */
export function readXml(text: string): Fields | undefined {
  if (/<!(DOCTYPE|ENTITY)/i.test(text) || XMLValidator.validate(text) !== true) return undefined
  const document = parser.parse(text) as Record<string, unknown>
  const root = document['xml']
  if (typeof root !== 'object' || root === null) return undefined
  const entries = Object.entries(root)
  const isFlat = entries.every(([, value]) => typeof value === 'string')
  return isFlat ? Object.fromEntries(entries as [string, string][]) : undefined
}

/** Writes fields; values as CDATA, as WeChat does. What is undefined or empty is left out. */
export function writeXml(fields: Record<string, string | undefined>): string {
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(
      ([name, value]) =>
        `<${name}><![CDATA[${value!.replaceAll(']]>', ']]]]><![CDATA[>')}]]></${name}>`,
    )
  return `<xml>${lines.join('\n')}</xml>`
}

/**
 * Signs fields with the merchant's V2 key: upper-case hex. Empty fields and `sign` do not count.
 *
 * Source: reference/protocols.md §2.2, with its vectors in the tests.
 */
export function signV2(
  fields: Record<string, string | undefined>,
  key: string,
  type: SignType,
): string {
  const pairs = Object.keys(fields)
    .filter((name) => name !== 'sign' && fields[name] !== undefined && fields[name] !== '')
    .toSorted()
    .map((name) => `${name}=${fields[name]}`)
  const text = `${pairs.join('&')}&key=${key}`
  const hash = type === 'MD5' ? createHash('md5') : createHmac('sha256', key)
  return hash.update(text, 'utf8').digest('hex').toUpperCase()
}

/** Whether the fields carry the signature that the key makes. */
export function isSignedV2(fields: Fields, key: string): boolean {
  const type = fields['sign_type'] === 'HMAC-SHA256' ? 'HMAC-SHA256' : 'MD5'
  const made = Buffer.from(signV2(fields, key, type))
  const given = Buffer.from(fields['sign'] ?? '')
  return made.length === given.length && timingSafeEqual(made, given)
}
