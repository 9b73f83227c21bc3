import { Type, type Static } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import type { Issuer } from '../../modules/paycode/paycode.ts'
import { Body, orNull, Time, Words } from './shared.ts'

const patterns = ['digits', 'emv_cpm'] as const
const states = ['upcoming', 'active', 'ended'] as const

/** How many characters a code may have, by its pattern. Source: `compileIssuers`. */
const lengths = { digits: { least: 8, most: 64 }, emv_cpm: { least: 16, most: 512 } } as const

const Length = (example: number) => Type.Integer({ minimum: 8, maximum: 512, examples: [example] })

export const IssuerId = Type.Object({
  id: Type.String({ pattern: '^[a-z][a-z0-9_]{1,63}$', examples: ['wechat'] }),
})

/** POST /v1/issuers. */
export const IssuerBody = Body({
  scheme: Type.String({ pattern: '^[a-z][a-z0-9_]{1,31}$', examples: ['wechat'] }),
  pattern: Type.Optional(
    Words(patterns, {
      description: 'digits: the first digits. emv_cpm: the first of an application id, hexadecimal',
    }),
  ),
  prefixes: Type.Array(Type.String({ pattern: '^[0-9A-F]{2,32}$', examples: ['16'] }), {
    ...{ minItems: 1, maxItems: 50, uniqueItems: true },
  }),
  min_length: Length(18),
  max_length: Length(18),
  valid_from: Type.Optional(Time({ description: 'Left out: at once' })),
  valid_until: Type.Optional(Time({ description: 'Left out: until it is ended' })),
})

/** A kind of payment code as the API shows it. */
export const IssuerView = Type.Object(
  {
    object: Type.Literal('issuer'),
    id: Type.String({ examples: ['wechat'] }),
    scheme: Type.String({ examples: ['wechat'] }),
    institution: orNull(Type.String({ description: 'Set for codes of own wallets' })),
    // An answer that was kept for a repeat from before it was told has none.
    institution_name: Type.Optional(orNull(Type.String({ examples: ['甲银行'] }))),
    pattern: Words(patterns),
    prefixes: Type.Array(Type.String()),
    min_length: Type.Integer(),
    max_length: Type.Integer(),
    kind: Type.String({ description: 'What such a code is shown for', examples: ['purchase'] }),
    state: Words(states),
    valid_from: Time(),
    valid_until: orNull(Time()),
  },
  { title: 'Issuer' },
)

const wrong = (param: string, reason: string) => new AppError('INVALID_REQUEST', { param, reason })

/**
 * A new issuer as its body says it.
 *
 * @throws AppError INVALID_REQUEST with the field that is wrong
 */
export function readIssuer(body: Static<typeof IssuerBody>, now: Date): Issuer {
  const { scheme, pattern = 'digits', prefixes, min_length: minLength } = body
  const { least, most } = lengths[pattern]
  if (scheme === 'onetill') throw wrong('scheme', 'own wallets come with their institutions')
  // Five bytes name who registered an application; fewer would name several.
  const shape = pattern === 'digits' ? /^[0-9]{2,12}$/ : /^(?:[0-9A-F]{2}){5,16}$/
  const strange = prefixes.findIndex((prefix) => !shape.test(prefix))
  if (strange >= 0) throw wrong(`prefixes.${strange}`, `no prefix of ${pattern}`)
  if (minLength < least) throw wrong('min_length', `${least} at least`)
  if (body.max_length > most) throw wrong('max_length', `${most} at most`)
  if (body.max_length < minLength) throw wrong('max_length', 'shorter than the shortest')
  const validFrom = body.valid_from === undefined ? now : new Date(body.valid_from)
  const validUntil = body.valid_until === undefined ? null : new Date(body.valid_until)
  if (validUntil && (validUntil <= now || validUntil <= validFrom))
    throw wrong('valid_until', 'the time is over')
  // Named by its scheme, as all issuers are, and by when it was made.
  const id = `${scheme}_${newId('trl', now.getTime()).slice(4)}`
  return {
    ...{ id, institutionId: null, scheme, pattern, prefixes, minLength, validFrom, validUntil },
    ...{ maxLength: body.max_length, defaultKind: 'purchase' },
  }
}

const stateOf = ({ validFrom, validUntil }: Issuer, now: Date): (typeof states)[number] => {
  if (validUntil && validUntil <= now) return 'ended'
  return validFrom > now ? 'upcoming' : 'active'
}

/** Shows an issuer; `names` are those of the institutions, by their ids. */
export const showIssuer = (issuer: Issuer, now: Date, names: ReadonlyMap<string, string>) => ({
  object: 'issuer' as const,
  id: issuer.id,
  scheme: issuer.scheme,
  institution: issuer.institutionId,
  institution_name: names.get(issuer.institutionId ?? '') ?? null,
  pattern: issuer.pattern,
  prefixes: [...issuer.prefixes],
  min_length: issuer.minLength,
  max_length: issuer.maxLength,
  kind: issuer.defaultKind,
  state: stateOf(issuer, now),
  valid_from: issuer.validFrom.toISOString(),
  valid_until: issuer.validUntil?.toISOString() ?? null,
})
