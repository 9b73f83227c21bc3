// Which source and which road: promotions, quotas, environment, order and cost as rules, one pure
// decision over them that keeps its reasons, and the counters of what quotas have used.

export { compileRules, type Candidate, type CompiledRules, type Situation } from './compile.ts'
export { checkRouteRule, type RouteRuleProblem } from './check.ts'
export {
  decideRoute,
  neededCounters,
  type Chosen,
  type Considered,
  type Decision,
} from './decide.ts'
export { distanceM, momentAt, type LocalMoment, type Place } from './place.ts'
export { BUDGET_PERIOD, discountOf, hasBudget, promotionsOn, shareDiscount } from './promotion.ts'
export {
  addQuotas,
  fitsQuotas,
  givenBack,
  lockQuotas,
  partGivenBack,
  quotaKey,
  readQuotas,
  writeQuotas,
  type QuotaKeyParts,
  type QuotaUse,
  type Returned,
} from './quota.ts'
export {
  anything,
  anywhere,
  ruleKinds,
  ruleState,
  type Area,
  type EnvironmentTerms,
  type FundingPart,
  type Hours,
  type Offer,
  type PreferenceTerms,
  type PromotionTerms,
  type QuotaOf,
  type QuotaTerms,
  type RouteRule,
  type RuleKind,
  type RuleOf,
  type Target,
  type When,
} from './rule.ts'
export {
  createRouteRule,
  endRouteRule,
  listRouteRules,
  readRouteRule,
  readRouteRules,
  routeVersion,
  type RulePage,
} from './rules.ts'
export { offerWords, reasonCodes, reasonWords, type RouteReason } from './words.ts'
