import {
  changeChannelAccount,
  channelNames,
  createChannelAccount,
  keyHintsOf,
  listChannelAccounts,
  readChannelAccount,
  timingsOf,
  type ChannelAccount,
  type ChannelAccountChange,
  type ChannelName,
} from '../../modules/channel/channel.ts'
import { openChannel } from '../../modules/channel/open.ts'
import { AppError } from '../../modules/errors/errors.ts'
import type { Io } from '../../modules/io/io.ts'
import { newId } from '../../modules/lib/ids.ts'
import { readMerchant } from '../../modules/party/party.ts'
import { record, type Json } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf } from '../http/principal.ts'
import {
  ChannelAccountBody,
  ChannelAccountChangeBody,
  ChannelAccountView,
  ChannelTimingView,
  showChannelAccount,
  showChannelTiming,
  TestView,
} from '../schemas/channel.ts'
import { Body, found, ListOf, ListQuery, PathId, readPage, showList } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

// Whose codes a road charges when nothing else is said.
const schemes: Readonly<Record<ChannelName, string>> = {
  ...{ wechat: 'wechat', alipay: 'alipay', unionpay: 'unionpay' },
  ...{ bankcard: 'unionpay', interbank: 'onetill' },
}

const USUAL_CONCURRENCY = 32

/** The accounts at counterparts: the operator opens them, changes their keys and tries them. */
export function channelAccountRoutes(app: App, { io }: Context): void {
  const { show } = shownBy(io)
  createRoute(app, io)
  changeRoute(app, io)
  testRoute(app, io)

  app.get(
    '/v1/channel_timings',
    {
      schema: {
        summary: 'List the times that accounts may set, with their defaults and bounds',
        response: { 200: ListOf(ChannelTimingView) },
      },
      config: allow('operator'),
    },
    async () => {
      const data = channelNames.flatMap((name) => timingsOf[name].map(showChannelTiming(name)))
      return { object: 'list' as const, data, has_more: false, url: '/v1/channel_timings' }
    },
  )

  app.get(
    '/v1/channel_accounts',
    {
      schema: {
        summary: 'List the accounts at channels, with their health',
        querystring: ListQuery({}),
        response: { 200: ListOf(ChannelAccountView) },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const { startingAfter, limit } = readPage(request.query)
      const accounts = (await listChannelAccounts(io.db, institutionId))
        .toReversed()
        .filter(({ id }) => startingAfter === null || id < startingAfter)
        .slice(0, limit)
      return showList(accounts, request.query, { url: '/v1/channel_accounts', show })
    },
  )

  app.get(
    '/v1/channel_accounts/:id',
    {
      schema: {
        summary: 'Look at one account at a channel',
        params: PathId('cha'),
        response: { 200: ChannelAccountView },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      return show(found(await readChannelAccount(io.db, institutionId, request.params.id)))
    },
  )
}

const shownBy = (io: Io) => ({
  show: (account: ChannelAccount) =>
    showChannelAccount(
      account,
      io.channels.road(account.institutionId, account.id)?.health ?? null,
    ),
})

// Keys that cannot be read are refused here, where a person can still put them right.
const sealing = (io: Io) => ({
  masterKey: io.masterKey,
  now: io.now(),
  tryKeys: (account: Pick<ChannelAccount, 'channel' | 'settings'>, keys: object) =>
    void openChannel(account, keys as Record<string, unknown>),
})

function createRoute(app: App, io: Context['io']): void {
  app.post(
    '/v1/channel_accounts',
    {
      schema: {
        summary: 'Add an account at a channel',
        description: 'Its keys are stored encrypted and are never answered.',
        body: ChannelAccountBody,
        response: { 201: ChannelAccountView },
      },
      config: { ...allow('operator'), isIdempotent: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { body } = request
      const { channel, settlement, name, acquirer = null, merchant: merchantId = null } = body
      if (merchantId !== null && !(await readMerchant(io.db, institutionId, merchantId))) {
        throw new AppError('INVALID_REQUEST', { param: 'merchant' })
      }
      const seal = sealing(io)
      const id = newId('cha', seal.now.getTime())
      const account = {
        ...{ institutionId, id, channel, name, acquirer, settlement, merchantId },
        scheme: body.scheme ?? schemes[channel],
        costBps: body.cost_bps ?? 0,
        concurrency: body.concurrency ?? USUAL_CONCURRENCY,
        settings: body.settings,
      }
      const entry = {
        ...{ id: newId('trl', seal.now.getTime()), at: seal.now, actor: actorOf(principal) },
        ...{ action: 'channel_account.create', subject: id },
        detail: {
          ...{ channel, scheme: account.scheme, name, acquirer, settlement, merchant: merchantId },
          settings: body.settings as Json,
          keys: Object.keys(body.keys),
        },
      }
      await idempotent(io, request, reply, async (tx) => {
        await createChannelAccount(tx, { ...account, keys: body.keys }, seal)
        await record(tx, institutionId, [entry])
        const created = { ...account, state: 'active' as const, version: 1 }
        const times = { createdAt: seal.now, updatedAt: seal.now }
        const keyHints = keyHintsOf(body.keys, seal.now)
        return { body: showChannelAccount({ ...created, ...times, keyHints }, null) }
      })
      await takeUp(io)
    },
  )
}

// This process knows of it at once, the others within 2 s. Should it fail here, the look of the next
// second finds the same.
const takeUp = (io: Context['io']): Promise<void> => io.refreshChannels().catch(() => undefined)

function changeRoute(app: App, io: Context['io']): void {
  const { show } = shownBy(io)
  app.patch(
    '/v1/channel_accounts/:id',
    {
      schema: {
        summary: 'Change an account at a channel, or its keys',
        description:
          'Settings and keys that are named are replaced, or taken away by null; the others stay. ' +
          'Calls that are under way end with the old keys.',
        params: PathId('cha'),
        body: ChannelAccountChangeBody,
        response: { 200: ChannelAccountView },
      },
      config: allow('operator'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id } = request.params
      const { cost_bps: costBps, keys, ...rest } = request.body
      const change: ChannelAccountChange = {
        ...rest,
        ...(costBps !== undefined && { costBps }),
        ...(keys !== undefined && { keys }),
      }
      const seal = sealing(io)
      const named = Object.entries(keys ?? {})
      const entry = {
        ...{ id: newId('trl', seal.now.getTime()), at: seal.now, actor: actorOf(principal) },
        ...{ action: 'channel_account.change', subject: id },
        detail: {
          ...(rest as Record<string, Json>),
          ...(costBps !== undefined && { cost_bps: costBps }),
          keys_set: named.filter(([, key]) => key !== null).map(([name]) => name),
          keys_removed: named.filter(([, key]) => key === null).map(([name]) => name),
        },
      }
      const changed = await io.db.transaction(async (tx) => {
        const account = await changeChannelAccount(tx, { institutionId, id }, change, seal)
        await record(tx, institutionId, [entry])
        return account
      })
      await takeUp(io)
      return show(changed)
    },
  )
}

function testRoute(app: App, io: Context['io']): void {
  app.post(
    '/v1/channel_accounts/:id/test',
    {
      schema: {
        summary: 'Try the connection of an account',
        description: 'Asks the channel for a payment that cannot exist. Nothing is charged.',
        params: PathId('cha'),
        body: Body({}),
        response: { 200: TestView },
      },
      config: { ...allow('operator'), mayLackBody: true },
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const { id } = request.params
      found(await readChannelAccount(io.db, institutionId, id))
      const road = io.channels.road(institutionId, id)
      if (!road) return { ok: false, problem: 'NOT_OPEN', took_ms: 0 }
      const beganAtMs = performance.now()
      const { ok, problem } = await road.channel.test()
      return { ok, problem, took_ms: Math.round(performance.now() - beganAtMs) }
    },
  )
}
