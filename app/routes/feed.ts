import { Type } from 'typebox'

import {
  chooseSubscription,
  givingNow,
  listSubscriptions,
  markNewsRead,
  readFeed,
  readFeedItem,
} from '../../modules/notice/notice.ts'
import { AppError } from '../../modules/errors/errors.ts'
import { readMerchant } from '../../modules/party/party.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import {
  FeedItemView,
  showFeedItem,
  showSubscription,
  SubscriptionBody,
  SubscriptionView,
} from '../schemas/news.ts'
import { found, IdText, ListOf, ListQuery, PathId, readPage, showList } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

/** What merchants tell a payer, and to whom he listens. Debits are told in the inbox. Source: P20. */
export function feedRoutes(app: App, { io }: Context): void {
  listFeedRoute(app, io)
  readRoute(app, io)
  listSubscriptionsRoute(app, io)
  chooseRoute(app, io)
}

function listFeedRoute(app: App, io: Io): void {
  app.get(
    '/v1/feed',
    {
      schema: {
        summary: 'List what merchants tell me',
        querystring: ListQuery({}),
        response: { 200: ListOf(FeedItemView) },
      },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const whose = { institutionId, payerId, now: io.now() }
      const feed = await readFeed(io.db, whose, readPage(request.query))
      return showList(feed, request.query, { url: '/v1/feed', show: showFeedItem })
    },
  )

  app.get(
    '/v1/feed/:id',
    {
      schema: {
        summary: 'Show one piece of news in my feed',
        params: PathId('nws'),
        response: { 200: FeedItemView },
      },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const whose = { institutionId, payerId, now: io.now() }
      return showFeedItem(found(await readFeedItem(io.db, whose, request.params.id)))
    },
  )
}

function readRoute(app: App, io: Io): void {
  app.post(
    '/v1/feed/:id/read',
    {
      schema: {
        summary: 'I have read it',
        params: PathId('nws'),
        response: { 204: Type.Null() },
      },
      config: { ...allow('payer'), mayLackBody: true },
    },
    async (request, reply) => {
      const { institutionId, id: payerId } = principalOf(request)
      const which = { institutionId, payerId, newsId: request.params.id }
      const isThere = await io.db.transaction((tx) => markNewsRead(tx, which, io.now()))
      if (!isThere) throw new AppError('NOT_FOUND')
      return reply.code(204).send(null)
    },
  )
}

function listSubscriptionsRoute(app: App, io: Io): void {
  app.get(
    '/v1/subscriptions',
    {
      schema: {
        summary: 'List the merchants I listen to, and those I have left',
        querystring: ListQuery({ merchant: Type.Optional(IdText('mch')) }),
        response: { 200: ListOf(SubscriptionView) },
      },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const whose = { institutionId, payerId, merchantId: request.query.merchant ?? null }
      const list = await listSubscriptions(io.db, whose, readPage(request.query))
      const url = '/v1/subscriptions'
      return showList(list, request.query, { url, show: showSubscription })
    },
  )
}

function chooseRoute(app: App, io: Io): void {
  app.put(
    '/v1/subscriptions/:id',
    {
      schema: {
        summary: 'Listen to a merchant, mute it, or leave it',
        params: PathId('mch'),
        body: SubscriptionBody,
        response: { 200: SubscriptionView },
      },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const { state, reached_by: reachedBy = 'chosen' } = request.body
      const merchantId = request.params.id
      const merchant = found(await readMerchant(io.db, institutionId, merchantId))
      // Who wants to hear nothing may say so of a merchant that has closed, too.
      if (merchant.state !== 'active' && state === 'on') throw new AppError('MERCHANT_CLOSED')
      const giving = await givingNow(io, institutionId)
      await io.db.transaction(async (tx) => {
        chooseSubscription(tx, institutionId, { payerId, merchantId, state, reachedBy }, giving)
        await Promise.resolve()
      })
      const whose = { institutionId, payerId, merchantId }
      const [one] = await listSubscriptions(io.db, whose, { startingAfter: null, limit: 1 })
      return showSubscription(found(one))
    },
  )
}
