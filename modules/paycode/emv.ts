/** One element of BER-TLV: the tag in upper-case hexadecimal, and its value as it stands. */
export type Tlv = { tag: string; value: Uint8Array }

/**
 * What a consumer-presented QR code begins with: `85 05 CPV01` in base64. Nine characters, since the
 * tenth already mixes in the next tag.
 */
export const EMV_CPM_START = 'hQVDUFYwM'

// Longer than any QR code that a phone shows; a bound for the parser and not a rule of EMVCo.
export const EMV_CPM_LONGEST = 512

/** An application of a code with its own elements, and the elements that are common to all. */
export type EmvTemplates = {
  applications: { id: string; label: string | null; elements: Tlv[] }[]
  common: Tlv[]
}

/**
 * The templates of a consumer-presented QR code, cut into their elements; the applications in its
 * order of preference. Null when the text is not what EMVCo describes.
 *
 * Source: EMVCo, QR Code Specification for Payment Systems, Consumer-Presented Mode v1.1.
 */
export function readEmvTemplates(text: string): EmvTemplates | null {
  const bytes = fromBase64(text)
  const elements = bytes && readTlv(bytes)
  if (!elements || toText(elements.find(({ tag }) => tag === '85')?.value) !== 'CPV01') return null

  const templates: EmvTemplates = { applications: [], common: [] }
  for (const { tag, value } of elements) {
    if (tag !== '61' && tag !== '62') continue
    const inner = readTlv(value)
    if (!inner) return null
    if (tag === '62') {
      templates.common.push(...inner)
      continue
    }
    const id = inner.find((one) => one.tag === '4F')?.value
    if (!id) return null
    const label = toText(inner.find((one) => one.tag === '50')?.value) ?? null
    templates.applications.push({ id: toHex(id), label, elements: inner })
  }
  return templates.applications.length > 0 ? templates : null
}

/**
 * Cuts BER-TLV into its elements, one level deep. Null when a tag or a length runs past the end, or
 * a length is written in a form that EMV does not use.
 *
 * Source: ISO/IEC 8825-1 §8.1; EMV Book 3, annex B.
 */
export function readTlv(bytes: Uint8Array): Tlv[] | null {
  const elements: Tlv[] = []
  let at = 0
  while (at < bytes.length) {
    const tagEnd = endOfTag(bytes, at)
    const length = readLength(bytes, tagEnd)
    if (!length || length.end + length.value > bytes.length) return null
    const end = length.end + length.value
    elements.push({
      tag: toHex(bytes.subarray(at, tagEnd)),
      value: bytes.subarray(length.end, end),
    })
    at = end
  }
  return elements
}

function endOfTag(bytes: Uint8Array, start: number): number {
  let at = start + 1
  if ((bytes[start]! & 0x1f) !== 0x1f) return at
  while (at < bytes.length && (bytes[at]! & 0x80) !== 0) at += 1
  return at + 1
}

function readLength(bytes: Uint8Array, at: number): { value: number; end: number } | null {
  const first = bytes[at]
  if (first === undefined) return null
  if (first < 0x80) return { value: first, end: at + 1 }
  const [high, low] = [bytes[at + 1], bytes[at + 2]]
  if (first === 0x81 && high !== undefined) return { value: high, end: at + 2 }
  if (first === 0x82 && high !== undefined && low !== undefined) {
    return { value: high * 256 + low, end: at + 3 }
  }
  return null
}

function fromBase64(text: string): Uint8Array | null {
  const unpadded = text.replace(/={1,2}$/, '')
  if (!/^[A-Za-z0-9+/]+$/.test(unpadded) || unpadded.length % 4 === 1) return null
  const binary = atob(unpadded)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}

/** Bytes as upper-case hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += (byte < 16 ? '0' : '') + byte.toString(16)
  return hex.toUpperCase()
}

function toText(bytes: Uint8Array | undefined): string | undefined {
  return bytes && String.fromCharCode(...bytes)
}
