/** One field of a merchant-presented code: two digits of id, and the value as it stands. */
export type MpmField = { id: string; value: string }

/** Why a text is no merchant-presented code that may be paid. */
export type MpmFault =
  /** It does not begin as one. */
  | 'not_mpm'
  /** Longer than the specification lets a code be. */
  | 'too_long'
  /** The check at its end does not fit: misread, or made by hand. */
  | 'wrong_crc'
  /** A length is no number, or runs past the end. */
  | 'bad_length'
  /** The same field twice: which one counts, nobody can say. */
  | 'duplicate'
  | 'missing'
  | 'bad_value'
  | 'currency_not_supported'

const LONGEST_VALUE = 99

/**
 * The check of a merchant-presented code: four hexadecimal digits over the UTF-8 bytes of all that
 * stands before them, the id and the length of the check included. CRC-16/CCITT-FALSE: polynomial
 * 0x1021, begins with 0xFFFF, nothing reflected; of "123456789" it is 29B1.
 *
 * Source: EMVCo QRCPS Merchant-Presented Mode v1.1 §4.7.3; ISO/IEC 13239.
 */
export function crc16(text: string): string {
  let crc = 0xffff
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021
    }
    crc &= 0xffff
  }
  return crc.toString(16).toUpperCase().padStart(4, '0')
}

/**
 * Cuts a text into its fields, one level deep. Lengths count characters and not bytes: the Chinese
 * name in the specification's own example of four signs has length 04.
 */
export function readMpmFields(
  text: string,
): { ok: MpmField[]; fault?: undefined } | { fault: MpmFault; ok?: undefined } {
  const signs = [...text]
  const fields: MpmField[] = []
  const seen = new Set<string>()
  for (let at = 0; at < signs.length;) {
    const head = signs.slice(at, at + 4).join('')
    if (!/^\d{4}$/.test(head)) return { fault: 'bad_length' }
    const id = head.slice(0, 2)
    const end = at + 4 + Number(head.slice(2))
    if (end === at + 4 || end > signs.length) return { fault: 'bad_length' }
    if (seen.has(id)) return { fault: 'duplicate' }
    seen.add(id)
    fields.push({ id, value: signs.slice(at + 4, end).join('') })
    at = end
  }
  return { ok: fields }
}

/** Whether a value fits in a field: 1 to 99 characters, and no control characters among them. */
export const fitsMpmField = (value: string, longest = LONGEST_VALUE): boolean => {
  const { length } = [...value]
  return length > 0 && length <= longest && !/\p{Cc}|\p{Cs}/u.test(value)
}

/** Writes fields one after the other; the caller has seen to it that each value fits. */
export const writeMpmFields = (fields: readonly MpmField[]): string =>
  fields.map(({ id, value }) => `${id}${`${[...value].length}`.padStart(2, '0')}${value}`).join('')
