import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** The fields of a V2 message: one level deep, and all of them text. */
export type Fields = Readonly<Record<string, string>>

// Values stay the text that was signed: no numbers are made of them and no blanks are cut off.
const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignoreAttributes: true,
  htmlEntities: true,
})

/**
 * Reads `<xml><a>1</a>…</xml>`, or another root. Undefined for everything else: what is cut off, a
 * field that comes twice or has fields inside, and any document type, through which files were read
 * out of merchants' servers.
 *
 * Source: reference/protocols.md §2.2; WeChat's notice on XXE of 2018-07.
 */
export function readXml(text: string, root = 'xml'): Fields | undefined {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text) || XMLValidator.validate(text) !== true) return undefined
  const top = parsed(text)?.[root]
  if (typeof top !== 'object' || top === null) return undefined
  const fields = Object.entries(top).filter(([name]) => name !== '#text')
  return fields.every(isText) ? Object.fromEntries(fields) : undefined
}

/** The parser refuses by a throw what it takes for an attack: `__proto__` for the name of a field. */
function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return parser.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

const isText = (field: [string, unknown]): field is [string, string] => typeof field[1] === 'string'

/** Writes fields, each value as CDATA. The names are our own. */
export function writeXml(fields: Fields): string {
  const lines = Object.entries(fields).map(
    ([name, value]) =>
      `<${name}><![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]></${name}>`,
  )
  return `<xml>${lines.join('')}</xml>`
}
