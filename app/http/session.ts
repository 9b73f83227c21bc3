import { Type } from 'typebox'

import type { Io } from '../../modules/io/io.ts'
import { assert } from '../../modules/lib/assert.ts'
import { issueCredential, newToken, readMerchant, readStore } from '../../modules/party/party.ts'
import { readTerminal } from '../../modules/terminal/terminal.ts'
import type { Principal } from './principal.ts'
import { readPrincipal } from './principals.ts'
import { orNull, Time, Words } from '../schemas/shared.ts'

const HOUR_MS = 60 * 60 * 1000

// A console stands open on a counter for a day's work; a wallet is the payer's own phone.
const lifeMs = { staff: 12 * HOUR_MS, payer: 90 * 24 * HOUR_MS } as const

const Named = orNull(
  Type.Object({ id: Type.String(), name: Type.String() }, { additionalProperties: false }),
)

/** Who a bearer token belongs to, as the API shows it. */
export const PrincipalView = Type.Object(
  {
    object: Type.Literal('principal'),
    kind: Words(['staff', 'terminal', 'payer', 'merchant_key', 'party_key']),
    id: Type.String(),
    name: Type.String(),
    roles: Type.Array(Type.String({ examples: ['operator'] })),
    institution: Type.Object({
      id: Type.String({ examples: ['ins_demo'] }),
      name: Type.String(),
      time_zone: Type.String({ examples: ['Asia/Shanghai'] }),
    }),
    merchant: Named,
    store: Named,
    terminal: Named,
  },
  { title: 'Principal' },
)

export const SessionView = Type.Object(
  {
    object: Type.Literal('session'),
    token: Type.String({ description: 'The bearer token, shown this once' }),
    expires_at: Time(),
    principal: PrincipalView,
  },
  { title: 'Session' },
)

/** Opens a session: a bearer token of its own, and whose it is. */
export async function openSession(io: Io, { kind, institutionId, subjectId }: OpenSession) {
  const now = io.now()
  const expiresAt = new Date(now.getTime() + lifeMs[kind])
  const token = newToken(kind, institutionId)
  await io.db.transaction(async (tx) => {
    issueCredential(tx, { institutionId, kind, subjectId, now, expiresAt, token })
    await Promise.resolve()
  })
  const principal = await readPrincipal(io, { kind, subjectId, institutionId })
  assert(principal, 'whoever has just signed in is there')
  return {
    object: 'session' as const,
    token,
    expires_at: expiresAt.toISOString(),
    principal: await showPrincipal(io, principal),
  }
}

type OpenSession = { kind: keyof typeof lifeMs; institutionId: string; subjectId: string }

/** A principal with the names of what he belongs to. */
export async function showPrincipal(io: Io, principal: Principal) {
  const { institutionId, kind, id, name, role, merchantId, storeId, terminalId } = principal
  const [institution, merchant, store, terminal] = await Promise.all([
    io.institution(institutionId),
    merchantId === null ? null : readMerchant(io.db, institutionId, merchantId),
    storeId === null ? null : readStore(io.db, institutionId, storeId),
    terminalId === null ? null : readTerminal(io.db, institutionId, terminalId),
  ])
  const named = (thing: { id: string; name: string } | null) =>
    thing && { id: thing.id, name: thing.name }
  return {
    object: 'principal' as const,
    ...{ kind, id, name, roles: [role] },
    institution: {
      id: institution.id,
      name: institution.name,
      time_zone: institution.timeZone,
    },
    ...{ merchant: named(merchant), store: named(store), terminal: named(terminal) },
  }
}
