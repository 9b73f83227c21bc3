import type { FastifyRequest } from 'fastify'

import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import {
  changeEndpoint,
  countEndpoints,
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  MOST_ENDPOINTS,
  newSecret,
  ping,
  readEndpoint,
  rotateSecret,
  urlRefusals,
  type Endpoint,
} from '../../modules/notice/notice.ts'
import { readMerchant, readParty } from '../../modules/party/party.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf, type Principal } from '../http/principal.ts'
import { found, ListOf, ListQuery, PathId, readPage, showList } from '../schemas/shared.ts'
import {
  DeliveryView,
  EndpointBody,
  EndpointChangeBody,
  EndpointView,
  EndpointWithSecret,
  showDelivery,
  showEndpoint,
} from '../schemas/webhook.ts'
import type { Context } from './routes.ts'

/** Who has webhooks, or looks after those who have. */
export const webhookCallers = () => allow('operator', 'merchant', 'party', 'agent')

/**
 * Webhook endpoints: where a merchant's or a third party's server wants to be told.
 *
 * Source: Standard Webhooks 1.0.0; P15.
 */
export function webhookRoutes(app: App, context: Context): void {
  readRoutes(app, context)
  createRoute(app, context)
  changeRoute(app, context)
  deleteRoute(app, context)
  rotateRoute(app, context)
  testRoute(app, context)
}

function readRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/webhook_endpoints',
    {
      schema: {
        summary: 'List webhook endpoints',
        querystring: ListQuery({}),
        response: { 200: ListOf(EndpointView) },
      },
      config: webhookCallers(),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const where = { institutionId, ownerId: ownerOf(principal) }
      const endpoints = await listEndpoints(io.db, where, readPage(request.query))
      const url = '/v1/webhook_endpoints'
      return showList(endpoints, request.query, { url, show: showEndpoint })
    },
  )

  app.get(
    '/v1/webhook_endpoints/:id',
    {
      schema: {
        summary: 'Show a webhook endpoint',
        params: PathId('wbh'),
        response: { 200: EndpointView },
      },
      config: webhookCallers(),
    },
    async (request) => showEndpoint(await ownEndpoint(io, principalOf(request), request.params.id)),
  )
}

function createRoute(app: App, { io, sender }: Context): void {
  app.post(
    '/v1/webhook_endpoints',
    {
      schema: {
        summary: 'Add a webhook endpoint, with the secret that signs what it is told',
        body: EndpointBody,
        response: { 201: EndpointWithSecret },
      },
      config: { ...webhookCallers(), isIdempotent: true, refusals: ['WEBHOOK_URL_REFUSED'] },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { url, events: eventTypes, description = null, merchant, party } = request.body
      const ownerId = await newOwner(io, principal, { merchant, party })
      const refusal = await sender.refuse(url)
      const count = await countEndpoints(io.db, { institutionId, ownerId })
      const now = io.now()
      const id = newId('wbh', now.getTime())
      const secret = newSecret()
      const endpoint = { id, ownerId, url, description, eventTypes }
      const detail = { owner: ownerId, host: hostOf(url), events: eventTypes }
      const entry = entryOf(principal, now, { action: 'webhook_endpoint.create', id, detail })
      return idempotent(io, request, reply, async (tx) => {
        // Here and not before, so that a repeat gets its answer though the name leads nowhere now.
        if (refusal !== null) throw urlRefused(refusal)
        if (count >= MOST_ENDPOINTS) throw tooMany()
        createEndpoint(tx, institutionId, { ...endpoint, secret }, { ...io, now })
        await record(tx, institutionId, [entry])
        return { body: showNew(endpoint, now), shownOnce: { secret } }
      })
    },
  )
}

function changeRoute(app: App, { io, sender }: Context): void {
  app.patch(
    '/v1/webhook_endpoints/:id',
    {
      schema: {
        summary: 'Change, pause or wake a webhook endpoint',
        params: PathId('wbh'),
        body: EndpointChangeBody,
        response: { 200: EndpointView },
      },
      config: { ...webhookCallers(), refusals: ['WEBHOOK_URL_REFUSED'] },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { url, events, description, state } = request.body
      const { id } = await ownEndpoint(io, principal, request.params.id)
      if (url !== undefined) {
        const refusal = await sender.refuse(url)
        if (refusal !== null) throw urlRefused(refusal)
      }
      const now = io.now()
      const change = {
        ...(url !== undefined && { url }),
        ...(events !== undefined && { eventTypes: events }),
        ...(description !== undefined && { description }),
        ...(state !== undefined && { state }),
      }
      const { url: _address, ...said } = request.body
      const detail = { ...said, ...(url !== undefined && { host: hostOf(url) }) }
      const entry = entryOf(principal, now, { action: 'webhook_endpoint.change', id, detail })
      await io.db.transaction(async (tx) => {
        if (!(await changeEndpoint(tx, { institutionId, id }, change, now)))
          throw new AppError('NOT_FOUND')
        await record(tx, institutionId, [entry])
      })
      io.poke(institutionId)
      return showEndpoint(await ownEndpoint(io, principal, id))
    },
  )
}

function deleteRoute(app: App, { io }: Context): void {
  app.delete(
    '/v1/webhook_endpoints/:id',
    {
      schema: {
        summary: 'Delete a webhook endpoint; it is told nothing any more',
        params: PathId('wbh'),
      },
      config: webhookCallers(),
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id } = await ownEndpoint(io, principal, request.params.id)
      const now = io.now()
      const entry = entryOf(principal, now, { action: 'webhook_endpoint.delete', id, detail: {} })
      await io.db.transaction(async (tx) => {
        if (await deleteEndpoint(tx, { institutionId, id }, now))
          await record(tx, institutionId, [entry])
      })
      return reply.code(204).send()
    },
  )
}

function rotateRoute(app: App, { io }: Context): void {
  app.post(
    '/v1/webhook_endpoints/:id/rotate_secret',
    {
      schema: {
        summary: 'Make another secret; the one before signs beside it for 24 hours',
        params: PathId('wbh'),
        response: { 201: EndpointWithSecret },
      },
      config: { ...webhookCallers(), isIdempotent: true, mayLackBody: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const endpoint = await ownEndpoint(io, principal, request.params.id)
      const { id } = endpoint
      const now = io.now()
      const secret = newSecret()
      const action = 'webhook_endpoint.rotate_secret'
      const entry = entryOf(principal, now, { action, id, detail: {} })
      return idempotent(io, request, reply, async (tx) => {
        const until = await rotateSecret(tx, { institutionId, id, secret }, { ...io, now })
        if (!until) throw new AppError('NOT_FOUND')
        await record(tx, institutionId, [entry])
        const changed = { secretChangedAt: now, oldSecretUntil: until, updatedAt: now }
        return { body: showEndpoint({ ...endpoint, ...changed }), shownOnce: { secret } }
      })
    },
  )
}

// Each call holds a connection for up to 10 s, and calls a stranger in our name.
const testLimit = {
  ...{ max: 20, timeWindow: 60_000 },
  keyGenerator: (request: FastifyRequest): string => actorOf(principalOf(request)),
}

function testRoute(app: App, { io, sender }: Context): void {
  app.post(
    '/v1/webhook_endpoints/:id/test',
    {
      schema: {
        summary: 'Send a ping now, and answer what came back',
        params: PathId('wbh'),
        response: { 200: DeliveryView },
      },
      config: { ...webhookCallers(), mayLackBody: true, rateLimit: testLimit },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id } = await ownEndpoint(io, principal, request.params.id)
      return showDelivery(await ping(io, { institutionId, id }, sender))
    },
  )
}

type Io = Context['io']

/**
 * Whose webhooks a caller may look after; null: all of the institution's.
 *
 * @throws AppError FORBIDDEN for whoever has no merchant and no party
 */
export function ownerOf({ role, merchantId, partyId }: Principal): string | null {
  if (role === 'operator') return null
  const ownerId = merchantId ?? partyId
  if (ownerId === null) throw new AppError('FORBIDDEN')
  return ownerId
}

/** @throws AppError NOT_FOUND also for an endpoint of somebody else */
async function ownEndpoint(io: Io, principal: Principal, id: string): Promise<Endpoint> {
  const { institutionId } = principal
  const endpoint = found(await readEndpoint(io.db, { institutionId, id }))
  const ownerId = ownerOf(principal)
  if (ownerId !== null && ownerId !== endpoint.ownerId) throw new AppError('NOT_FOUND')
  return endpoint
}

type Named = { merchant: string | undefined; party: string | undefined }

/**
 * Whom a new endpoint is for: the caller, or whom the operator names.
 *
 * @throws AppError INVALID_REQUEST when the operator names none or both, NOT_FOUND for a stranger
 */
async function newOwner(io: Io, principal: Principal, { merchant, party }: Named): Promise<string> {
  const ownerId = ownerOf(principal)
  const named = merchant ?? party
  if (ownerId !== null) {
    if (named !== undefined && (merchant ?? ownerId) !== ownerId) throw new AppError('NOT_FOUND')
    if (party !== undefined && party !== ownerId) throw new AppError('NOT_FOUND')
    return ownerId
  }
  if (named === undefined || (merchant !== undefined && party !== undefined))
    throw new AppError('INVALID_REQUEST', { param: 'merchant' })
  const read = merchant === undefined ? readParty : readMerchant
  return found<{ id: string }>(await read(io.db, principal.institutionId, named)).id
}

const urlRefused = (refusal: keyof typeof urlRefusals) =>
  new AppError('WEBHOOK_URL_REFUSED', { param: 'url', reason: urlRefusals[refusal] })

const tooMany = () =>
  new AppError('INVALID_REQUEST', { reason: `must not be more than ${MOST_ENDPOINTS} endpoints` })

// The whole address may hold what only its owner should know; the trail is read by others.
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '')

type Act = { action: string; id: string; detail: Parameters<typeof record>[2][number]['detail'] }

const entryOf = (principal: Principal, now: Date, { action, id, detail }: Act) => ({
  ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
  ...{ action, subject: id, detail },
})

type Made = Pick<Endpoint, 'id' | 'ownerId' | 'url' | 'description' | 'eventTypes'>

const showNew = (endpoint: Made, now: Date) =>
  showEndpoint({
    ...endpoint,
    ...{ state: 'active', disabledReason: null, failingSince: null, oldSecretUntil: null },
    ...{ secretChangedAt: now, createdAt: now, updatedAt: now },
  })
