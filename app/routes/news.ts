import type { Static } from 'typebox'
import { Type } from 'typebox'

import { readProduct } from '../../modules/goods/goods.ts'
import { newId } from '../../modules/lib/ids.ts'
import {
  changeNews,
  createNews,
  endsTooSoon,
  givingNow,
  listNews,
  newsStates,
  publishNews,
  readNews,
  readPicture,
  readPictureInFeed,
  readPictureText,
  withdrawNews,
  type News,
  type NewsText,
} from '../../modules/notice/notice.ts'
import { readMerchant } from '../../modules/party/party.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf, merchantFor, merchantScope, type Principal } from '../http/principal.ts'
import { NewsBody, NewsChangeBody, NewsView, showNews } from '../schemas/news.ts'
import {
  found,
  IdText,
  ListOf,
  ListQuery,
  PathId,
  readPage,
  showList,
  Words,
} from '../schemas/shared.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

/** News of goods and prices: the merchant's to write, its subscribers' to read. Source: P20. */
export function newsRoutes(app: App, { io }: Context): void {
  readRoutes(app, io)
  createRoute(app, io)
  changeRoute(app, io)
  publishRoute(app, io)
  withdrawRoute(app, io)
  pictureRoute(app, io)
}

function readRoutes(app: App, io: Io): void {
  app.get(
    '/v1/news',
    {
      schema: {
        summary: 'List news',
        querystring: ListQuery({
          merchant: Type.Optional(IdText('mch')),
          state: Type.Optional(Words(newsStates)),
        }),
        response: { 200: ListOf(NewsView) },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { merchant, state = null } = request.query
      const merchantId = merchantScope(principal, merchant)
      const filter = { merchantId, state, ...readPage(request.query) }
      const news = await listNews(io.db, principal.institutionId, filter)
      return showList(news, request.query, { url: '/v1/news', show: showNews })
    },
  )

  app.get(
    '/v1/news/:id',
    {
      schema: { summary: 'Show news', params: PathId('nws'), response: { 200: NewsView } },
      config: allow('operator', 'merchant'),
    },
    async (request) => showNews(await ownNews(io, principalOf(request), request.params.id)),
  )
}

function createRoute(app: App, io: Io): void {
  app.post(
    '/v1/news',
    {
      schema: { summary: 'Write news, as a draft', body: NewsBody, response: { 201: NewsView } },
      config: { ...allow('operator', 'merchant'), isIdempotent: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { merchant, ...body } = request.body
      const merchantId = merchantFor(principal, merchant)
      found(await readMerchant(io.db, institutionId, merchantId))
      const { currency } = await io.institution(institutionId)
      const now = io.now()
      const text = { ...nothing, validFrom: now, ...(await readText(io, principal, body)) }
      if (text.validFrom >= text.validUntil) throw endsTooSoon()
      const createdBy = actorOf(principal)
      const news = { ...text, id: newId('nws', now.getTime()), merchantId, currency, createdBy }
      const entry = entryOf(principal, now, {
        action: 'news.create',
        id: news.id,
        title: news.title,
      })
      return idempotent(io, request, reply, async (tx) => {
        createNews(tx, institutionId, news, now)
        await record(tx, institutionId, [entry])
        return { body: showNews(asDraft(news, now)) }
      })
    },
  )
}

function changeRoute(app: App, io: Io): void {
  app.patch(
    '/v1/news/:id',
    {
      schema: {
        summary: 'Change a draft',
        params: PathId('nws'),
        body: NewsChangeBody,
        response: { 200: NewsView },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id, title } = await ownNews(io, principal, request.params.id)
      const change = await readText(io, principal, request.body)
      const now = io.now()
      const entry = entryOf(principal, now, { action: 'news.change', id, title })
      await io.db.transaction(async (tx) => {
        await changeNews(tx, { institutionId, id }, change, now)
        await record(tx, institutionId, [entry])
      })
      return showNews(await ownNews(io, principal, id))
    },
  )
}

function publishRoute(app: App, io: Io): void {
  app.post(
    '/v1/news/:id/publish',
    {
      schema: {
        summary: 'Publish news: its subscribers get it when it begins to be valid',
        params: PathId('nws'),
        response: { 200: NewsView },
      },
      config: {
        ...allow('operator', 'merchant'),
        mayLackBody: true,
        refusals: ['NEWS_TOO_OFTEN'],
      },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id, title, merchantId } = await ownNews(io, principal, request.params.id)
      const { now, day, most } = await givingNow(io, institutionId)
      const entry = entryOf(principal, now, { action: 'news.publish', id, title })
      await io.db.transaction(async (tx) => {
        const how = { now, day, most: most(merchantId) }
        if (await publishNews(tx, { institutionId, id }, how))
          await record(tx, institutionId, [entry])
      })
      io.poke(institutionId)
      return showNews(await ownNews(io, principal, id))
    },
  )
}

function withdrawRoute(app: App, io: Io): void {
  app.post(
    '/v1/news/:id/withdraw',
    {
      schema: {
        summary: 'Withdraw news: no feed shows it any more',
        params: PathId('nws'),
        response: { 200: NewsView },
      },
      config: { ...allow('operator', 'merchant'), mayLackBody: true },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id, title } = await ownNews(io, principal, request.params.id)
      const now = io.now()
      const entry = entryOf(principal, now, { action: 'news.withdraw', id, title })
      await io.db.transaction(async (tx) => {
        if (await withdrawNews(tx, { institutionId, id }, now))
          await record(tx, institutionId, [entry])
      })
      return showNews(await ownNews(io, principal, id))
    },
  )
}

function pictureRoute(app: App, io: Io): void {
  app.get(
    '/v1/news/:id/picture',
    {
      schema: {
        summary: 'The picture of news: a PNG, JPEG or WebP file',
        params: PathId('nws'),
      },
      config: allow('operator', 'merchant', 'payer'),
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId, payerId } = principal
      const which = { institutionId, id: request.params.id }
      const { bytes, mediaType } = found(
        payerId === null
          ? await readPicture(io.db, which, merchantScope(principal, undefined))
          : await readPictureInFeed(io.db, which, payerId),
      )
      reply.header('content-type', mediaType)
      // What a merchant sent is a picture and nothing else, whoever opens it by itself.
      reply.header('content-security-policy', "default-src 'none'; sandbox")
      reply.header('cache-control', 'private, max-age=3600')
      return reply.send(Buffer.from(bytes))
    },
  )
}

/** @throws AppError NOT_FOUND also for another merchant's news */
async function ownNews(io: Io, principal: Principal, id: string): Promise<News> {
  const news = found(await readNews(io.db, { institutionId: principal.institutionId, id }))
  merchantScope(principal, news.merchantId)
  return news
}

const nothing = { picture: null, productId: null, priceMinor: null } as const

/**
 * What a body says of news.
 *
 * @throws AppError NOT_FOUND for a product of somebody else, INVALID_REQUEST for no such picture
 */
async function readText<Body extends Static<typeof NewsChangeBody>>(
  io: Io,
  principal: Principal,
  body: Body,
): Promise<Partial<NewsText> & Given<Body>> {
  const { title, text, picture, product, price, valid_from: from, valid_until: until } = body
  if (typeof product === 'string') {
    const { merchantId } = found(await readProduct(io.db, principal.institutionId, product))
    merchantScope(principal, merchantId)
  }
  const said: Partial<NewsText> = {
    ...(title !== undefined && { title }),
    ...(text !== undefined && { body: text }),
    ...(picture !== undefined && { picture: picture === null ? null : readPictureText(picture) }),
    ...(product !== undefined && { productId: product }),
    ...(price !== undefined && { priceMinor: price === null ? null : BigInt(price) }),
    ...(from !== undefined && { validFrom: new Date(from) }),
    ...(until !== undefined && { validUntil: new Date(until) }),
  }
  return said as Partial<NewsText> & Given<Body>
}

/** What the schema demands is there. */
type Given<Body> = Body extends { title: string; text: string; valid_until: string }
  ? Pick<NewsText, 'title' | 'body' | 'validUntil'>
  : unknown

type Act = { action: string; id: string; title: string }

const entryOf = (principal: Principal, now: Date, { action, id, title }: Act) => ({
  ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
  ...{ action, subject: id, detail: { title } },
})

type Draft = NewsText & Pick<News, 'id' | 'merchantId' | 'currency' | 'createdBy'>

const asDraft = ({ picture, ...news }: Draft, now: Date): News => ({
  ...{ ...news, hasPicture: picture !== null, state: 'draft', publishedAt: null },
  ...{ given: 0, read: 0, createdAt: now, updatedAt: now },
})
