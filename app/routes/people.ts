import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import type { Io } from '../../modules/io/io.ts'
import { newId } from '../../modules/lib/ids.ts'
import {
  changePerson,
  createPerson,
  hashPassword,
  isPasswordOf,
  passwordLength,
  readMerchant,
  readPeople,
  revokeCredentials,
  staffLogin,
  type ListedPerson,
} from '../../modules/party/party.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { guessLimit } from '../http/limits.ts'
import { actorOf, merchantScope, type Principal } from '../http/principal.ts'
import {
  Body,
  found,
  IdText,
  ListOf,
  ListQuery,
  orNull,
  PathId,
  readPage,
  SearchText,
  showList,
  Text,
  Time,
  Words,
} from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const Password = () => Type.String(passwordLength)

const PersonBody = Body({
  login: Type.String({ pattern: staffLogin, examples: ['wang.li'] }),
  name: Text(64, { examples: ['王丽'] }),
  password: Password(),
  merchant: Type.Optional(
    IdText('mch', { description: 'Whose staff; left out: the institution’s own, an operator' }),
  ),
})

const PersonChangeBody = Body(
  {
    name: Type.Optional(Text(64)),
    state: Type.Optional(Words(['active', 'closed'])),
    password: Type.Optional(Password()),
  },
  { minProperties: 1 },
)

const PersonView = Type.Object(
  {
    object: Type.Literal('person'),
    id: Type.String({ examples: ['per_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    login: Type.String(),
    name: Type.String(),
    role: Words(['operator', 'merchant', 'agent', 'bank']),
    merchant: orNull(Type.String()),
    state: Words(['active', 'closed']),
    created_at: Time(),
  },
  { title: 'Person' },
)

const showPerson = (person: ListedPerson) => ({
  object: 'person' as const,
  ...{ id: person.id, login: person.login, name: person.name, role: person.role },
  ...{ merchant: person.merchantId, state: person.state },
  created_at: person.createdAt.toISOString(),
})

/**
 * Who signs in to the console. The institution's operators make them and end them: whoever could
 * make a colleague could be his own second person.
 *
 * Source: reliability.md §8.2 (2.3.5: multi-user approval above a threshold).
 */
export function peopleRoutes(app: App, { io }: Context): void {
  listRoute(app, io)
  createRoute(app, io)
  changeRoute(app, io)
  ownPasswordRoute(app, io)
}

function listRoute(app: App, io: Io): void {
  app.get(
    '/v1/people',
    {
      schema: {
        summary: 'List the staff',
        querystring: ListQuery({ merchant: Type.Optional(IdText('mch')), q: SearchText() }),
        response: { 200: ListOf(PersonView) },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { query } = request
      const merchantId = merchantScope(principal, query.merchant)
      const page = { merchantId, q: query.q ?? null, ...readPage(query) }
      const people = await readPeople(io.db, principal.institutionId, page)
      return showList(people, query, { url: '/v1/people', show: showPerson })
    },
  )
}

function createRoute(app: App, io: Io): void {
  app.post(
    '/v1/people',
    {
      schema: {
        summary: 'Let somebody sign in to the console',
        body: PersonBody,
        response: { 201: PersonView },
      },
      config: { ...allow('operator'), isIdempotent: true, refusals: ['LOGIN_TAKEN'] },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { login, name, password, merchant: merchantId = null } = request.body
      if (merchantId !== null) found(await readMerchant(io.db, institutionId, merchantId))
      const passwordHash = await hashPassword(password)
      const now = io.now()
      const id = newId('per', now.getTime())
      const role = merchantId === null ? ('operator' as const) : ('merchant' as const)
      const person = { id, login, name, role, merchantId }
      const entry = entryOf(principal, 'person.create', id, now)
      return idempotent(io, request, reply, async (tx) => {
        await createPerson(tx, { institutionId, ...person, passwordHash }, now)
        await record(tx, institutionId, [{ ...entry, detail: { login, name, role, merchantId } }])
        const fresh = { ...person, partyId: null, state: 'active', createdAt: now } as const
        return { body: showPerson(fresh) }
      })
    },
  )
}

const entryOf = (principal: Principal, action: string, subject: string, at: Date) => ({
  ...{ id: newId('trl', at.getTime()), at, actor: actorOf(principal), action, subject },
})

function changeRoute(app: App, io: Io): void {
  app.patch(
    '/v1/people/:id',
    {
      schema: {
        summary: 'Rename somebody, end or reopen their access, or give them a new password',
        description: 'Whoever is closed or gets a new password is signed out everywhere.',
        params: PathId('per'),
        body: PersonChangeBody,
        response: { 200: PersonView },
      },
      config: allow('operator'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id } = request.params
      const { name, state, password } = request.body
      // The last operator could close himself, and nobody could let him in again.
      if (state === 'closed' && id === principal.id)
        throw new AppError('INVALID_REQUEST', { param: 'state' })
      const passwordHash = password === undefined ? undefined : await hashPassword(password)
      const now = io.now()
      const change = {
        ...(name !== undefined && { name }),
        ...(state !== undefined && { state }),
        ...(passwordHash !== undefined && { passwordHash }),
      }
      const detail = { name: name ?? null, state: state ?? null, has_new_password: !!password }
      await io.db.transaction(async (tx) => {
        await changePerson(tx, { institutionId, id }, change)
        if (state === 'closed' || password !== undefined)
          revokeCredentials(tx, { institutionId, kind: 'staff', subjectId: id, now })
        await record(tx, institutionId, [
          { ...entryOf(principal, 'person.change', id, now), detail },
        ])
      })
      return showPerson(await listed(io, institutionId, id))
    },
  )
}

/** One person as the list shows them. */
async function listed(io: Io, institutionId: string, id: string): Promise<ListedPerson> {
  const page = { merchantId: null, q: id, startingAfter: null, limit: 1 }
  return found((await readPeople(io.db, institutionId, page))[0])
}

function ownPasswordRoute(app: App, io: Io): void {
  app.post(
    '/v1/people/me/password',
    {
      schema: {
        summary: 'Change my own password',
        description: 'Every session of mine ends, this one too: sign in again.',
        body: Body({ current_password: Type.String({ maxLength: 200 }), new_password: Password() }),
        response: { 204: Type.Null() },
      },
      config: { ...allow('staff'), ...guessLimit(30), refusals: ['RATE_LIMITED'] },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId, id } = principal
      const { current_password: current, new_password: wanted } = request.body
      if (!(await isPasswordOf(io.db, { institutionId, id }, current)))
        throw new AppError('INVALID_REQUEST', { param: 'current_password' })
      const passwordHash = await hashPassword(wanted)
      const now = io.now()
      await io.db.transaction(async (tx) => {
        await changePerson(tx, { institutionId, id }, { passwordHash })
        revokeCredentials(tx, { institutionId, kind: 'staff', subjectId: id, now })
        const detail = { has_new_password: true }
        await record(tx, institutionId, [
          { ...entryOf(principal, 'person.change', id, now), detail },
        ])
      })
      return reply.code(204).send(null)
    },
  )
}
