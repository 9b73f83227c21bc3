import { AppError } from '../errors/errors.ts'

/** What a picture of news may be, by what its bytes say and not by what it is called. */
export const pictureTypes = ['image/png', 'image/jpeg', 'image/webp'] as const

export type Picture = { bytes: Uint8Array; mediaType: (typeof pictureTypes)[number] }

/** How large a picture may be, in bytes: a phone's screen wide, and a feed loads at once. */
export const MOST_PICTURE_BYTES = 100 * 1024

/** A `data:` URL of the largest picture has this many characters. */
export const MOST_PICTURE_TEXT = 'data:image/jpeg;base64,'.length + 4 * Math.ceil(102_400 / 3)

const form = /^data:(image\/[a-z+]+);base64,([A-Za-z0-9+/]+={0,2})$/

/**
 * A picture out of a `data:` URL.
 *
 * @throws AppError INVALID_REQUEST when it is larger than 100 kB, or its bytes are no PNG, JPEG or WebP
 *   picture, or not of the type that the URL says
 *
 * Source: RFC 2397; PNG 3rd ed. §5.2, JPEG (T.81) B.2.1, RFC 9649 §2.4 for the beginnings.
 */
export function readPictureText(text: string): Picture {
  const [, said, base64 = ''] = form.exec(text) ?? []
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length > MOST_PICTURE_BYTES) throw refused('must not be larger than 100 kB')
  const mediaType = typeOf(bytes)
  if (mediaType === null || mediaType !== said)
    throw refused('must be a PNG, JPEG or WebP picture as a data: URL')
  return { bytes, mediaType }
}

function typeOf(bytes: Buffer): Picture['mediaType'] | null {
  const begins = (hex: string) => bytes.subarray(0, hex.length / 2).toString('hex') === hex
  if (begins('89504e470d0a1a0a')) return 'image/png'
  if (begins('ffd8ff')) return 'image/jpeg'
  const isWebp = begins('52494646') && bytes.subarray(8, 12).toString('latin1') === 'WEBP'
  return isWebp ? 'image/webp' : null
}

const refused = (reason: string) => new AppError('INVALID_REQUEST', { param: 'picture', reason })
