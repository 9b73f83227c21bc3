import { readFileSync } from 'node:fs'

import type { FastifyInstance } from 'fastify'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'

import { errorsPage } from './errors-page.ts'
import { openApi } from './openapi-options.ts'

const mark = new URL('../../web/public/favicon.svg', import.meta.url)

// Nothing from elsewhere, and no upgrade to https: a till in the shop's own network has none.
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' " +
  "data:; base-uri 'self'; frame-ancestors 'none'; object-src 'none'"

/**
 * The API's documentation: `/docs` to try it out, `/docs/json` and `/docs/yaml` as OpenAPI 3.1,
 * `/docs/errors` as the register of problem types. Must be registered before the routes that it
 * tells of.
 */
export async function docs(app: FastifyInstance, options: { publicUrl: string }): Promise<void> {
  app.get('/docs/errors', { schema: { hide: true } }, (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(errorsPage()),
  )
  await app.register(swagger, openApi(options))
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: policy,
    // Tried out is the server that the page came from, by whatever name it was reached: the policy
    // allows no other.
    transformSpecification: (description) => ({ ...description, servers: [{ url: '/' }] }),
    transformSpecificationClone: false,
    uiConfig: {
      ...{ deepLinking: true, persistAuthorization: true, tryItOutEnabled: true },
      // Of more than a hundred calls one is found by a part of its group's name.
      filter: true,
    },
    logo: { type: 'image/svg+xml', content: readFileSync(mark), href: '/', target: '_self' },
    theme: { title: 'OneTill API' },
    logLevel: 'silent',
  })
}
// Its routes stand beside the others and not in a scope of their own, so that they are all seen.
Object.assign(docs, { [Symbol.for('skip-override')]: true })
