import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import type { Institution } from '../party/party.ts'
import { periodsAt, readPayer, readUsableSources, type UsableSource } from '../wallet/wallet.ts'
import { takeUp, type TakenUp } from './present-take-up.ts'
import { readPayment } from './read.ts'
import { chooseRoad, newCharge, type Asked } from './roads.ts'
import { agreementOf, send } from './send.ts'
import { discountOf } from './discount.ts'
import { chargedMinor, type Paid, type Payment } from './state.ts'

/** A payer of ours pays an order. */
export type OrderPayment = {
  institutionId: string
  paymentId: string
  payerId: string
  /** Null: the source that the payer has chosen, or the best of all where the choice is left to us. */
  sourceId: string | null
  /** The PIN was entered, and the caller has checked it. */
  hasPin: boolean
}

/**
 * Pays an order that a merchant shows out of one of the payer's sources, here or linked at a scheme,
 * with the promotions and within the quotas that a scanned code would have. Paid again by the same
 * payer it answers the same payment.
 *
 * @throws AppError NOT_FOUND (no such order, no such source), ORDER_EXPIRED (paid, closed or too
 *   old), PIN_WRONG (the amount needs one), PAYER_FROZEN, what the terminal may not, and what
 *   `chooseRoad` throws
 *
 * Source: P10, P11, P14; DESIGN §10.
 */
export async function payOrder(io: Io, wish: OrderPayment): Promise<Paid> {
  const { institutionId, paymentId, payerId } = wish
  const [institution, order, payer] = await Promise.all([
    io.institution(institutionId),
    readPayment(io.db, institutionId, paymentId),
    readPayer(io.db, institutionId, payerId),
  ])
  if (!payer || !order) throw new AppError('NOT_FOUND')
  if (order.state !== 'processing') {
    if (order.payerId === payerId) return { payment: order, isReplay: true }
    throw new AppError('ORDER_EXPIRED')
  }
  const sources = await sourcesOf(io, wish, payer)
  for (let attempt = 1; attempt <= 3; attempt++) {
    const taken = await take(io, institution, { wish, order, payer, sources })
    if ('again' in taken) continue
    if ('refused' in taken) {
      const isPin = taken.refused === 'PIN_WRONG'
      throw new AppError(taken.refused, isPin ? { param: 'pin' } : {})
    }
    const { payment, charge, isReplay } = taken
    if (isReplay) return { payment, isReplay }
    io.poke(institutionId)
    if (!charge) return { payment, isReplay }
    const means = await agreementOf(io, payment)
    return { payment: await send(io, { payment, charge, means }), isReplay }
  }
  throw new AppError('BUSY')
}

type Payer = NonNullable<Awaited<ReturnType<typeof readPayer>>>

async function sourcesOf(
  io: Io,
  { institutionId, payerId, sourceId }: OrderPayment,
  payer: Payer,
): Promise<readonly UsableSource[]> {
  const all = await readUsableSources({ many: io.db.read }, institutionId, [payerId])
  const wanted = sourceId ?? (payer.isAuto ? null : payer.chosenSourceId)
  const sources = wanted === null ? all : all.filter((one) => one.sourceId === wanted)
  if (sources.length === 0) throw new AppError('NOT_FOUND', { param: 'source' })
  return sources
}

type Ready = {
  wish: OrderPayment
  order: Payment
  payer: Payer
  sources: readonly UsableSource[]
}

/** Chooses the road, and takes the order up in the batch. */
async function take(io: Io, institution: Institution, ready: Ready): Promise<TakenUp> {
  const { wish, order, payer, sources } = ready
  const { merchantId, position, amountMinor, currency } = order
  const now = io.now()
  const asked: Asked = {
    ...{ merchantId, storeId: order.storeId ?? '', position, amountMinor, currency, sources },
    ...{ scheme: 'onetill', issuerInstitutionId: institution.id },
  }
  const { chosen, account, source, candidates } = await chooseRoad(io, institution, { asked, now })
  if (!source) throw new AppError('NO_ROAD_LEFT', { param: 'source' })
  const offer = discountOf(chosen)
  const owedMinor = chargedMinor({ ...order, ...offer })
  const how = { means: 'agreement', codeHash: null, amountMinor: owedMinor, now } as const
  const { payerId, hasPin } = wish
  return io.batched(takeUp, institution.id, {
    paymentId: order.id,
    payer: { payerId, payerName: payer.name, mandateId: payer.mandateId },
    source: {
      ...{ sourceId: source.sourceId, sourceLabel: source.label },
      ledgerAccountId: source.ledgerAccountId,
    },
    road: account?.channel ?? 'book',
    charge: account ? newCharge(io, order, { account, ...how }) : null,
    ...{ offer, quotas: chosen.uses, reasons: chosen.reasons, candidates },
    ...{ hasPin, periods: periodsAt(now, institution.timeZone), now },
  })
}
