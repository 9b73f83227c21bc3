import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'

import type { Caller, Principal } from './principal.ts'

/** The server as a file of routes sees it: bodies and queries have the types of their schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call. Without it anybody may, and nobody is known. */
    callers?: readonly Caller[]
    /** The call wants an Idempotency-Key. */
    isIdempotent?: boolean
    /** The call may come without a body, which is then an empty one. */
    mayLackBody?: boolean
    /** The refusals of its own that the documentation names. */
    refusals?: readonly string[]
  }
  interface FastifyRequest {
    /** Whose bearer token it is; null where the route lets anybody in. */
    principal: Principal | null
  }
}
