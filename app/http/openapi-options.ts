import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { FastifySchema, RouteOptions } from 'fastify'

import { version } from '../version.ts'

type Schema = Record<string, unknown>
type Documented = FastifySchema & { summary?: string; hide?: boolean; response?: Schema }

// RFC 9457, with what a till needs to know besides.
const problem: Schema = {
  title: 'Problem',
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', examples: ['CODE_USED'] },
    param: { type: 'string', description: 'The field that is wrong' },
    reason: { type: 'string' },
    retry: { type: 'string', enum: ['never', 'same_key', 'new_key'] },
    next_action: {
      type: 'string',
      enum: ['none', 'rescan', 'query', 'wait', 'sign_in', 'fix_request'],
    },
    request_id: { type: 'string' },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'retry', 'next_action', 'request_id'],
}

const idempotencyKey: Schema = {
  type: 'string',
  maxLength: 255,
  description:
    'Names this attempt, quoted or bare. The same key with the same body gets the same answer, and ' +
    'has one effect. Kept for 7 days; of a payment for ever.',
  examples: ['"8e03978e-40d5-43e8-bc93-6894a57f9324"'],
}

/** How the API is described: OpenAPI 3.1, from the schemas of the routes. Source: DESIGN §8. */
export function openApi({ publicUrl }: { publicUrl: string }): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'OneTill API',
        version,
        description:
          'Takes every payment code at one till. Amounts are integers in minor units, times are ' +
          'RFC 3339 in UTC, lists go from the newest to the oldest, refusals are problem documents.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: publicUrl }],
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      },
    },
    transform: ({ schema, url, route }) => ({
      schema: describe((schema ?? {}) as Documented, url, route),
      url,
    }),
    transformObject: (document) =>
      hoist('openapiObject' in document ? document.openapiObject : document.swaggerObject),
  }
}

/** What the documentation says of a route besides its schema: callers, key, problems. */
function describe(schema: Documented, url: string, route: RouteOptions): FastifySchema {
  const { callers, isIdempotent, refusals = [] } = route.config ?? {}
  const method = [route.method].flat()[0] ?? 'GET'
  const headers = isIdempotent
    ? {
        type: 'object',
        properties: { 'Idempotency-Key': idempotencyKey },
        required: ['Idempotency-Key'],
      }
    : undefined
  return {
    ...schema,
    ...(headers && { headers }),
    ...(callers && { security: [{ bearer: [] }] }),
    tags: [url.split('/')[2] ?? 'other'],
    operationId: nameOf(method, url),
    description: [
      (schema as { description?: string }).description,
      callers && `For: ${[...callers].join(', ')}.`,
      refusals.length > 0 && `Refusals of its own: ${refusals.map((c) => `\`${c}\``).join(', ')}.`,
    ]
      .filter(Boolean)
      .join('\n\n'),
    response: { ...describeAnswers(schema.response ?? {}), ...problems(callers !== undefined) },
  } as FastifySchema
}

const statusWords: Readonly<Record<string, string>> = {
  200: 'As it stands now; for a repeat, as it was answered before',
  201: 'Done',
  202: 'Still processing',
  204: 'Done, and nothing to show',
}

const describeAnswers = (answers: Schema): Schema =>
  Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => {
      const description = statusWords[status] ?? 'Answer'
      const isEmpty = (schema as { type?: string }).type === 'null'
      const content = { 'application/json': { schema } }
      return [status, isEmpty ? { type: 'null', description } : { description, content }]
    }),
  )

function problems(isGuarded: boolean): Schema {
  const content = { 'application/problem+json': { schema: problem } }
  return {
    ...(isGuarded && { 401: { description: 'No good bearer token', content } }),
    '4XX': { description: 'Refused: `code` says why, `retry` whether to send it again', content },
    503: { description: 'Busy: send the same again after `Retry-After`', content },
  }
}

/** `GET /v1/payments/{id}` is `get_payments_id`. */
const nameOf = (method: string, url: string) =>
  [method.toLowerCase(), ...url.split('/').slice(2)].join('_').replace(/[:*]/g, '')

/** Gives schemas with a title one place, so that a payment is described once. */
function hoist<Document extends object>(document: Document): Document {
  const schemas: Record<string, unknown> = {}
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    // What a schema is shown as where it cannot say so itself.
    if ('x-shown' in value) return walk(value['x-shown'])
    const shown = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one)]))
    const { title, type } = shown as { title?: unknown; type?: unknown }
    if (typeof title !== 'string' || type !== 'object') return shown
    schemas[title] ??= shown
    return { $ref: `#/components/schemas/${title}` }
  }
  const walked = walk(document) as Document & { components?: object }
  return { ...walked, components: { ...walked.components, schemas: sorted(schemas) } }
}

const sorted = (things: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(things).sort(([a], [b]) => (a < b ? -1 : 1)))
