import { allowAll, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { PrincipalView, showPrincipal } from '../http/session.ts'
import type { Context } from './routes.ts'

/** Who am I. */
export function meRoutes(app: App, { io }: Context): void {
  const schema = { summary: 'Who the token belongs to', response: { 200: PrincipalView } }
  app.get('/v1/me', { schema, config: allowAll() }, (request) =>
    showPrincipal(io, principalOf(request)),
  )
}
