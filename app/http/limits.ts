import type { FastifyRequest } from 'fastify'

/**
 * How often one address may try one name in a minute, for a route's `config`. Only calls that
 * guess at a secret are limited, never a till that asks how its payment stands.
 *
 * Source: ux.md §4.1 (rate limits); OWASP ASVS 5.0, 6.3.1 (brute force).
 */
export const guessLimit = (max: number) => ({
  rateLimit: {
    max,
    timeWindow: 60_000,
    // The body is there: the limit is looked at after it has been read.
    keyGenerator: (request: FastifyRequest): string => {
      const { login } = (request.body ?? {}) as { login?: unknown }
      return `${request.ip} ${typeof login === 'string' ? login.slice(0, 64).toLowerCase() : ''}`
    },
  },
})
