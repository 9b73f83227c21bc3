import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { isId, newId } from '../../modules/lib/ids.ts'
import { readMerchant, readStore } from '../../modules/party/party.ts'
import {
  changePermissions,
  effective,
  noTerms,
  readLevels,
  readPermission,
  readSomeTerminals,
  readTerminal,
  type Permission,
  type Scope,
  type Terminal,
} from '../../modules/terminal/terminal.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { actorOf, merchantScope, type Principal } from '../http/principal.ts'
import { Body, found, IdText, Text } from '../schemas/shared.ts'
import { permissionFields, PermissionView, readTerms, showTerms } from '../schemas/terminal.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

const MOST_AT_ONCE = 500

const fields = Type.Partial(Body(permissionFields)).properties
const SubjectPath = Type.Object({
  id: IdText('str', { description: 'A merchant, a store or a terminal' }),
})
const Reason = () => Text(200, { examples: ['Stocktaking'] })

/** What terminals may do, said for one, for a store, for a merchant, or for many at once. Source: P22. */
export function permissionRoutes(app: App, io: Io): void {
  readRoute(app, io)
  putRoute(app, io)
  bulkRoute(app, io)
}

const config = allow('operator', 'merchant')

function readRoute(app: App, io: Io): void {
  app.get(
    '/v1/permissions/:id',
    {
      schema: {
        summary: 'What a merchant, a store or a terminal says of what may be done',
        params: SubjectPath,
        response: { 200: PermissionView },
      },
      config,
    },
    async (request) => {
      const principal = principalOf(request)
      const subject = await subjectOf(io, principal, request.params.id)
      return show(io, principal.institutionId, subject)
    },
  )
}

function putRoute(app: App, io: Io): void {
  app.put(
    '/v1/permissions/:id',
    {
      schema: {
        summary: 'Say what may be done, from the next payment on',
        description:
          'The whole of this level: what is left out or null is not said here. A terminal is locked when ' +
          'any level locks it and may do what no level forbids; the smallest limit counts; hours, ' +
          'schemes and fence are those of the nearest level that says some.',
        params: SubjectPath,
        body: Body({ ...fields, reason: Reason() }),
        response: { 200: PermissionView },
      },
      config,
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const subject = await subjectOf(io, principal, request.params.id)
      const { subjectId, scope, merchantId } = subject
      const { reason, ...said } = request.body
      const terms = { ...noTerms, ...readTerms(said) }
      if (scope === 'merchant' && principal.role !== 'operator') {
        // What the institution has locked, its merchant does not open.
        const { terms: before } = await readPermission(io.db, institutionId, subject)
        if (before.isLocked !== terms.isLocked) throw new AppError('FORBIDDEN')
      }
      const now = io.now()
      const subjects = [{ subjectId, merchantId, trailId: newId('trl', now.getTime()) }]
      const wish = { scope, subjects, change: terms, reason }
      const act = { actor: actorOf(principal), now }
      await io.db.transaction((tx) => changePermissions(tx, institutionId, wish, act))
      io.poke(institutionId)
      return show(io, institutionId, subject)
    },
  )
}

function bulkRoute(app: App, io: Io): void {
  app.post(
    '/v1/permissions/bulk',
    {
      schema: {
        summary: 'Change many terminals in the same way',
        description:
          'What `change` leaves out stays as it is; null takes away what a terminal says.',
        body: Body({
          terminals: Type.Array(IdText('trm'), { minItems: 1, maxItems: MOST_AT_ONCE }),
          change: Body(fields, { minProperties: 1 }),
          reason: Reason(),
        }),
        response: {
          200: Type.Object({
            object: Type.Literal('bulk_change'),
            changed: Type.Integer(),
            failed: Type.Array(Type.Object({ id: Type.String(), code: Type.String() })),
          }),
        },
      },
      config,
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { terminals: ids, change, reason } = request.body
      const wanted = [...new Set(ids)]
      const read = await readSomeTerminals(io.db, institutionId, wanted)
      const known = new Map(read.map((terminal) => [terminal.id, terminal]))
      const own = wanted.flatMap((id) => {
        const terminal = known.get(id)
        return terminal && isOwn(principal, terminal) ? [terminal] : []
      })
      const now = io.now()
      const subjects = own.map(({ id: subjectId, merchantId }) => ({
        ...{ subjectId, merchantId, trailId: newId('trl', now.getTime()) },
      }))
      const wish = { scope: 'terminal', subjects, change: readTerms(change), reason } as const
      const act = { actor: actorOf(principal), now }
      const changed =
        own.length === 0
          ? 0
          : await io.db.transaction((tx) => changePermissions(tx, institutionId, wish, act))
      io.poke(institutionId)
      const failed = wanted
        .filter((id) => !own.some((terminal) => terminal.id === id))
        .map((id) => ({ id, code: 'NOT_FOUND' }))
      return { object: 'bulk_change' as const, changed, failed }
    },
  )
}

const isOwn = ({ role, merchantId }: Principal, terminal: Terminal): boolean =>
  !terminal.isVirtual && (role === 'operator' || terminal.merchantId === merchantId)

type Subject = { scope: Scope; subjectId: string; merchantId: string; terminal: Terminal | null }

/** @throws AppError NOT_FOUND also for what belongs to another merchant, and for a virtual terminal */
async function subjectOf(io: Io, principal: Principal, id: string): Promise<Subject> {
  const { institutionId } = principal
  const subject = await (async (): Promise<Subject> => {
    if (isId('mch', id)) {
      const { id: merchantId } = found(await readMerchant(io.db, institutionId, id))
      return { scope: 'merchant', subjectId: id, merchantId, terminal: null }
    }
    if (isId('str', id)) {
      const { merchantId } = found(await readStore(io.db, institutionId, id))
      return { scope: 'store', subjectId: id, merchantId, terminal: null }
    }
    const terminal = isId('trm', id) ? await readTerminal(io.db, institutionId, id) : null
    if (!terminal || terminal.isVirtual) throw new AppError('NOT_FOUND')
    return { scope: 'terminal', subjectId: id, merchantId: terminal.merchantId, terminal }
  })()
  merchantScope(principal, subject.merchantId)
  return subject
}

async function show(io: Io, institutionId: string, subject: Subject) {
  const permission: Permission = await readPermission(io.db, institutionId, subject)
  const { scope, subjectId, terms, reason, updatedBy, updatedAt } = permission
  const levels = subject.terminal ? await readLevels(io.db, institutionId, subject.terminal) : null
  return {
    object: 'permission' as const,
    ...{ scope, subject: subjectId, ...showTerms(terms), reason },
    ...{ updated_by: updatedBy, updated_at: updatedAt?.toISOString() ?? null },
    ...(levels && { effective: showTerms(effective(levels).terms) }),
  }
}
