import { randomBytes } from 'node:crypto'

/** A fresh key for one intended effect: 144 bits in base64url. */
export const newIdempotencyKey = (): string => randomBytes(18).toString('base64url')

/** A cash register's own number of a try; whatever else has another form is refused. */
export const isReference = (text: string): boolean => /^[A-Za-z0-9._-]{1,40}$/.test(text)
