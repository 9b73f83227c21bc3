import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import {
  createIssuer,
  endIssuer,
  readInstitutions,
  readIssuers,
} from '../../modules/party/party.ts'
import type { Issuer } from '../../modules/paycode/paycode.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf, type Principal } from '../http/principal.ts'
import { IssuerBody, IssuerId, IssuerView, readIssuer, showIssuer } from '../schemas/issuer.ts'
import { found, ListOf, ListQuery, readPage, showList } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

/** Whose codes begin with what. Every terminal follows within 2 s, without a release. Source: P13. */
export function issuerRoutes(app: App, { io }: Context): void {
  listRoute(app, io)
  createRoute(app, io)
  endRoute(app, io)
}

function listRoute(app: App, io: Io): void {
  app.get(
    '/v1/issuers',
    {
      schema: {
        summary: 'List the kinds of payment codes, ended ones too',
        querystring: ListQuery({}),
        response: { 200: ListOf(IssuerView) },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { limit, startingAfter } = readPage(request.query)
      const all = (await readIssuers(io.db)).sort(newestFirst)
      const after = all.findIndex(({ id }) => id === startingAfter) + 1
      const now = io.now()
      const names = await namesOf(io)
      const show = (issuer: Issuer) => showIssuer(issuer, now, names)
      const page = all.slice(after, after + limit)
      return showList(page, request.query, { url: '/v1/issuers', show })
    },
  )
}

const newestFirst = (a: Issuer, b: Issuer): number =>
  b.validFrom.getTime() - a.validFrom.getTime() || (a.id < b.id ? -1 : 1)

function createRoute(app: App, io: Io): void {
  app.post(
    '/v1/issuers',
    {
      schema: {
        summary: 'Add a kind of payment code; terminals know it within 2 s',
        description:
          'The table is one for all institutions of the installation, so only the operator of the ' +
          'first one changes it. The codes of own wallets come and go with their institutions.',
        body: IssuerBody,
        response: { 201: IssuerView },
      },
      config: { ...allow('operator'), isIdempotent: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      await refuseGuests(io, principal)
      const now = io.now()
      const issuer = readIssuer(request.body, now)
      const { scheme, pattern, prefixes, minLength, maxLength, validFrom, validUntil } = issuer
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'issuer.create', subject: issuer.id },
        detail: {
          ...{ scheme, pattern, prefixes: prefixes.join(' ') },
          ...{ min_length: minLength, max_length: maxLength },
          valid_from: validFrom.toISOString(),
          valid_until: validUntil?.toISOString() ?? null,
        },
      }
      return idempotent(io, request, reply, async (tx) => {
        await createIssuer(tx, issuer)
        await record(tx, principal.institutionId, [entry])
        return { body: showIssuer(issuer, now, new Map()) } // nobody's own
      })
    },
  )
}

function endRoute(app: App, io: Io): void {
  app.post(
    '/v1/issuers/:id/end',
    {
      schema: {
        summary: 'End a kind of payment code; one that has ended stays as it is',
        params: IssuerId,
        response: { 200: IssuerView },
      },
      config: { ...allow('operator'), mayLackBody: true },
    },
    async (request) => {
      const principal = principalOf(request)
      await refuseGuests(io, principal)
      const { id } = request.params
      // What an institution's own wallet shows is no setting: its payers would stand without a code.
      if (found(await issuerOf(io, id)).institutionId !== null) throw new AppError('FORBIDDEN')
      const now = io.now()
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'issuer.end', subject: id, detail: {} },
      }
      await io.db.transaction(async (tx) => {
        const isEnded = await endIssuer(tx, id, now)
        if (isEnded) await record(tx, principal.institutionId, [entry])
      })
      return showIssuer(found(await issuerOf(io, id)), now, new Map()) // nobody's own
    },
  )
}

const namesOf = async (io: Io) =>
  new Map((await readInstitutions(io.db)).map(({ id, name }) => [id, name]))

const issuerOf = async (io: Io, id: string): Promise<Issuer | undefined> =>
  (await readIssuers(io.db)).find((issuer) => issuer.id === id)

/** @throws AppError FORBIDDEN for operators of other institutions than the first, who share the table */
async function refuseGuests(io: Io, { institutionId }: Principal): Promise<void> {
  const [first] = await readInstitutions(io.db)
  if (first?.id !== institutionId) throw new AppError('FORBIDDEN')
}
