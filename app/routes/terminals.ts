import { Type } from 'typebox'

import { newId } from '../../modules/lib/ids.ts'
import { readStore } from '../../modules/party/party.ts'
import {
  ACTIVATION_LIFE_MS,
  changePermissions,
  createTerminal,
  newActivationCode,
  readTerminals,
  renewActivation,
  type Terminal,
} from '../../modules/terminal/terminal.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf, merchantScope, type Principal } from '../http/principal.ts'
import {
  Body,
  found,
  IdText,
  LARGEST_AMOUNT,
  ListOf,
  ListQuery,
  orNull,
  PathId,
  readPage,
  SearchText,
  showList,
  Text,
  Words,
} from '../schemas/shared.ts'
import { readTerms, showTerminal, TerminalView, TerminalWithCode } from '../schemas/terminal.ts'
import { activationRoute } from './activation.ts'
import { heartbeatRoutes } from './heartbeat.ts'
import { permissionRoutes } from './permissions.ts'
import { ownTerminal, terminalPages } from './terminal-pages.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

const TerminalBody = Body({
  store: IdText('str'),
  name: Text(64, { examples: ['1 号收银台'] }),
})

const PermissionBody = Body(
  {
    state: Type.Optional(Words(['active', 'locked'])),
    may_take_payment: Type.Optional(Type.Boolean()),
    may_refund: Type.Optional(Type.Boolean()),
    limit_per_payment: Type.Optional(
      orNull(Type.Integer({ minimum: 1, maximum: LARGEST_AMOUNT, description: 'In minor units' })),
    ),
    reason: Type.Optional(Text(200)),
  },
  { minProperties: 1 },
)

/** Terminals: made, activated, and told from afar what they may do. Source: P22. */
export function terminalRoutes(app: App, { io }: Context): void {
  listRoute(app, io)
  createRoute(app, io)
  renewRoute(app, io)
  permissionRoute(app, io)
  activationRoute(app, io)
  terminalPages(app, io)
  heartbeatRoutes(app, io)
  permissionRoutes(app, io)
}

function listRoute(app: App, io: Io): void {
  app.get(
    '/v1/terminals',
    {
      schema: {
        summary: 'List terminals',
        querystring: ListQuery({
          merchant: Type.Optional(IdText('mch')),
          store: Type.Optional(IdText('str')),
          state: Type.Optional(Words(['new', 'active', 'locked'])),
          q: SearchText(),
        }),
        response: { 200: ListOf(TerminalView) },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { query } = request
      const { store: storeId = null, state = null, q = null } = query
      const merchantId = merchantScope(principal, query.merchant)
      const page = { merchantId, storeId, state, q, ...readPage(query) }
      const terminals = await readTerminals(io.db, principal.institutionId, page)
      const now = io.now()
      const show = (terminal: Terminal) => showTerminal(terminal, now)
      return showList(terminals, query, { url: '/v1/terminals', show })
    },
  )
}

function createRoute(app: App, io: Io): void {
  app.post(
    '/v1/terminals',
    {
      schema: {
        summary: 'Add a terminal, with a code that activates it once',
        body: TerminalBody,
        response: { 201: TerminalWithCode },
      },
      config: { ...allow('operator', 'merchant'), isIdempotent: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { store: storeId, name } = request.body
      const store = found(await readStore(io.db, institutionId, storeId))
      merchantScope(principal, store.merchantId)
      const { merchantId } = store
      const now = io.now()
      const id = newId('trm', now.getTime())
      const activation = newActivation(io, institutionId, now)
      const entry = {
        ...entryOf(principal, now),
        ...{ action: 'terminal.create', subject: id },
        detail: { merchant: merchantId, store: storeId, name },
      }
      return idempotent(io, request, reply, async (tx) => {
        const terminal = { institutionId, id, merchantId, storeId, name }
        await createTerminal(tx, terminal, activation, now)
        await record(tx, institutionId, [entry])
        const { expiresAt } = activation
        const body = { ...showNew(terminal), activation_expires_at: expiresAt.toISOString() }
        return { body, shownOnce: { activation_code: activation.code } }
      })
    },
  )
}

function renewRoute(app: App, io: Io): void {
  app.post(
    '/v1/terminals/:id/activation_code',
    {
      schema: {
        summary: 'Make another activation code; the one before it dies',
        params: PathId('trm'),
        response: { 201: TerminalWithCode },
      },
      config: { ...allow('operator', 'merchant'), mayLackBody: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const terminal = await ownTerminal(io, principal, request.params.id)
      const { id } = terminal
      const now = io.now()
      const activation = newActivation(io, institutionId, now)
      const action = { action: 'terminal.activation_code', subject: id, detail: {} }
      const entry = { ...entryOf(principal, now), ...action }
      await io.db.transaction(async (tx) => {
        await renewActivation(tx, { institutionId, id }, activation)
        await record(tx, institutionId, [entry])
      })
      return reply.code(201).send({
        ...showTerminal(terminal, now),
        activation_code: activation.code,
        activation_expires_at: activation.expiresAt.toISOString(),
      })
    },
  )
}

function permissionRoute(app: App, io: Io): void {
  app.patch(
    '/v1/terminals/:id',
    {
      schema: {
        summary: 'Change what a terminal may do, from its next payment on',
        params: PathId('trm'),
        body: PermissionBody,
        response: { 200: TerminalView },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { state, reason = null, ...said } = request.body
      const { id, merchantId } = await ownTerminal(io, principal, request.params.id)
      const now = io.now()
      const change = { ...readTerms(said), ...(state && { isLocked: state === 'locked' }) }
      const subjects = [{ subjectId: id, merchantId, trailId: newId('trl', now.getTime()) }]
      const wish = { scope: 'terminal', subjects, change, reason } as const
      const act = { actor: actorOf(principal), now }
      await io.db.transaction((tx) => changePermissions(tx, institutionId, wish, act))
      io.poke(institutionId)
      return showTerminal(await ownTerminal(io, principal, id), now)
    },
  )
}

const newActivation = ({ pepper }: Io, institutionId: string, now: Date) => ({
  code: newActivationCode(institutionId),
  pepper,
  expiresAt: new Date(now.getTime() + ACTIVATION_LIFE_MS),
})

const entryOf = (principal: Principal, now: Date) => ({
  id: newId('trl', now.getTime()),
  at: now,
  actor: actorOf(principal),
})

type Made = Pick<Terminal, 'id' | 'merchantId' | 'storeId' | 'name'>

const showNew = ({ id, merchantId, storeId, name }: Made) => ({
  ...{ object: 'terminal' as const, id, name, store: storeId, merchant: merchantId },
  ...{ state: 'new' as const, may_take_payment: true, may_refund: true, limit_per_payment: null },
  ...{ last_seen_at: null, is_online: false, app_version: null, position: null },
})
