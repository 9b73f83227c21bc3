import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { readLogin, revokeToken, signIn } from '../../modules/party/party.ts'
import { signIn as signInPayer } from '../../modules/wallet/wallet.ts'
import { allow, bearerOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { guessLimit } from '../http/limits.ts'
import { Body, Text } from '../schemas/shared.ts'
import { openSession, SessionView } from '../http/session.ts'
import type { Context } from './routes.ts'

const SignIn = Body({
  login: Text(64, { description: '`name`, or `name@institution`', examples: ['operator@demo'] }),
  password: Type.String({ minLength: 1, maxLength: 200 }),
})

/** Signing in and out, for people: the staff in the console, payers in the wallet. */
export function sessionRoutes(app: App, { io, principals }: Context): void {
  const signInSchema = { body: SignIn, response: { 201: SessionView } }
  const config = { ...guessLimit(30), refusals: ['LOGIN_WRONG', 'RATE_LIMITED'] as const }

  app.post(
    '/v1/sessions',
    { schema: { summary: 'Sign in to the console', ...signInSchema }, config },
    async (request, reply) => {
      const { login, password } = request.body
      const place = await readLogin(io.db, login)
      const person =
        place && (await signIn(io.db, place.institutionId, { login: place.login, password }))
      if (!place || !person) throw new AppError('LOGIN_WRONG')
      const { institutionId } = place
      const session = await openSession(io, { kind: 'staff', institutionId, subjectId: person.id })
      return reply.code(201).send(session)
    },
  )

  app.post(
    '/v1/payer_sessions',
    { schema: { summary: 'Sign in to the wallet', ...signInSchema }, config },
    async (request, reply) => {
      const { login, password } = request.body
      const place = await readLogin(io.db, login)
      const payer =
        place && (await signInPayer(io.db, place.institutionId, { login: place.login, password }))
      if (!place || !payer) throw new AppError('LOGIN_WRONG')
      const { institutionId } = place
      const session = await openSession(io, { kind: 'payer', institutionId, subjectId: payer.id })
      return reply.code(201).send(session)
    },
  )

  app.delete(
    '/v1/sessions/current',
    {
      schema: { summary: 'Sign out: the token ends', response: { 204: Type.Null() } },
      config: allow('staff', 'payer', 'terminal'),
    },
    async (request, reply) => {
      const token = bearerOf(request)
      await io.db.transaction(async (tx) => {
        revokeToken(tx, token, io.now())
        await Promise.resolve()
      })
      principals.forget(token)
      return reply.code(204).send(null)
    },
  )
}
