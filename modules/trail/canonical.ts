/** What may stand in a detail: plain JSON. Amounts are numbers of minor units below 2^53. */
export type Json =
  string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json }

/**
 * One text for one value: names in order, no spaces, and only what the database can keep, so that
 * a detail that was stored and read again hashes as before. A name whose value is undefined is left
 * out; half of a surrogate pair and the sign U+0000, which PostgreSQL cannot keep, become U+FFFD.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(storable(value))
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => [storable(name), member] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

const storable = (text: string) => text.toWellFormed().replaceAll('\u0000', '\uFFFD')

// Array.isArray does not narrow a readonly array away.
const isList = (value: object): value is readonly Json[] => Array.isArray(value)
