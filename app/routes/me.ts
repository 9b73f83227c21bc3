import { allowAll, principalOf } from '../auth.ts'
import type { App } from '../http.ts'
import { PrincipalView, showPrincipal } from '../session.ts'
import type { Context } from './routes.ts'

/** Who am I. */
export function meRoutes(app: App, { io }: Context): void {
  const schema = { summary: 'Who the token belongs to', response: { 200: PrincipalView } }
  app.get('/v1/me', { schema, config: allowAll() }, (request) =>
    showPrincipal(io, principalOf(request)),
  )
}
