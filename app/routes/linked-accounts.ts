import { Type } from 'typebox'

import type { Road } from '../../modules/channel/channel.ts'
import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import {
  finishLink,
  listLinks,
  maskedLogin,
  readLink,
  readPayer,
  startLink,
  unlink,
  type LinkKey,
  type SourceLink,
} from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf } from '../http/principal.ts'
import { readUserAgent } from '../http/user-agent.ts'
import {
  Body,
  found,
  IdText,
  ListOf,
  ListQuery,
  orNull,
  PathId,
  readPage,
  showList,
  Time,
  Words,
} from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const kinds = ['linked', 'bank_card'] as const

const OfferView = Type.Object(
  {
    object: Type.Literal('link_offer'),
    channel_account: IdText('cha'),
    name: Type.String({ examples: ['支付宝'] }),
    scheme: Type.String({ examples: ['alipay'] }),
    kind: Words(kinds, { description: 'A wallet’s account, or a bank card on file' }),
  },
  { title: 'LinkOffer' },
)

const LinkView = Type.Object(
  {
    object: Type.Literal('linked_account'),
    id: Type.String({ description: 'The source that comes of it has the same id' }),
    state: Words(['pending', 'linked', 'refused', 'unlinked']),
    channel_account: Type.String(),
    label: orNull(Type.String({ examples: ['支付宝 chen***'] })),
    last4: orNull(Type.String()),
    problem: orNull(Type.String({ description: 'The scheme’s word for why not' })),
    created_at: Time(),
    finished_at: orNull(Time()),
  },
  { title: 'LinkedAccount' },
)

const StartedView = Type.Object(
  {
    object: Type.Literal('linked_account'),
    id: Type.String(),
    state: Words(['pending']),
    channel_account: Type.String(),
    url: orNull(Type.String({ description: 'Where I agree: the scheme’s page' })),
    form: orNull(
      Type.Object({
        action: Type.String({ description: 'The page is opened by posting these fields' }),
        fields: Type.Record(Type.String(), Type.String()),
      }),
    ),
  },
  { title: 'StartedLink' },
)

const showLink = (link: SourceLink) => ({
  object: 'linked_account' as const,
  id: link.id,
  state: link.state,
  channel_account: link.channelAccountId,
  label: link.source?.label ?? null,
  last4: link.source?.last4 ?? null,
  problem: link.problem,
  created_at: link.startedAt.toISOString(),
  finished_at: link.finishedAt?.toISOString() ?? null,
})

/** What comes of a link through this road. */
export const kindOf = ({ account }: Road): 'linked' | 'bank_card' =>
  account.channel === 'bankcard' ? 'bank_card' : 'linked'

const mayLink = (road: Road | null): road is Road =>
  road?.channel.link !== undefined && road.account.state === 'active'

/** The payer's accounts elsewhere: WeChat and Alipay agreements, cards on file. Source: P9, P10. */
export function linkedAccountRoutes(app: App, context: Context): void {
  startRoutes(app, context)
  statusRoutes(app, context)
  returnRoute(app)
}

function startRoutes(app: App, { io, publicUrl }: Context): void {
  app.get(
    '/v1/linked_accounts/offers',
    {
      schema: { summary: 'What I can link', response: { 200: ListOf(OfferView) } },
      config: allow('payer'),
    },
    (request) => {
      const { institutionId } = principalOf(request)
      const data = io.channels
        .roads(institutionId)
        .filter(mayLink)
        .map((road) => ({
          object: 'link_offer' as const,
          channel_account: road.account.id,
          name: road.account.name,
          scheme: road.account.scheme,
          kind: kindOf(road),
        }))
      return { object: 'list' as const, data, has_more: false, url: '/v1/linked_accounts/offers' }
    },
  )

  app.post(
    '/v1/linked_accounts',
    {
      schema: {
        summary: 'Set out to link an account: I agree on the scheme’s page',
        body: Body({ channel_account: IdText('cha') }),
        response: { 201: StartedView },
      },
      config: {
        ...allow('payer'),
        isIdempotent: true,
        refusals: ['SOURCE_NOT_USABLE', 'CHANNEL_UNAVAILABLE'],
      },
    },
    async (request, reply) => {
      const { institutionId, id: payerId } = principalOf(request)
      const { channel_account: channelAccountId } = request.body
      const road = io.channels.road(institutionId, channelAccountId)
      if (!mayLink(road)) throw new AppError('SOURCE_NOT_USABLE', { param: 'channel_account' })
      if (!io.channels.mayCall(institutionId, channelAccountId))
        throw new AppError('CHANNEL_UNAVAILABLE')
      const now = io.now()
      const linkId = newId('src', now.getTime())
      const returnUrl = `${publicUrl}/v1/linked_accounts/${linkId}/return`
      const payer = found(await readPayer(io.db, institutionId, payerId))
      const page = await road.channel.link?.({
        ...{ linkId, returnUrl, startedAt: now, ip: request.ip },
        payerLabel: maskedLogin(payer.login),
        isInApp: readUserAgent(request.headers['user-agent']).scheme === road.account.scheme,
      })
      if (page && 'problem' in page) throw notGiven(io, { linkId, problem: page.problem })
      const url = page && 'url' in page ? page.url : null
      const form = page && 'form' in page ? page.form : null
      return idempotent(io, request, reply, async (tx) => {
        startLink(tx, { institutionId, linkId, payerId, channelAccountId, returnUrl, now })
        const shown = { id: linkId, state: 'pending', channel_account: channelAccountId, url, form }
        await Promise.resolve()
        return { body: { object: 'linked_account', ...shown } }
      })
    },
  )
}

function statusRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/linked_accounts',
    {
      schema: {
        summary: 'List what I have linked, or set out to',
        querystring: ListQuery({}),
        response: { 200: ListOf(LinkView) },
      },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const links = await listLinks(io.db, { institutionId, payerId }, readPage(request.query))
      return showList(links, request.query, { url: '/v1/linked_accounts', show: showLink })
    },
  )

  app.get(
    '/v1/linked_accounts/:id',
    {
      schema: {
        summary: 'How it stands; the scheme is asked as long as it is pending',
        params: PathId('src'),
        response: { 200: LinkView },
      },
      config: allow('payer'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId, id: payerId } = principal
      const key = { institutionId, payerId, linkId: request.params.id }
      const link = found(await readLink(io.db, key))
      if (link.state === 'pending') await askScheme(io, { key, link, actor: actorOf(principal) })
      return showLink(found(await readLink(io.db, key)))
    },
  )

  app.delete(
    '/v1/linked_accounts/:id',
    {
      schema: {
        summary: 'Unlink it: it is charged no more, and the scheme is told so',
        params: PathId('src'),
        response: { 204: Type.Null() },
      },
      config: allow('payer'),
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId, id: payerId } = principal
      const now = io.now()
      const act = { actor: actorOf(principal), trailId: newId('trl', now.getTime()), now }
      const key = { institutionId, payerId, linkId: request.params.id }
      await io.db.transaction((tx) => unlink(tx, key, act))
      io.poke(institutionId)
      return reply.code(204).send(null)
    },
  )
}

function notGiven(io: Context['io'], why: { linkId: string; problem: string }): AppError {
  io.log.warn(why, 'a scheme gave no page to link an account on')
  return new AppError('CHANNEL_UNAVAILABLE')
}

/** Asks the scheme what became of it, and writes down what is final. */
async function askScheme(
  io: Context['io'],
  { key, link, actor }: { key: LinkKey; link: SourceLink; actor: string },
): Promise<void> {
  const { channelAccountId } = link
  const road = io.channels.road(key.institutionId, channelAccountId)
  // One whose breaker is open is not waited for: its notice, or the next look, tells.
  const mayAsk = io.channels.mayCall(key.institutionId, channelAccountId)
  if (!road?.channel.readLink || !mayAsk) return
  const linked = await road.channel.readLink(link.id)
  if (linked.kind === 'pending') return
  const now = io.now()
  const act = { actor, trailId: newId('trl', now.getTime()), now }
  const end = { linked, kind: kindOf(road), channelAccountId, masterKey: io.masterKey } as const
  await io.db.transaction((tx) => finishLink(tx, key, end, act))
}

/**
 * Where a scheme sends the payer's browser back to, by a link or by a form. What it carries is not
 * believed: the wallet asks for the status, and the status asks the scheme.
 */
function returnRoute(app: App): void {
  void app.register((scope, _options, done) => {
    const form = 'application/x-www-form-urlencoded'
    scope.addContentTypeParser(form, { parseAs: 'string' }, (_request, _body, parsed) =>
      parsed(null, {}),
    )
    scope.route({
      method: ['GET', 'POST'],
      url: '/v1/linked_accounts/:id/return',
      schema: { hide: true, params: PathId('src') },
      handler: (request, reply) => {
        const { id } = request.params as { id: string }
        return reply.redirect(`/wallet/?linked=${id}`, 303)
      },
    })
    done()
  })
}
