import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import {
  ownPushKey,
  putPushSubscription,
  removePushSubscription,
  urlRefusals,
} from '../../modules/notice/notice.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { Body, PathId, Text, Time } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const Base64Url = (bytes: number, description: string) => {
  const most = Math.ceil((bytes * 4) / 3)
  return Type.String({ pattern: `^[A-Za-z0-9_-]{${most}}={0,2}$`, description })
}

const Endpoint = () =>
  Text(1_000, { description: 'https, on a public host: the browser’s push service' })

/** What a browser's `PushSubscription` says. */
const PushSubscriptionBody = Body({
  endpoint: Endpoint(),
  keys: Body({
    p256dh: Base64Url(65, 'The browser’s public key'),
    auth: Base64Url(16, 'The browser’s secret'),
  }),
})

/** Waking browsers that have a push service which can be reached. Source: RFC 8030, 8291, 8292. */
export function webPushRoutes(app: App, { io, sender, publicUrl }: Context): void {
  app.get(
    '/v1/web_push_key',
    {
      schema: {
        summary: 'By which key push services know us: `applicationServerKey`',
        response: {
          200: Type.Object({ object: Type.Literal('web_push_key'), public_key: Type.String() }),
        },
      },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const { publicKey } = await ownPushKey(io, institutionId, publicUrl)
      return { object: 'web_push_key' as const, public_key: publicKey }
    },
  )

  app.post(
    '/v1/web_push_subscriptions',
    {
      schema: {
        summary: 'Wake this browser when a merchant tells me something',
        body: PushSubscriptionBody,
        response: {
          201: Type.Object({
            object: Type.Literal('web_push_subscription'),
            id: Type.String({ examples: ['wps_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
            created_at: Time(),
          }),
        },
      },
      config: allow('payer'),
    },
    async (request, reply) => {
      const { institutionId, id: payerId } = principalOf(request)
      const { endpoint, keys } = request.body
      const refusal = await sender.refuse(endpoint)
      // A name that leads nowhere now may lead somewhere tomorrow; all else stays refused.
      if (refusal !== null && refusal !== 'name_not_found')
        throw new AppError('INVALID_REQUEST', { param: 'endpoint', reason: urlRefusals[refusal] })
      const now = io.now()
      const given = { id: newId('wps', now.getTime()), address: { endpoint, ...keys } }
      const whose = { institutionId, payerId }
      const { masterKey } = io
      // The address itself is the key: said again it is the same browser.
      const id = await io.db.transaction((tx) =>
        putPushSubscription(tx, whose, given, { masterKey, now }),
      )
      const created_at = now.toISOString()
      return reply.code(201).send({ object: 'web_push_subscription', id, created_at })
    },
  )

  app.delete(
    '/v1/web_push_subscriptions/:id',
    {
      schema: {
        summary: 'Wake this browser no more',
        params: PathId('wps'),
        response: { 204: Type.Null() },
      },
      config: allow('payer'),
    },
    async (request, reply) => {
      const { institutionId, id: payerId } = principalOf(request)
      const which = { institutionId, payerId, id: request.params.id }
      const wasThere = await io.db.transaction((tx) => removePushSubscription(tx, which))
      if (!wasThere) throw new AppError('NOT_FOUND')
      return reply.code(204).send(null)
    },
  )
}
