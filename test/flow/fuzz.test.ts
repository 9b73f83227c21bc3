import fc from 'fast-check'
import { expect, test } from 'vitest'

import { errors, type ErrorCode } from '../../modules/errors/errors.ts'
import { openShop } from './shop.ts'
import { serve } from './serve.ts'

// Every call of the API as its own description tells it, by everybody, with one thing wrong: whatever
// comes, the answer is one that the description knows. Source: reliability.md §13.2, R13.

type Schema = {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  examples?: unknown[]
  minimum?: number
  $ref?: string
}
type Parameter = { in: string; name: string; schema: Schema }
type Operation = {
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Call = { method: Method; path: string; body: unknown }
/** One place of a call where something wrong is put: a name of its query, or the way into its body. */
type Place = Call & { query: string | null; way: readonly string[] | null }
type Description = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

// In three seconds; before a release more of them are worth their time.
const RUNS = 2_500

// Ends the session that the rest would be tried with.
const isLeftOut = (path: string) => path === '/v1/sessions/current'

const odd: unknown[] = [
  ...[null, true, 0, -1, 1.5, 2 ** 53, 1e30, -5e-324, '', ' ', '0', 'a\u0000b', '\ud800', '\u2028'],
  ...[
    '\u202eabc',
    '１２３',
    '😀'.repeat(40),
    'x'.repeat(5_000),
    '__proto__',
    "' or 1=1 --",
    '%',
    '..',
  ],
  ...['2016-12-31T23:59:60Z', '0000-01-01T00:00:00Z', '+275760-09-13T00:00:00.001Z', '2026-02-30'],
  ...['https://[::1', 'file:///etc/passwd', 'pay_zzzzzzzzzzzzzzzzzzzzzzzzzz', 'USD', 10 ** 13],
  ...[[], {}, [null], [[]], ['a', 'a'], { a: 1 }, { toString: 1 }],
]

type Wrong = { token: string; id: string; wrong: unknown; text: string | null; key: string }

const oddText = ['', '{', '[]', 'null', '1e400', '{"__proto__":{"x":1}}', '['.repeat(5_000)]

/** A body that would do, as far as its schema says so: with all that it may have. */
function example(schema: Schema, shared: Record<string, Schema>): unknown {
  const named = schema.$ref && shared[schema.$ref.split('/').at(-1) ?? '']
  if (named) return example(named, shared)
  const [first] = [schema.examples ?? schema.enum ?? []].flat()
  if (schema.const !== undefined || first !== undefined) return schema.const ?? first
  if (schema.anyOf?.[0]) return example(schema.anyOf[0], shared)
  switch ([schema.type].flat()[0]) {
    case 'object': {
      const fields = Object.entries(schema.properties ?? {})
      return Object.fromEntries(fields.map(([name, one]) => [name, example(one, shared)]))
    }
    case 'array':
      return schema.items ? [example(schema.items, shared)] : []
    case 'boolean':
      return true
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    default:
      return '123456'
  }
}

/** The ways to all that stands in a body, the whole and something unknown beside the rest among them. */
function waysInto(body: unknown): string[][] {
  if (typeof body !== 'object' || body === null) return [[]]
  const inner = Object.entries(body).flatMap(([name, value]) =>
    waysInto(value).map((way) => [name, ...way]),
  )
  return [[], ['odd'], ...inner]
}

/** The same body, with `wrong` where the way leads. */
function spoil(body: unknown, [name, ...rest]: readonly string[], wrong: unknown): unknown {
  if (name === undefined) return wrong
  const inner = spoil((body as Record<string, unknown>)[name], rest, wrong)
  return Array.isArray(body) ? [inner] : { ...(body as object), [name]: inner }
}

function placesOf({ paths, components }: Description): Place[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([name, { parameters = [], requestBody }]): Place[] => {
      if (isLeftOut(path)) return []
      const schema = requestBody?.content['application/json']?.schema
      const body = schema && example(schema, components.schemas)
      const call = { method: name.toUpperCase() as Method, path, body }
      const queries = parameters.filter((one) => one.in === 'query')
      return [
        { ...call, query: null, way: null },
        ...queries.map((one) => ({ ...call, query: one.name, way: null })),
        ...(schema ? waysInto(body) : []).map((way) => ({ ...call, query: null, way })),
      ]
    }),
  )
}

test('whatever is sent to whichever call, by whomever, it is answered or refused by the list', async () => {
  const shop = await openShop()
  const { call, staff, platformToken: platform } = await serve(shop)
  const { payment } = await shop.pay({ code: await shop.code() })
  const told = (await call('GET', '/docs/json')).body as Description
  const ids = [
    payment.id,
    shop.merchantId,
    shop.storeId,
    shop.terminal.id,
    shop.payer.id,
    'x',
    '%ff',
  ]
  const { operator, merchant } = staff
  const tokens = [operator, merchant, platform, shop.merchantToken, shop.terminal.token]

  const send = async (place: Place, { token, id, wrong, text, key }: Wrong) => {
    const { method, path, query, way } = place
    const said = typeof wrong === 'string' ? wrong : JSON.stringify(wrong)
    const search = query === null ? '' : `?${new URLSearchParams({ [query]: said })}`
    const url = path.replace(/\{\w+\}/g, id) + search
    const body = way === null ? place.body : (text ?? spoil(place.body, way, wrong))
    const isText = way !== null && text !== null
    const headers = isText ? { 'content-type': 'application/json' } : {}
    return call(method, url, { token, key, headers, ...(place.body !== undefined && { body }) })
  }
  const attempt = fc.record({
    token: fc.constantFrom(...tokens, operator, operator, shop.payer.token, 'nobody'),
    id: fc.constantFrom(...ids),
    wrong: fc.constantFrom(...odd),
    text: fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, fc.constantFrom(...oddText)),
    key: fc.constantFrom('', 'x'.repeat(256), '"a"', 'once'),
  })
  const property = fc.asyncProperty(fc.constantFrom(...placesOf(told)), attempt, async (...one) => {
    const reply = await send(...one)
    if (reply.status < 400) return
    const code = reply.body.code as ErrorCode
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect([reply.status, reply.body.status]).toEqual(Array(2).fill(errors[code].status))
    expect(code).not.toBe('INTERNAL_ERROR')
  })
  await fc.assert(property, { numRuns: RUNS })
  await shop.deliver()
  await shop.audit()
})
