import { Type, type Static } from 'typebox'

import {
  checkRule,
  insertRuleVersion,
  readRules,
  type AllocationLine,
  type RuleVersion,
} from '../../modules/allocation/allocation.ts'
import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import { readMerchant, readParty } from '../../modules/party/party.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf } from '../http/principal.ts'
import {
  Body,
  found,
  IdText,
  LARGEST_AMOUNT,
  ListOf,
  ListQuery,
  orNull,
  showList,
  Time,
  Words,
} from '../schemas/shared.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

const roles = ['fee', 'platform', 'agent'] as const
const bases = ['gross', 'fee'] as const
const Minor = Type.Integer({ minimum: 0, maximum: LARGEST_AMOUNT, description: 'In minor units' })
const Bps = Type.Integer({
  ...{ minimum: 0, maximum: 10_000, examples: [38] },
  description: 'Basis points: 38 is 0.38 %',
})

const LineBody = Body(
  {
    role: Words(roles),
    party: Type.Optional(IdText('pty', { description: 'Who receives it; not for the fee' })),
    bps: Bps,
    base: Type.Optional(
      Words(bases, { default: 'gross', description: 'What the rate is taken of' }),
    ),
    minimum: Type.Optional(Minor),
    cap: Type.Optional(Minor),
  },
  { title: 'AllocationLine' },
)

const RuleBody = Body({
  merchant: IdText('mch'),
  effective_at: Type.Optional(Time({ description: 'Left out: at once' })),
  lines: Type.Array(LineBody, { maxItems: 20 }),
})

const LineView = Type.Object({
  role: Words(roles),
  party: orNull(Type.String()),
  bps: Bps,
  base: Words(bases),
  minimum: Minor,
  cap: orNull(Type.Integer()),
})

const RuleView = Type.Object(
  {
    object: Type.Literal('allocation_rule'),
    id: Type.String({ examples: ['mch_01kaqb2m5vf7esx3d9w8r6t4yz-2'] }),
    merchant: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    effective_at: Time(),
    lines: Type.Array(LineView),
    created_at: Time(),
    created_by: Type.String({ examples: ['person:per_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  },
  { title: 'AllocationRule' },
)

const showRule = (rule: RuleVersion) => ({
  object: 'allocation_rule' as const,
  id: `${rule.merchantId}-${rule.version}`,
  merchant: rule.merchantId,
  version: rule.version,
  effective_at: rule.effectiveAt.toISOString(),
  lines: rule.lines.map((line) => ({
    ...{ role: line.role, party: line.partyId, bps: line.bps, base: line.base },
    minimum: Number(line.minimumMinor),
    cap: line.capMinor === null ? null : Number(line.capMinor),
  })),
  created_at: rule.createdAt.toISOString(),
  created_by: rule.createdBy,
})

/** How merchants' payments are shared: versions, of which none is ever changed. Source: P29. */
export function allocationRuleRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/allocation_rules',
    {
      schema: {
        summary: 'List the versions of a merchant’s rule, the newest first',
        querystring: ListQuery({ merchant: IdText('mch') }),
        response: { 200: ListOf(RuleView) },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const { query } = request
      found(await readMerchant(io.db, institutionId, query.merchant))
      const rules = await readRules(io.db, institutionId, query.merchant)
      const after = query.starting_after
      // A rule has few versions, so they are all read; without the one named, nothing comes after.
      const place = rules.findIndex((rule) => showRule(rule).id === after)
      const rest = after === undefined ? rules : place < 0 ? [] : rules.slice(place + 1)
      return showList(rest, query, { url: '/v1/allocation_rules', show: showRule })
    },
  )
  createRoute(app, io)
}

function createRoute(app: App, io: Io): void {
  app.post(
    '/v1/allocation_rules',
    {
      schema: {
        summary: 'Add a version of a merchant’s rule',
        description: 'The merchant has what the lines leave of each payment.',
        body: RuleBody,
        response: { 201: RuleView },
      },
      config: {
        ...allow('operator'),
        isIdempotent: true,
        refusals: ['ALLOCATION_OVER_WHOLE', 'EFFECTIVE_AT_PAST'],
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { merchant: merchantId, effective_at, lines: given } = request.body
      found(await readMerchant(io.db, institutionId, merchantId))
      const now = io.now()
      const lines = given.map(readLine)
      refuseWrong(lines)
      await refuseStrangers(io, institutionId, lines)
      const createdBy = actorOf(principal)
      const times = { effectiveAt: readEffectiveAt(effective_at, now), createdAt: now }
      const rule = { merchantId, ...times, createdBy, lines }
      const { currency } = await io.institution(institutionId)
      const trailId = newId('trl', now.getTime())
      return idempotent(io, request, reply, async (tx) => {
        const version = await insertRuleVersion(tx, institutionId, { ...rule, currency })
        const shown = showRule({ ...rule, version })
        const { effective_at: from, lines: shared } = shown
        const about = { action: 'allocation_rule.create', subject: merchantId }
        const detail = { version, effective_at: from, lines: shared }
        await record(tx, institutionId, [
          { id: trailId, at: now, actor: createdBy, ...about, detail },
        ])
        return { body: shown }
      })
    },
  )
}

const readLine = (line: Static<typeof LineBody>): AllocationLine => ({
  role: line.role,
  partyId: line.party ?? null,
  bps: line.bps,
  base: line.base ?? 'gross',
  minimumMinor: BigInt(line.minimum ?? 0),
  capMinor: line.cap === undefined ? null : BigInt(line.cap),
})

function readEffectiveAt(text: string | undefined, now: Date): Date {
  if (text === undefined) return now
  const effectiveAt = new Date(text)
  if (!(effectiveAt >= now)) throw new AppError('EFFECTIVE_AT_PAST', { param: 'effective_at' })
  return effectiveAt
}

function refuseWrong(lines: readonly AllocationLine[]): void {
  const problem = checkRule(lines)
  if (problem) throw new AppError(problem.code, { param: 'lines', reason: problem.reason })
}

/** Who receives must be an agent or platform of this institution, as the line says, and open. */
async function refuseStrangers(io: Io, institutionId: string, lines: readonly AllocationLine[]) {
  for (const [at, { role, partyId }] of lines.entries()) {
    if (partyId === null) continue
    const party = await readParty(io.db, institutionId, partyId)
    if (party?.kind !== role || party.state !== 'active') {
      throw new AppError('INVALID_REQUEST', { param: `lines[${at}].party` })
    }
  }
}
