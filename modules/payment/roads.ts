import type { ChannelAccount } from '../channel/channel.ts'
import type { Step } from '../database/database.ts'
import { loadSql } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import { channelReceivable, clearing, memoChannel } from '../ledger/ledger.ts'
import { newId } from '../lib/ids.ts'
import type { Institution } from '../party/party.ts'
import {
  decideRoute,
  momentAt,
  neededCounters,
  readQuotas,
  type Candidate,
  type Chosen,
  type Considered,
  type Decision,
  type Situation,
} from '../route/route.ts'
import { readUsableSources, type FoundCode, type UsableSource } from '../wallet/wallet.ts'
import type { Charge } from './charge.ts'
import type { Payment } from './state.ts'

const sql = loadSql(new URL('./payment.sql', import.meta.url))

/** Who wants to pay how much where: what the choice of a road is made for. */
export type Asked = {
  merchantId: string
  storeId: string
  position: Situation['position']
  amountMinor: bigint
  currency: Payment['currency']
  /** Whose code it is: wechat, alipay, …, onetill. */
  scheme: string
  /** The institution that issued the code; null for a scheme's. */
  issuerInstitutionId: string | null
  /** The payer's sources: the chosen one, or all of them when OneTill may choose. */
  sources: readonly UsableSource[]
  /** What the rules ask of merchant and store, where the caller has read it already. */
  place?: Place | null
}

/** A road that was chosen, with what it takes to go it. */
export type Chance = {
  chosen: Chosen
  candidates: readonly Considered[]
  /** Null on the road `book`. */
  account: ChannelAccount | null
  /** The payer's source; null for a foreign code. */
  source: UsableSource | null
}

const words: Record<string, { zh: string; en: string }> = {
  wechat: { zh: '微信支付', en: 'WeChat Pay' },
  alipay: { zh: '支付宝', en: 'Alipay' },
  unionpay: { zh: '银联云闪付', en: 'UnionPay' },
  bankcard: { zh: '银行卡', en: 'Bank card' },
  interbank: { zh: '跨机构支付', en: 'Interbank' },
}

/**
 * Every road that might take the payment: for a foreign code the accounts at its scheme, for our
 * own code the payer's sources, each by the road it is reached on.
 *
 * Source: P6, P10–P12; DESIGN §3 (route).
 */
export function candidatesOf(io: Pick<Io, 'channels'>, institutionId: string, asked: Asked) {
  const roads = io.channels
    .roads(institutionId)
    .filter(({ account }) => account.merchantId === null || account.merchantId === asked.merchantId)
  const byRoad = ({ account, health }: (typeof roads)[number]) => {
    const { zh, en } = words[account.channel] ?? { zh: account.name, en: account.name }
    const by = account.acquirer === null ? '' : ` · ${account.acquirer}`
    const { id: road, channel, scheme, costBps } = account
    const isHealthy = health.state === 'healthy'
    return { road, channel, scheme, costBps, isHealthy, name: zh + by, nameEn: en + by }
  }
  const isOurs = asked.issuerInstitutionId === institutionId
  if (!isOurs) {
    const foreign = { sourceId: null, sourceKind: null, sourceRank: 0, sourceLabel: null }
    return roads
      .filter(({ account }) => takesCode(account, asked))
      .map((road): Candidate => ({ ...byRoad(road), ...foreign }))
  }
  return asked.sources.flatMap((source): Candidate[] => {
    const { sourceId, kind: sourceKind, rank: sourceRank, label: sourceLabel } = source
    const whose = { sourceId, sourceKind, sourceRank, sourceLabel }
    if (source.ledgerAccountId !== null) {
      const book = { road: 'book', channel: 'book', scheme: 'onetill', costBps: 0, isHealthy: true }
      return [{ ...book, ...whose, name: sourceLabel, nameEn: sourceLabel }]
    }
    const road = roads.find(({ account }) => account.id === source.channelAccountId)
    return road ? [{ ...byRoad(road), ...whose }] : []
  })
}

/** Whether an account charges codes like this one that are scanned at a till. */
function takesCode({ channel, scheme, settings }: ChannelAccount, asked: Asked): boolean {
  if (channel === 'bankcard') return false
  if (channel === 'interbank')
    return (
      asked.issuerInstitutionId !== null &&
      settings['issuerInstitutionId'] === asked.issuerInstitutionId
    )
  return asked.issuerInstitutionId === null && scheme === asked.scheme
}

/**
 * Looks where the payment happens and at what is left of the quotas, and lets the rules choose.
 * Nothing is locked: what it chose is checked again, and reserved, in the batch that opens the payment.
 */
export async function lookAround(
  io: Io,
  institution: Institution,
  { asked, now }: { asked: Asked; now: Date },
): Promise<Decision> {
  const institutionId = institution.id
  const candidates = candidatesOf(io, institutionId, asked)
  const rules = io.routeRules(institutionId)
  const { merchantId, storeId } = asked
  const place = asked.place ?? (await placeOf(io, institutionId, { merchantId, storeId }))
  if (!place) throw new AppError('NOT_FOUND')
  const situation: Situation = {
    ...{ institutionId, merchantId, storeId, ...place, position: asked.position },
    ...{ scheme: asked.scheme, amountMinor: asked.amountMinor, currency: asked.currency },
    ...momentAt(now, institution.timeZone),
    now,
  }
  const counters = neededCounters(rules, situation, candidates)
  const used = await readQuotas(io.db, institutionId, counters)
  return decideRoute(rules, situation, candidates, used)
}

/**
 * Chooses the road of a payment.
 *
 * @throws AppError SCHEME_NOT_OPEN (no road to such codes), CHANNEL_UNAVAILABLE (none that answers),
 *   NO_ROAD_LEFT (all are excluded by rules or quotas)
 */
export async function chooseRoad(
  io: Io,
  institution: Institution,
  wanted: { asked: Asked; now: Date },
): Promise<Chance> {
  const { asked } = wanted
  const plain = plainChance(io, institution.id, asked)
  if (plain) return plain
  const { winner: chosen, candidates } = await lookAround(io, institution, wanted)
  if (!chosen) throw new AppError(refusalOf(candidates))
  const { road, sourceId } = chosen.candidate
  const found = road === 'book' ? null : io.channels.road(institution.id, road)
  if (road !== 'book' && !found) throw new AppError('CHANNEL_UNAVAILABLE')
  const source = asked.sources.find((one) => one.sourceId === sourceId) ?? null
  return { chosen, candidates, account: found?.account ?? null, source }
}

/** Where there is nothing to choose: one account of ours, and no rule at all. Spares the look. */
function plainChance(io: Io, institutionId: string, { sources, issuerInstitutionId }: Asked) {
  const [source, ...others] = sources
  const isBook = issuerInstitutionId === institutionId && source && source.ledgerAccountId !== null
  if (!isBook || others.length > 0 || !io.routeRules(institutionId).isEmpty) return null
  const { sourceId, kind, rank, label } = source
  const candidate: Candidate = {
    ...{ road: 'book', channel: 'book', scheme: 'onetill', name: label, nameEn: label, costBps: 0 },
    ...{ sourceId, sourceKind: kind, sourceRank: rank, sourceLabel: label, isHealthy: true },
  }
  const reasons = [{ code: 'on_us' }, { code: 'payer_chose_source' }]
  const nothing = { promotionId: null, discountMinor: 0n, funding: [], uses: [] }
  return { chosen: { candidate, reasons, ...nothing }, candidates: [], account: null, source }
}

function refusalOf(candidates: readonly Considered[]) {
  if (candidates.length === 0) return 'SCHEME_NOT_OPEN'
  const isAllIll = candidates.every(({ excludedBy }) => excludedBy?.code === 'channel_ill')
  return isAllIll ? 'CHANNEL_UNAVAILABLE' : 'NO_ROAD_LEFT'
}

export type Place = Pick<Situation, 'category' | 'storeKind' | 'storePosition'>
type Where = { merchantId: string; storeId: string }

/** What the rules ask of a merchant and its store; null when there is no such store. */
export const placeOf = (io: Io, institutionId: string, where: Where): Promise<Place | null> =>
  io.batched(readPlace, institutionId, where)

const readPlace: Step<Where, Place | null> = {
  name: 'payment.read_place',
  mode: 'single',
  async run(tx, institutionId, wanted) {
    type Row = {
      merchant_id: string
      store_id: string
      category: string
      kind: Situation['storeKind']
      latitude: number | null
      longitude: number | null
    }
    const rows = await tx.many<Row>(sql('read_places'), [
      institutionId,
      wanted.map(({ merchantId }) => merchantId),
      wanted.map(({ storeId }) => storeId),
    ])
    const byStore = new Map(rows.map((row) => [`${row.merchant_id} ${row.store_id}`, row]))
    return wanted.map(({ merchantId, storeId }): Place | null => {
      const row = byStore.get(`${merchantId} ${storeId}`)
      if (!row) return null
      const { category, kind: storeKind, latitude, longitude } = row
      const storePosition = latitude === null || longitude === null ? null : { latitude, longitude }
      return { category, storeKind, storePosition }
    })
  },
}

/** What of the payer's sources a code may be charged to: the one it was made for, or all of them. */
export async function sourcesOf(
  io: Io,
  institutionId: string,
  found: FoundCode,
): Promise<readonly UsableSource[]> {
  if (!found.isAuto && found.sourceAccountId !== null) {
    const { payerId, sourceId, sourceLabel: label, sourceAccountId: ledgerAccountId } = found
    const known = { payerId, sourceId, label, ledgerAccountId, channelAccountId: null }
    return [{ ...known, kind: 'balance', rank: 0 }]
  }
  const all = await readUsableSources({ many: io.db.read }, institutionId, [found.payerId])
  return found.isAuto ? all : all.filter(({ sourceId }) => sourceId === found.sourceId)
}

// The channel's own answer is waited for this long before the first check may come between.
const PATIENCE_MS = 10_000

/** The account in our books that owes what a channel account has collected. */
export function debitAccountOf({ id, channel, settlement, settings }: ChannelAccount): string {
  if (channel === 'interbank') return clearing(String(settings['issuerInstitutionId']))
  return settlement === 'direct' ? memoChannel(id) : channelReceivable(id)
}

/** The charge that a payment asks of a channel account, as it stands before anything was heard. */
export function newCharge(
  io: Pick<Io, 'channels'>,
  payment: Payment,
  how: {
    account: ChannelAccount
    means: Charge['means']
    codeHash: Buffer | null
    amountMinor: bigint
    now: Date
  },
): { charge: Charge; firstCheckAt: Date } {
  const { institutionId, id: paymentId, currency } = payment
  const { account, means, codeHash, amountMinor, now } = how
  const { id: channelAccountId, channel, settlement } = account
  const debitAccountId = debitAccountOf(account)
  const schedule = io.channels.road(institutionId, account.id)?.channel.schedule
  const firstMs = (schedule?.queriesMs[0] ?? 0) + PATIENCE_MS
  const charge: Charge = {
    ...{ institutionId, id: newId('chg', now.getTime()), paymentId, number: 1 },
    ...{ channelAccountId, channel, debitAccountId, settlement, means },
    ...{ state: 'processing', step: 'query', amountMinor, currency, codeHash },
    ...{ channelRef: null, channelCode: null, payerMasked: null, payerPaidMinor: null },
    ...{
      declineReason: null,
      isLate: false,
      isPaidBack: false,
      startedAt: now,
      reverseAskedAt: null,
    },
    ...{ queries: 0, reverses: 0, completedAt: null },
  }
  return { charge, firstCheckAt: new Date(now.getTime() + firstMs) }
}
