import { Type, type Static, type TSchema } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'

/** The largest amount: JSON readers keep integers exact below 2^53. Source: DESIGN §8. */
export const LARGEST_AMOUNT = Number.MAX_SAFE_INTEGER

/** The largest of amounts that are added up in the database, where a sum must stay below 2^63. */
export const LARGEST_SUMMAND = 10 ** 13

/** An object that refuses fields it does not know. */
export const Body = <Fields extends Record<string, TSchema>>(
  fields: Fields,
  options: object = {},
) => Type.Object(fields, { additionalProperties: false, ...options })

/** The same schema, or null. One schema of two types, which is written faster than a union. */
export const orNull = <Schema extends TSchema>(schema: Schema) =>
  Type.Unsafe<Static<Schema> | null>({
    ...schema,
    type: [(schema as { type?: string }).type ?? 'object', 'null'],
  })

/** One of a few words. */
export const Words = <Word extends string>(words: readonly Word[], options: object = {}) =>
  Type.Unsafe<Word>({ type: 'string', enum: [...words], ...options })

// No control characters, and no half of a surrogate pair, which no database would take.
const PLAIN_TEXT = '^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$'

/** A text without control characters; the database could not even store the one with code 0. */
export const Text = (maxLength: number, options: object = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: PLAIN_TEXT, ...options })

/** An amount above nothing, in minor units. */
export const Amount = (options: object = {}) =>
  Type.Integer({ minimum: 1, maximum: LARGEST_AMOUNT, examples: [25_000], ...options })

export const CurrencyCode = () =>
  Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217', examples: ['CNY'] })

/** RFC 3339, in UTC, with milliseconds. */
export const Time = (options: object = {}) =>
  Type.String({ format: 'date-time', examples: ['2026-11-23T02:13:00.000Z'], ...options })

/** An id as it comes in. What has another form cannot exist, so it is simply not found. */
export const IdText = (kind: string, options: object = {}) =>
  Type.String({ pattern: '^[a-z]{3}_[0-9a-z]{26}$', examples: [exampleId(kind)], ...options })

const exampleId = (kind: string) => `${kind}_01kaqb2m5vf7esx3d9w8r6t4yz`

/** The id in the path of one thing. */
export const PathId = (kind: string) => Type.Object({ id: IdText(kind) })

const Latitude = Type.Number({ minimum: -90, maximum: 90, examples: [31.2304] })
const Longitude = Type.Number({ minimum: -180, maximum: 180, examples: [121.4737] })

/** Where something was, WGS 84. Source: P21. */
export const MeasuredPosition = () =>
  Body({
    latitude: Latitude,
    longitude: Longitude,
    accuracy_m: Type.Optional(Type.Number({ minimum: 0, maximum: 10 ** 7, examples: [12] })),
    measured_at: Type.Optional(Time({ description: 'Left out: now' })),
    is_mock: Type.Optional(Type.Boolean({ description: 'The device says that it is made up' })),
  })

// In the address of a request everything is text; `x-shown` is what the documentation says of it.
const queryText = (pattern: string, shown: object) =>
  Type.Optional(Type.String({ pattern, 'x-shown': shown }))

export const QueryFlag = (description: string) =>
  queryText('^(true|false)$', { type: 'boolean', description })

/** The query of a list, with filters of its own. */
export const ListQuery = <Fields extends Record<string, TSchema>>(fields: Fields) =>
  Body({
    limit: queryText('^(100|[1-9][0-9]?)$', {
      ...{ type: 'integer', minimum: 1, maximum: 100, default: 20 },
      description: 'How many at most',
    }),
    starting_after: Type.Optional(
      Type.String({
        pattern: '^[0-9A-Za-z_:.-]{1,100}$',
        description: 'The last id of the page before; the list goes from the newest to the oldest',
      }),
    ),
    ...fields,
  })

/** What a list with names may be searched by. */
export const SearchText = () =>
  Type.Optional(Text(64, { description: 'A part of the name, or the id' }))

export type ListQuery = { limit?: string; starting_after?: string }

/** What a list asks its room for: one more than is shown tells whether there are more. */
export const readPage = ({ limit = '20', starting_after }: ListQuery) => ({
  limit: Number(limit) + 1,
  startingAfter: starting_after ?? null,
})

/** The answer of a list. */
export const ListOf = (item: TSchema) =>
  Type.Object({
    object: Type.Literal('list'),
    data: Type.Array(item),
    has_more: Type.Boolean(),
    url: Type.String({ examples: ['/v1/payments'] }),
  })

/** Shows a page that was read with `readPage`. */
export function showList<Item, Shown>(
  items: readonly Item[],
  query: ListQuery,
  { url, show }: { url: string; show: (item: Item) => Shown },
) {
  const limit = Number(query.limit ?? '20')
  const data = items.slice(0, limit).map(show)
  return { object: 'list' as const, data, has_more: items.length > limit, url }
}

/** @throws AppError NOT_FOUND for null */
export function found<Thing>(thing: Thing | null | undefined): Thing {
  if (thing === null || thing === undefined) throw new AppError('NOT_FOUND')
  return thing
}
