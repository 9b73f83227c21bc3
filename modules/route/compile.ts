import { isMet, type LocalMoment, type Place } from './place.ts'
import type { RouteRule, RuleKind, RuleOf, Target, When } from './rule.ts'

/** One way in which a payment could go: a source of the payer by a road, or a road to a scheme. */
export type Candidate = {
  /** `book` for our own books, else the channel account's id. */
  road: string
  /** wechat, alipay, …; `book` for our own books. */
  channel: string
  scheme: string
  /** What people call it. */
  name: string
  nameEn: string
  sourceId: string | null
  /** The payer's own order, 0 first. */
  sourceRank: number
  sourceLabel: string | null
  /** balance, card, linked, bank_card; null for a foreign code. */
  sourceKind: string | null
  costBps: number
  /** Whether its channel answers now. */
  isHealthy: boolean
}

/** What is paid, where and when. Day, month, weekday and minute are the institution's own. */
export type Situation = LocalMoment & {
  institutionId: string
  merchantId: string
  category: string
  storeId: string
  storeKind: string
  storePosition: Place | null
  position: Place | null
  scheme: string
  amountMinor: bigint
  currency: string
  now: Date
}

/** A rule with its validity and its place by id as numbers, which are quickly compared. */
type Held = { rule: RouteRule; place: number; fromMs: number; untilMs: number }
type Index = Map<string, Held[]>

/** Rules sorted for looking up the few that a payment may meet. Made by `compileRules`. */
export type CompiledRules = {
  readonly isEmpty: boolean
  readonly promotions: readonly RuleOf<'promotion'>[]
  readonly byStore: Index
  readonly byMerchant: Index
  readonly byCategory: Index
  readonly byStoreKind: Index
  readonly byRoad: Index
  readonly byChannel: Index
  readonly byScheme: Index
  readonly bySourceKind: Index
  readonly rest: readonly Held[]
}

/**
 * Sorts rules by the narrowest thing that each of them names, so that a decision looks at few of a
 * thousand. The order in which they come does not matter.
 */
export function compileRules(rows: readonly RouteRule[]): CompiledRules {
  const index = (): Index => new Map()
  const rest: Held[] = []
  const compiled = {
    isEmpty: rows.length === 0,
    promotions: rows.filter((rule) => rule.kind === 'promotion'),
    ...{ byStore: index(), byMerchant: index(), byCategory: index(), byStoreKind: index() },
    ...{ byRoad: index(), byChannel: index(), byScheme: index(), bySourceKind: index(), rest },
  }
  for (const [place, rule] of rows.toSorted(byId).entries()) {
    const when = whenOf(rule)
    const on = targetOf(rule)
    // From the narrow to the wide. The first list that says something is the one it is found by.
    const ways: [Index, readonly string[]][] = [
      [compiled.byStore, when?.storeIds ?? []],
      [compiled.byMerchant, rule.merchantId === null ? [] : [rule.merchantId]],
      [compiled.byRoad, on.roads],
      [compiled.byCategory, when?.categories ?? []],
      [compiled.byChannel, on.channels],
      [compiled.byStoreKind, when?.storeKinds ?? []],
      [compiled.byScheme, on.schemes],
      [compiled.bySourceKind, on.sourceKinds],
    ]
    const way = ways.find(([, keys]) => keys.length > 0)
    const fromMs = rule.validFrom.getTime()
    const held = { rule, place, fromMs, untilMs: rule.validUntil?.getTime() ?? Infinity }
    if (!way) rest.push(held)
    else for (const key of new Set(way[1])) put(way[0], key, held)
  }
  return compiled
}

function put(index: Index, key: string, held: Held): void {
  const others = index.get(key)
  if (others) others.push(held)
  else index.set(key, [held])
}

const whenOf = (rule: RouteRule): When | null => (rule.kind === 'quota' ? null : rule.terms.when)

const everything: Target = { schemes: [], channels: [], roads: [], sourceKinds: [] }

function targetOf(rule: RouteRule): Target {
  switch (rule.kind) {
    case 'promotion':
    case 'environment':
      return rule.terms.on
    case 'quota': {
      const { of } = rule.terms
      if (of.kind === 'channel_account') return { ...everything, roads: [of.id] }
      if (of.kind === 'scheme') return { ...everything, schemes: [of.scheme] }
      return { ...everything, sourceKinds: [of.sourceKind] }
    }
    case 'preference':
      return everything
  }
}

/** The rules that hold for one payment, by kind, each list in the order of the ids. */
export type LiveRules = { [Kind in RuleKind]: RuleOf<Kind>[] }

// The counters are asked for first and the decision afterwards, of the same question.
type Answer = { rules: CompiledRules; candidates: readonly Candidate[]; live: LiveRules }
const answers = new WeakMap<Situation, Answer>()

/**
 * Finds the rules that hold here and now and that some candidate may be about. None of the three
 * is changed afterwards: asked again with the same ones, it answers what it found.
 */
export function rulesFor(
  rules: CompiledRules,
  situation: Situation,
  candidates: readonly Candidate[],
): LiveRules {
  const last = answers.get(situation)
  if (last?.rules === rules && last.candidates === candidates) return last.live
  const live = findRules(rules, situation, candidates)
  answers.set(situation, { rules, candidates, live })
  return live
}

function findRules(
  rules: CompiledRules,
  situation: Situation,
  candidates: readonly Candidate[],
): LiveRules {
  const live: LiveRules = { promotion: [], quota: [], environment: [], preference: [] }
  if (rules.isEmpty) return live
  const found: Held[] = []
  const nowMs = situation.now.getTime()
  const take = (some: readonly Held[] | undefined): void => {
    if (!some) return
    for (const held of some)
      if (held.fromMs <= nowMs && nowMs < held.untilMs && holds(held.rule, situation)) {
        found.push(held)
      }
  }
  take(rules.rest)
  take(rules.byStore.get(situation.storeId))
  take(rules.byMerchant.get(situation.merchantId))
  take(rules.byCategory.get(situation.category))
  take(rules.byStoreKind.get(situation.storeKind))
  takeEach(rules.byRoad, candidates, (one) => one.road, take)
  takeEach(rules.byChannel, candidates, (one) => one.channel, take)
  takeEach(rules.byScheme, candidates, (one) => one.scheme, take)
  takeEach(rules.bySourceKind, candidates, (one) => one.sourceKind ?? '', take)
  found.sort((a, b) => a.place - b.place)
  for (let at = 0; at < found.length; at += 1) {
    const { rule, place } = found[at]!
    // A rule that names two channels is found by each of them.
    if (found[at - 1]?.place !== place) (live[rule.kind] as RouteRule[]).push(rule)
  }
  return live
}

// Many candidates share a channel; its rules are looked at once.
function takeEach(
  index: Index,
  candidates: readonly Candidate[],
  keyOf: (candidate: Candidate) => string,
  take: (some: readonly Held[] | undefined) => void,
): void {
  if (index.size === 0) return
  for (const key of new Set(candidates.map(keyOf))) take(index.get(key))
}

const byId = (a: RouteRule, b: RouteRule): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

function holds(rule: RouteRule, situation: Situation): boolean {
  const { merchantId } = rule
  if (merchantId !== null && merchantId !== situation.merchantId) return false
  if (rule.currency !== situation.currency) return false
  return rule.kind === 'quota' || isMet(rule.terms.when, situation)
}

/** Whether the candidate is one that the rule is about. */
export const isOn = (on: Target, candidate: Candidate): boolean =>
  isListed(on.roads, candidate.road) &&
  isListed(on.channels, candidate.channel) &&
  isListed(on.schemes, candidate.scheme) &&
  isListed(on.sourceKinds, candidate.sourceKind ?? '')

const isListed = (list: readonly string[], name: string) => list.length === 0 || list.includes(name)
