import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import { readLogin } from '../../modules/party/party.ts'
import {
  checkPin,
  listPayers,
  readPayer,
  readWrongCodes,
  setPin,
  signUp,
  unfreeze,
  type Payer,
} from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { guessLimit } from '../http/limits.ts'
import { actorOf } from '../http/principal.ts'
import {
  Body,
  found,
  ListOf,
  ListQuery,
  orNull,
  PathId,
  readPage,
  showList,
  Text,
  Time,
  Words,
} from '../schemas/shared.ts'
import { openSession, SessionView } from '../http/session.ts'
import type { Context } from './routes.ts'

/** Six digits. Source: what payers know from every wallet; the contract of the API. */
export const Pin = Type.String({ pattern: '^[0-9]{6}$', examples: ['246810'] })

const SignUp = Body({
  login: Type.String({
    pattern: '^[a-z0-9._-]{3,32}(@[a-z0-9]{1,16})?$',
    description: 'A phone number of 11 digits, or a name',
    examples: ['13800138000'],
  }),
  name: Text(64, { examples: ['李雷'] }),
  password: Type.String({ minLength: 8, maxLength: 200 }),
  pin: Pin,
})

/** A payer as the API shows it. */
export const PayerView = Type.Object(
  {
    object: Type.Literal('payer'),
    id: Type.String({ examples: ['pyr_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    name: Type.String(),
    login: Type.String(),
    state: Words(['active', 'frozen', 'closed']),
    has_pin: Type.Boolean(),
    chosen_source: orNull(Type.String()),
    auto: Type.Boolean({ description: 'New codes choose among all sources' }),
    created_at: Time(),
  },
  { title: 'Payer' },
)

/** What the operator sees of one payer. */
const PayerDetailView = Type.Object(
  {
    ...PayerView.properties,
    wrong_codes: Type.Array(
      Type.Object({
        business_date: Type.String({ format: 'date', examples: ['2026-11-23'] }),
        wrong_tries: Type.Integer({ examples: [20] }),
        is_alarm: Type.Boolean({ description: 'So many that all codes of the day were stopped' }),
      }),
      {
        description: 'Days on which codes made offline were tried with a wrong time, newest first',
      },
    ),
  },
  { title: 'PayerDetail' },
)

/** Shows a payer. */
export const showPayer = (payer: Payer) => ({
  object: 'payer' as const,
  id: payer.id,
  name: payer.name,
  login: payer.login,
  state: payer.state,
  has_pin: true, // a wallet is never opened without one
  chosen_source: payer.chosenSourceId,
  auto: payer.isAuto,
  created_at: payer.createdAt.toISOString(),
})

/** Payers: signing up, their PIN, and what the operator does for them. */
export function payerRoutes(app: App, { io }: Context): void {
  app.post(
    '/v1/payers',
    {
      schema: {
        summary: 'Open a wallet and sign in to it',
        body: SignUp,
        response: { 201: SessionView },
      },
      config: { ...guessLimit(30), refusals: ['LOGIN_TAKEN'] },
    },
    async (request, reply) => {
      const place = await readLogin(io.db, request.body.login)
      if (!place) throw new AppError('INVALID_REQUEST', { param: 'login' })
      const payer = await signUp(io, { ...request.body, ...place })
      const { institutionId } = place
      const session = await openSession(io, { kind: 'payer', institutionId, subjectId: payer.id })
      return reply.code(201).send(session)
    },
  )

  app.get(
    '/v1/payers/me',
    { schema: { summary: 'My wallet', response: { 200: PayerView } }, config: allow('payer') },
    async (request) => {
      const { institutionId, id } = principalOf(request)
      return showPayer(found(await readPayer(io.db, institutionId, id)))
    },
  )

  const body = Body({ current_pin: Pin, new_pin: Pin })
  app.post(
    '/v1/payers/me/pin',
    {
      schema: { summary: 'Change my PIN', body, response: { 200: PayerView } },
      config: { ...allow('payer'), refusals: ['PIN_WRONG', 'PAYER_FROZEN'] },
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const { current_pin, new_pin } = request.body
      await checkPin(io, { institutionId, payerId, pin: current_pin })
      await setPin(io, { institutionId, payerId, pin: new_pin })
      return showPayer(found(await readPayer(io.db, institutionId, payerId)))
    },
  )
  operatorRoutes(app, { io })
}

function operatorRoutes(app: App, { io }: Pick<Context, 'io'>): void {
  app.post(
    '/v1/payers/:id/unfreeze',
    {
      schema: {
        summary: 'Open a wallet that wrong PINs have frozen',
        params: PathId('pyr'),
        response: { 200: PayerView },
      },
      config: allow('operator'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const payer = found(await readPayer(io.db, institutionId, request.params.id))
      const key = { institutionId, payerId: payer.id }
      const act = { actor: actorOf(principal), trailId: newId('trl'), now: io.now() }
      await io.db.transaction((tx) => unfreeze(tx, key, act))
      return showPayer(found(await readPayer(io.db, institutionId, payer.id)))
    },
  )

  app.get(
    '/v1/payers',
    {
      schema: {
        summary: 'List payers',
        querystring: ListQuery({
          q: Type.Optional(Text(64, { description: 'A part of the name or login, or the id' })),
        }),
        response: { 200: ListOf(PayerView) },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const page = { ...readPage(request.query), q: request.query.q ?? null }
      const payers = await listPayers(io.db, institutionId, page)
      return showList(payers, request.query, { url: '/v1/payers', show: showPayer })
    },
  )

  app.get(
    '/v1/payers/:id',
    {
      schema: {
        summary: 'One payer, and whether somebody tries their offline codes',
        params: PathId('pyr'),
        response: { 200: PayerDetailView },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const payer = found(await readPayer(io.db, institutionId, request.params.id))
      const most = io.settings(institutionId).integer('offline.guesses_per_payer_day')
      const wrong = await readWrongCodes(io.db, { institutionId, payerId: payer.id })
      const wrong_codes = wrong.map(({ day, wrong: tries }) => ({
        ...{ business_date: day, wrong_tries: tries, is_alarm: tries >= most },
      }))
      return { ...showPayer(payer), wrong_codes }
    },
  )
}
