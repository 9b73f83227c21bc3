import { Type, type Static } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { isCurrency } from '../../modules/money/money.ts'
import { classify, parse, type PaymentCode } from '../../modules/paycode/paycode.ts'
import { readMerchant, readStore } from '../../modules/party/party.ts'
import { lookAround, type Asked } from '../../modules/payment/payment.ts'
import type { Considered, Decision } from '../../modules/route/route.ts'
import {
  findCodes,
  hashOf,
  readPayer,
  readUsableSources,
  type UsableSource,
} from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { merchantFor, type Principal } from '../http/principal.ts'
import { ReasonView, showReason } from '../schemas/route.ts'
import { Amount, Body, CurrencyCode, found, IdText, orNull } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

const Question = Body({
  merchant: Type.Optional(IdText('mch', { description: 'Named by the operator' })),
  store: IdText('str'),
  amount: Amount(),
  currency: CurrencyCode(),
  payment_code: Type.Optional(
    Type.String({ maxLength: 512, description: 'As scanned; it is looked at and not used' }),
  ),
  scheme: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{1,31}$', examples: ['wechat'] })),
  payer: Type.Optional(
    IdText('pyr', { description: 'One of our payers, whose sources are all considered' }),
  ),
  position: Type.Optional(
    Body({
      latitude: Type.Number({ minimum: -90, maximum: 90, examples: [31.2397] }),
      longitude: Type.Number({ minimum: -180, maximum: 180, examples: [121.4998] }),
    }),
  ),
})

const ConsideredView = Type.Object({
  road: Type.String({ description: '`book`, or a channel account', examples: ['book'] }),
  name: Type.String({ examples: ['微信支付'] }),
  name_en: Type.String({ examples: ['WeChat Pay'] }),
  source: orNull(Type.String({ description: 'Shown to the operator' })),
  source_label: orNull(Type.String({ description: 'Shown to the operator' })),
  discount: Type.Integer({ description: 'What the payer pays less, in minor units' }),
  score: Type.Integer({ description: '0: excluded. Else the higher, the earlier' }),
  is_winner: Type.Boolean(),
  excluded_by: orNull(ReasonView),
  reasons: Type.Array(ReasonView),
})

const DecisionView = Type.Object(
  {
    object: Type.Literal('route_decision'),
    amount: Type.Integer({ description: 'In minor units' }),
    currency: CurrencyCode(),
    winner: orNull(
      Type.Object({
        road: Type.String(),
        source: orNull(Type.String()),
        promotion: orNull(Type.String()),
        discount: Type.Integer(),
        charged: Type.Integer({ description: 'What the payer would pay' }),
        reasons: Type.Array(ReasonView),
      }),
    ),
    candidates: Type.Array(ConsideredView),
  },
  { title: 'RouteDecision' },
)

/** What would be chosen, and why: the same choice as a payment's, without a payment. */
export function routeDecisionRoutes(app: App, { io }: Context): void {
  app.post(
    '/v1/route_decisions',
    {
      schema: {
        summary: 'Dry run: which road would be taken, and why',
        description:
          'Name one of `payment_code`, `scheme` and `payer`. Nothing is charged, taken or counted.',
        body: Question,
        response: { 200: DecisionView },
      },
      config: {
        ...allow('operator', 'merchant'),
        refusals: ['CURRENCY_NOT_SUPPORTED', 'INVALID_PAYMENT_CODE', 'CODE_UNKNOWN'],
      },
    },
    async (request) => {
      const principal = principalOf(request)
      const { body } = request
      const institution = await io.institution(principal.institutionId)
      if (!isCurrency(body.currency) || body.currency !== institution.currency) {
        throw new AppError('CURRENCY_NOT_SUPPORTED', { param: 'currency' })
      }
      const merchantId = merchantFor(principal, body.merchant)
      found(await readMerchant(io.db, institution.id, merchantId))
      const store = found(await readStore(io.db, institution.id, body.store))
      if (store.merchantId !== merchantId) throw new AppError('NOT_FOUND')
      const asked: Asked = {
        ...{ merchantId, storeId: store.id, position: body.position ?? null },
        ...{ amountMinor: BigInt(body.amount), currency: body.currency },
        ...(await readPayingSide(io, principal, body)),
      }
      const decision = await lookAround(io, institution, { asked, now: io.now() })
      return showDecision(decision, { body, principal })
    },
  )
}

type PayingSide = Pick<Asked, 'scheme' | 'issuerInstitutionId' | 'sources'>

async function readPayingSide(
  io: Io,
  principal: Principal,
  { payment_code, scheme, payer }: Static<typeof Question>,
): Promise<PayingSide> {
  const { institutionId } = principal
  const given = [payment_code, scheme, payer].filter((one) => one !== undefined)
  if (given.length !== 1) throw new AppError('INVALID_REQUEST', { param: 'scheme' })
  if (payment_code !== undefined) {
    const parsed = parse(payment_code, io.issuers())
    if (parsed.refused !== undefined) throw new AppError(parsed.refused)
    return sideOfCode(io, principal, parsed.ok)
  }
  const ours = { scheme: 'onetill', issuerInstitutionId: institutionId }
  if (payer !== undefined) {
    // Whom a payer pays with is nothing that a merchant may learn.
    if (principal.role !== 'operator') throw new AppError('FORBIDDEN')
    found(await readPayer(io.db, institutionId, payer))
    return { ...ours, sources: await sourcesOf(io, institutionId, payer) }
  }
  if (scheme === 'onetill') return { ...ours, sources: [anyBalance] }
  return { scheme: scheme ?? '', issuerInstitutionId: null, sources: [] }
}

/** Any payer's stored balance, where a wallet of ours is asked about and no payer is named. */
const anyBalance: UsableSource = {
  ...{ payerId: '', sourceId: '', kind: 'balance', label: '余额', rank: 1 },
  ...{ ledgerAccountId: '', channelAccountId: null },
}

async function sideOfCode(
  io: Io,
  { institutionId, role }: Principal,
  code: PaymentCode,
): Promise<PayingSide> {
  const { platform: scheme } = classify(code)
  const { institutionId: issuerInstitutionId } = code.issuer
  if (issuerInstitutionId !== institutionId) return { scheme, issuerInstitutionId, sources: [] }
  // Guesses at our codes are counted where payments are taken; so nobody else may guess here.
  if (role !== 'operator') throw new AppError('INVALID_REQUEST', { param: 'payment_code' })
  const [known] = await findCodes({ many: io.db.read }, institutionId, [hashOf(io, code)])
  if (!known) throw new AppError('CODE_UNKNOWN')
  const sources = await sourcesOf(io, institutionId, known.payerId)
  const isMeant = ({ sourceId }: UsableSource) => known.isAuto || sourceId === known.sourceId
  return { scheme, issuerInstitutionId, sources: sources.filter(isMeant) }
}

const sourcesOf = (io: Io, institutionId: string, payerId: string) =>
  readUsableSources({ many: io.db.read }, institutionId, [payerId])

type Shown = { body: Static<typeof Question>; principal: Principal }

function showDecision({ winner, candidates }: Decision, { body, principal }: Shown) {
  const { amount, currency } = body
  const maySeeSource = principal.role === 'operator'
  const shownSource = (id: string | null) => (maySeeSource && id ? id : null)
  const show = (one: Considered) => ({
    road: one.road,
    name: one.name,
    name_en: one.nameEn,
    source: shownSource(one.sourceId),
    source_label: maySeeSource ? one.sourceLabel : null,
    discount: Number(one.discountMinor),
    score: one.score,
    is_winner: one.isWinner,
    excluded_by: one.excludedBy && showReason(one.excludedBy),
    reasons: one.reasons.map(showReason),
  })
  return {
    object: 'route_decision' as const,
    amount,
    currency,
    winner: winner && {
      road: winner.candidate.road,
      source: shownSource(winner.candidate.sourceId),
      promotion: winner.promotionId,
      discount: Number(winner.discountMinor),
      charged: amount - Number(winner.discountMinor),
      reasons: winner.reasons.map(showReason),
    },
    candidates: candidates.map(show),
  }
}
