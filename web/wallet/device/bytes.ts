/** Bytes with memory of their own, as WebCrypto wants them. */
export type Bytes = Uint8Array<ArrayBuffer>

/** The UTF-8 bytes of a text. */
export const bytesOf = (text: string): Bytes => new TextEncoder().encode(text)

/** The text of UTF-8 bytes. Throws TypeError when they are none. */
export const textOf = (bytes: BufferSource): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(bytes)

/** Fresh random bytes of the machine's own generator. */
export const randomBytes = (count: number): Bytes => crypto.getRandomValues(new Uint8Array(count))

/** Bytes one after the other. */
export function join(...parts: Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Bytes as base64url without padding, for JSON. */
export const toBase64 = (bytes: Bytes): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')

/** Reads base64url. Throws DOMException when it is none. */
export const fromBase64 = (text: string): Bytes =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
    char.charCodeAt(0),
  )
