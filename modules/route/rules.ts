import { loadSql, type Db, type Tx } from '../database/database.ts'
import { openAccounts, promotionCost } from '../ledger/ledger.ts'
import { readRuleRow, writeTerms, type RouteRule, type RuleKind, type RuleRow } from './rule.ts'

const sql = loadSql(new URL('./route.sql', import.meta.url))

/**
 * Adds a rule, which the caller has asked `checkRouteRule` about, opens the account that bears what
 * the institution gives away, and tells every process that its copy is old. Answers false, and
 * changes nothing, for an id that is there already.
 */
export async function createRouteRule(
  tx: Tx,
  institutionId: string,
  rule: RouteRule,
): Promise<boolean> {
  const added = await tx.many(sql('insert_rule'), [
    ...[institutionId, rule.id, rule.kind, rule.merchantId, rule.name, rule.nameEn],
    ...[rule.currency, writeTerms(rule.terms), rule.validFrom, rule.validUntil],
    ...[rule.createdBy, rule.createdAt],
  ])
  if (added.length === 0) return false
  if (rule.kind === 'promotion') {
    // What promotions cost may grow to any height: their budgets hold it, not the account.
    const account = { id: promotionCost, currency: rule.currency, floorMinor: null }
    const accounts = [{ ...account, normalSide: 'debit' as const }]
    await openAccounts(tx, institutionId, accounts, rule.createdAt)
  }
  tx.send(sql('bump_version'), [institutionId])
  return true
}

/**
 * Ends a rule at `now`, or before it begins. Answers whether this call ended it: false for one that
 * has ended already, or that is not there.
 */
export async function endRouteRule(
  tx: Tx,
  { institutionId, id, now }: { institutionId: string; id: string; now: Date },
): Promise<boolean> {
  const ended = await tx.many(sql('end_rule'), [institutionId, id, now])
  if (ended.length > 0) tx.send(sql('bump_version'), [institutionId])
  return ended.length > 0
}

/** Null when there is none in this institution. */
export async function readRouteRule(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<RouteRule | null> {
  const [row] = await db.read<RuleRow>(sql('read_rule'), [institutionId, id])
  return row ? readRuleRow(row) : null
}

export type RulePage = {
  /** Null: of all merchants, and those for all of them. */
  merchantId: string | null
  kind: RuleKind | null
  startingAfter: string | null
  limit: number
}

/** A page of rules, the newest first, ended ones too. */
export async function listRouteRules(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { merchantId, kind, startingAfter, limit }: RulePage,
): Promise<RouteRule[]> {
  const values = [institutionId, startingAfter ?? 'rte_z', kind, limit]
  const rows =
    merchantId === null
      ? await db.read<RuleRow>(sql('read_rules'), values)
      : await db.read<RuleRow>(sql('read_rules_of_merchant'), [...values, merchantId])
  return rows.map(readRuleRow)
}

/** The rules that hold or will hold, for the copy that a process compiles and keeps. */
export async function readRouteRules(
  db: Pick<Db, 'read'>,
  institutionId: string,
  now: Date,
): Promise<RouteRule[]> {
  const rows = await db.read<RuleRow>(sql('read_rules_not_ended'), [institutionId, now])
  return rows.map(readRuleRow)
}

/** Moves whenever a rule was made or ended, so that a copy need not be read in vain. */
export async function routeVersion(db: Pick<Db, 'read'>, institutionId: string): Promise<bigint> {
  const [row] = await db.read<{ version: bigint }>(sql('read_version'), [institutionId])
  return row?.version ?? 0n
}
