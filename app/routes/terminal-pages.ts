import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import {
  effective,
  noTerms,
  plainDecided,
  readLevels,
  readPermissions,
  readPositions,
  readTerminal,
  type PastPosition,
  type Terminal,
} from '../../modules/terminal/terminal.ts'
import { readTrailAbout, type RecordedEntry } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { merchantScope, type Principal } from '../http/principal.ts'
import {
  Body,
  found,
  ListOf,
  ListQuery,
  orNull,
  PathId,
  showList,
  Time,
} from '../schemas/shared.ts'
import {
  PastPositionView,
  showPastPosition,
  showTerminal,
  showTerms,
  TerminalDetail,
} from '../schemas/terminal.ts'
import { configurationFor } from './heartbeat.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

const DAY_MS = 24 * 60 * 60 * 1000
const MOST_POSITIONS = 1_000

const config = allow('operator', 'merchant')

/** One terminal as the back office looks at it: what holds for it, where it was, what was done. */
export function terminalPages(app: App, io: Io): void {
  detailRoute(app, io)
  positionsRoute(app, io)
  historyRoute(app, io)
}

/** @throws AppError NOT_FOUND also for another merchant’s terminal, and for a virtual one */
export async function ownTerminal(io: Io, principal: Principal, id: string): Promise<Terminal> {
  const terminal = found(await readTerminal(io.db, principal.institutionId, id))
  if (terminal.isVirtual) throw new AppError('NOT_FOUND')
  merchantScope(principal, terminal.merchantId)
  return terminal
}

function detailRoute(app: App, io: Io): void {
  app.get(
    '/v1/terminals/:id',
    {
      schema: {
        summary: 'Look at one terminal: how it stands, what it may do, where it is',
        params: PathId('trm'),
        response: { 200: TerminalDetail },
      },
      config,
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const terminal = await ownTerminal(io, principal, request.params.id)
      const { id: terminalId, merchantId, storeId, heartbeatAt } = terminal
      const [levels, [permission]] = await Promise.all([
        readLevels(io.db, institutionId, terminal),
        readPermissions({ many: io.db.read }, institutionId, [terminalId]),
      ])
      const { terms, from } = effective(levels)
      const place = { institutionId, merchantId, storeId, terminalId }
      const own = levels.find(({ scope }) => scope === 'terminal')?.terms ?? noTerms
      return {
        ...showTerminal(terminal, io.now()),
        heartbeat_at: heartbeatAt?.toISOString() ?? null,
        permission: {
          ...{ own: showTerms(own), effective: showTerms(terms), from: plainDecided(from) },
        },
        lock_reason: terms.lockReason,
        configuration: {
          wanted_version: configurationFor(io, place, found(permission)).version,
          applied_version: terminal.configurationVersion,
        },
      }
    },
  )
}

function positionsRoute(app: App, io: Io): void {
  app.get(
    '/v1/terminals/:id/positions',
    {
      schema: {
        summary: 'Where a terminal was, the newest first',
        params: PathId('trm'),
        querystring: Body({
          since: Type.Optional(Time({ description: 'Left out: a day ago' })),
        }),
        response: { 200: ListOf(PastPositionView) },
      },
      config,
    },
    async (request) => {
      const principal = principalOf(request)
      const { id } = await ownTerminal(io, principal, request.params.id)
      const before = new Date(io.now().getTime() + 1)
      const since = new Date(request.query.since ?? before.getTime() - DAY_MS)
      const where = { institutionId: principal.institutionId, id }
      const limit = MOST_POSITIONS + 1
      const positions = await readPositions(io.db, where, { since, before, limit })
      return {
        object: 'list' as const,
        data: positions.slice(0, MOST_POSITIONS).map(showPastPosition),
        has_more: positions.length > MOST_POSITIONS,
        url: `/v1/terminals/${id}/positions`,
      }
    },
  )
}

const HistoryEntry = Type.Object(
  {
    at: Time(),
    kind: Type.String({ examples: ['permission'] }),
    actor: orNull(Type.String({ examples: ['person:per_01kaqb2m5vf7esx3d9w8r6t4yz'] })),
    subject: Type.String(),
    detail: Type.Object({}, { additionalProperties: true }),
    reason: orNull(Type.String()),
  },
  { title: 'TerminalHistoryEntry' },
)

function historyRoute(app: App, io: Io): void {
  app.get(
    '/v1/terminals/:id/history',
    {
      schema: {
        summary: 'What happened to a terminal, the newest first',
        description:
          'Who changed what and why, for it, its store and its merchant; and where it was.',
        params: PathId('trm'),
        querystring: ListQuery({}),
        response: { 200: ListOf(HistoryEntry) },
      },
      config,
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id, storeId, merchantId } = await ownTerminal(io, principal, request.params.id)
      const limit = Number(request.query.limit ?? '20') + 1
      const about = { subjects: [id, storeId, merchantId], action: 'terminal.', limit }
      const before = new Date(io.now().getTime() + 1)
      const span = { since: new Date(0), before, limit }
      const [entries, positions] = await Promise.all([
        readTrailAbout(io.db, institutionId, about),
        readPositions(io.db, { institutionId, id }, span),
      ])
      const all = [...entries.map(showEntry), ...positions.map((past) => showPast(id, past))]
      const newest = all.sort((a, b) => b.at.localeCompare(a.at)).slice(0, limit)
      const url = `/v1/terminals/${id}/history`
      return showList(newest, request.query, { url, show: (one) => one })
    },
  )
}

// Acts that are about the same thing, for whoever reads.
const kinds: Readonly<Record<string, string>> = {
  'terminal.activate': 'activation',
  'terminal.activation_code': 'activation',
  'terminal.create': 'created',
}

function showEntry({ at, actor, action, subject, detail }: RecordedEntry) {
  const { reason = null, ...rest } = detail
  const kind = kinds[action] ?? action.slice('terminal.'.length)
  const said = typeof reason === 'string' ? reason : null
  return { at: at.toISOString(), kind, actor, subject, detail: rest, reason: said }
}

const showPast = (subject: string, past: PastPosition) => {
  const { at, ...detail } = showPastPosition(past)
  return { at, kind: 'position', actor: null, subject, detail, reason: null }
}
