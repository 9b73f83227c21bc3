import { Type } from 'typebox'

import { readChannelAccount } from '../../modules/channel/channel.ts'
import { AppError } from '../../modules/errors/errors.ts'
import { newId } from '../../modules/lib/ids.ts'
import { readMerchant, readStore } from '../../modules/party/party.ts'
import {
  BUDGET_PERIOD,
  createRouteRule,
  endRouteRule,
  listRouteRules,
  quotaKey,
  readQuotas,
  readRouteRule as findRouteRule,
  ruleKinds,
  type RouteRule,
} from '../../modules/route/route.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf, merchantScope } from '../http/principal.ts'
import { showTerms } from '../schemas/route-terms.ts'
import { readRouteRule, RouteRuleBody, RouteRuleView, showRouteRule } from '../schemas/route.ts'
import {
  found,
  IdText,
  ListOf,
  ListQuery,
  PathId,
  readPage,
  showList,
  Words,
} from '../schemas/shared.ts'
import { promotionRoutes } from './promotions.ts'
import { routeDecisionRoutes } from './route-decisions.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

/** The rules by which sources and roads are chosen, what is on now, and the dry run. */
export function routeRuleRoutes(app: App, context: Context): void {
  const { io } = context
  listRoute(app, io)
  createRoute(app, io)
  endRoute(app, io)
  promotionRoutes(app, context)
  routeDecisionRoutes(app, context)
}

function listRoute(app: App, io: Io): void {
  app.get(
    '/v1/route_rules',
    {
      schema: {
        summary: 'List routing rules, the newest first, ended ones too',
        querystring: ListQuery({
          merchant: Type.Optional(IdText('mch')),
          kind: Type.Optional(Words(ruleKinds)),
        }),
        response: { 200: ListOf(RouteRuleView) },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { query } = request
      const merchantId = merchantScope(principal, query.merchant)
      const page = { merchantId, kind: query.kind ?? null, ...readPage(query) }
      const rules = await listRouteRules(io.db, principal.institutionId, page)
      const now = io.now()
      const used = await readBudgets(io, principal.institutionId, rules)
      const show = (rule: RouteRule) => showRouteRule(rule, now, used(rule))
      return showList(rules, query, { url: '/v1/route_rules', show })
    },
  )
}

function createRoute(app: App, io: Io): void {
  app.post(
    '/v1/route_rules',
    {
      schema: {
        summary: 'Add a routing rule; all processes follow it within 2 s',
        description:
          'Under the name of its kind stands what it says. A rule is never changed: end it, and ' +
          'add another one.',
        body: RouteRuleBody,
        response: { 201: RouteRuleView },
      },
      config: { ...allow('operator'), isIdempotent: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const now = io.now()
      const createdBy = actorOf(principal)
      const { currency } = await io.institution(institutionId)
      const head = { id: newId('rte', now.getTime()), currency, createdBy, now }
      const rule = readRouteRule(request.body, head)
      await refuseStrangers(io, institutionId, rule)
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: createdBy },
        ...{ action: 'route_rule.create', subject: rule.id },
        detail: {
          ...{ kind: rule.kind, name: rule.name, merchant: rule.merchantId },
          valid_from: rule.validFrom.toISOString(),
          valid_until: rule.validUntil?.toISOString() ?? null,
          terms: JSON.stringify(showTerms(rule)[rule.kind]),
        },
      }
      return idempotent(io, request, reply, async (tx) => {
        await createRouteRule(tx, institutionId, rule)
        await record(tx, institutionId, [entry])
        return { body: showRouteRule(rule, now, budgetOf(rule) === null ? null : 0n) }
      })
    },
  )
}

function endRoute(app: App, io: Io): void {
  app.post(
    '/v1/route_rules/:id/end',
    {
      schema: {
        summary: 'End a routing rule; one that has ended stays as it is',
        params: PathId('rte'),
        response: { 200: RouteRuleView },
      },
      config: { ...allow('operator'), mayLackBody: true },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id } = request.params
      const now = io.now()
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'route_rule.end', subject: id, detail: {} },
      }
      await io.db.transaction(async (tx) => {
        const isEnded = await endRouteRule(tx, { institutionId, id, now })
        if (isEnded) await record(tx, institutionId, [entry])
      })
      const rule = found(await findRouteRule(io.db, institutionId, id))
      const used = await readBudgets(io, institutionId, [rule])
      return showRouteRule(rule, now, used(rule))
    },
  )
}

/**
 * Everything that a rule names must be this institution's, and its stores its merchant's.
 *
 * @throws AppError INVALID_REQUEST with the field that names a stranger
 */
async function refuseStrangers(io: Io, institutionId: string, rule: RouteRule): Promise<void> {
  const { merchantId, kind } = rule
  const refuse = (param: string) => {
    throw new AppError('INVALID_REQUEST', { param })
  }
  if (merchantId !== null && !(await readMerchant(io.db, institutionId, merchantId))) {
    refuse('merchant')
  }
  const storeIds = rule.kind === 'quota' ? [] : rule.terms.when.storeIds
  for (const [at, id] of storeIds.entries()) {
    const store = await readStore(io.db, institutionId, id)
    const isOurs = store && (merchantId === null || store.merchantId === merchantId)
    if (!isOurs) refuse(`${kind}.when.stores[${at}]`)
  }
  for (const { id, param } of accountsIn(rule)) {
    if (!(await readChannelAccount(io.db, institutionId, id))) refuse(param)
  }
}

/** The channel accounts that a rule names, each with the field in which it does. */
function accountsIn(rule: RouteRule): { id: string; param: string }[] {
  const inList = (list: readonly string[], name: string) =>
    list
      .map((id, at) => ({ id, param: `${rule.kind}.${name}[${at}]` }))
      .filter(({ id }) => id.startsWith('cha_'))
  switch (rule.kind) {
    case 'promotion':
    case 'environment':
      return inList(rule.terms.on.roads, 'on.channel_accounts')
    case 'preference':
      return inList(rule.terms.order, 'order')
    case 'quota': {
      const { of } = rule.terms
      return of.kind === 'channel_account' ? [{ id: of.id, param: 'quota.channel_account' }] : []
    }
  }
}

const budgetOf = (rule: RouteRule): bigint | null =>
  rule.kind === 'promotion' ? rule.terms.budgetMinor : null

/** What of each rule's budget is used, in minor units; null for a rule without one. */
async function readBudgets(io: Io, institutionId: string, rules: readonly RouteRule[]) {
  const keys = rules
    .filter((rule) => budgetOf(rule) !== null)
    .map(({ id: subject }) => ({ subject, period: BUDGET_PERIOD }))
  const used = await readQuotas(io.db, institutionId, keys)
  return (rule: RouteRule): bigint | null =>
    budgetOf(rule) === null ? null : (used.get(quotaKey(rule.id, BUDGET_PERIOD)) ?? 0n)
}
