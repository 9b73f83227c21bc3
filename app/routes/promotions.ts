import { Type } from 'typebox'

import { readMerchant } from '../../modules/party/party.ts'
import {
  BUDGET_PERIOD,
  hasBudget,
  offerWords,
  promotionsOn,
  readQuotas,
  type RuleOf,
} from '../../modules/route/route.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { showTerms } from '../schemas/route-terms.ts'
import { IdText, ListOf, ListQuery, orNull, showList, Time } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const PromotionView = Type.Object(
  {
    object: Type.Literal('promotion'),
    id: Type.String({ examples: ['rte_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    name: Type.String({ examples: ['满 50 减 3'] }),
    name_en: Type.String(),
    merchant: orNull(Type.String()),
    merchant_name: orNull(Type.String({ examples: ['晨光便利店'] })),
    text_zh: Type.String({ examples: ['满 50.00 元减 3.00 元'] }),
    text_en: Type.String({ examples: ['3.00 yuan off from 50.00 yuan'] }),
    on: orNull(Type.Unsafe<object>({ type: 'object', additionalProperties: true })),
    when: orNull(Type.Unsafe<object>({ type: 'object', additionalProperties: true })),
    valid_until: orNull(Time()),
  },
  { title: 'Promotion' },
)

type Promotion = RuleOf<'promotion'>

const showPromotion = (promotion: Promotion, merchantName: string | null) => {
  const { zh, en } = offerWords(promotion)
  const terms = showTerms(promotion)['promotion'] as { on?: object; when?: object }
  return {
    object: 'promotion' as const,
    id: promotion.id,
    name: promotion.name,
    name_en: promotion.nameEn,
    merchant: promotion.merchantId,
    merchant_name: merchantName,
    text_zh: zh,
    text_en: en,
    on: terms.on ?? null,
    when: terms.when ?? null,
    valid_until: promotion.validUntil?.toISOString() ?? null,
  }
}

/** What payers get off now. Source: P10. */
export function promotionRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/promotions',
    {
      schema: {
        summary: 'What is on now: promotions with a budget left, the newest first',
        querystring: ListQuery({ merchant: Type.Optional(IdText('mch')) }),
        response: { 200: ListOf(PromotionView) },
      },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const { query } = request
      const isWanted = ({ merchantId }: Promotion) =>
        query.merchant === undefined || merchantId === null || merchantId === query.merchant
      const all = promotionsOn(io.routeRules(institutionId), io.now()).filter(isWanted)
      const budgets = all.map(({ id: subject }) => ({ subject, period: BUDGET_PERIOD }))
      const used = await readQuotas(io.db, institutionId, budgets)
      const after = query.starting_after
      const open = all
        .filter((one) => hasBudget(one, used) && (after === undefined || one.id < after))
        .reverse()
      const names = await namesOf(io, institutionId, open.slice(0, Number(query.limit ?? '20')))
      const show = (one: Promotion) =>
        showPromotion(one, one.merchantId === null ? null : (names.get(one.merchantId) ?? null))
      return showList(open, query, { url: '/v1/promotions', show })
    },
  )
}

async function namesOf(io: Context['io'], institutionId: string, promotions: Promotion[]) {
  const ids = new Set(promotions.flatMap(({ merchantId }) => merchantId ?? []))
  const merchants = await Promise.all([...ids].map((id) => readMerchant(io.db, institutionId, id)))
  return new Map(merchants.flatMap((one) => (one ? [[one.id, one.name] as const] : [])))
}
