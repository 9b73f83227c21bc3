import { loadSql, type Db, type Tx } from '../database/database.ts'
import { agentPayable, institutionFees, openAccounts, platformPayable } from '../ledger/ledger.ts'
import type { Currency } from '../money/money.ts'
import type { AllocationLine } from './allocation.ts'

const sql = loadSql(new URL('./allocation.sql', import.meta.url))

export type CurrentRule = { merchantId: string; version: number; lines: AllocationLine[] }
export type RuleVersion = {
  merchantId: string
  version: number
  effectiveAt: Date
  createdBy: string
  createdAt: Date
  lines: AllocationLine[]
}

type LineRow = {
  role: AllocationLine['role'] | null
  party_id: string | null
  bps: number
  base: AllocationLine['base']
  minimum_minor: bigint
  cap_minor: bigint | null
}

const addLine = (lines: AllocationLine[], row: LineRow): void => {
  const { role, party_id: partyId, bps, base, minimum_minor: minimumMinor } = row
  if (role !== null) lines.push({ role, partyId, bps, base, minimumMinor, capMinor: row.cap_minor })
}

/**
 * The rule in force at `now` for each merchant that has one: the newest version whose time has
 * come. A merchant without a rule is left out, and keeps the whole of each payment.
 */
export async function readCurrentRules(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  merchantIds: readonly string[],
  now: Date,
): Promise<Map<string, CurrentRule>> {
  type Row = LineRow & { merchant_id: string; version: number; line_no: number | null }
  const values = [institutionId, [...new Set(merchantIds)], now]
  const rows = await tx.many<Row>(sql('read_current_rules'), values)
  const rules = new Map<string, CurrentRule>()
  for (const row of rows.toSorted((a, b) => (a.line_no ?? 0) - (b.line_no ?? 0))) {
    const { merchant_id: merchantId, version } = row
    let rule = rules.get(merchantId)
    if (!rule) rules.set(merchantId, (rule = { merchantId, version, lines: [] }))
    addLine(rule.lines, row)
  }
  return rules
}

/** All versions of one merchant's rule, newest first. */
export async function readRules(
  db: Pick<Db, 'read'>,
  institutionId: string,
  merchantId: string,
): Promise<RuleVersion[]> {
  type Row = LineRow & { version: number; effective_at: Date; created_by: string; created_at: Date }
  const rows = await db.read<Row>(sql('read_versions'), [institutionId, merchantId])
  const versions: RuleVersion[] = []
  for (const row of rows) {
    if (versions.at(-1)?.version !== row.version)
      versions.push({
        merchantId,
        version: row.version,
        effectiveAt: row.effective_at,
        createdBy: row.created_by,
        createdAt: row.created_at,
        lines: [],
      })
    addLine(versions.at(-1)?.lines ?? [], row)
  }
  return versions
}

/**
 * Adds the next version of a merchant's rule and opens the accounts that its lines pay into. The
 * caller has asked `checkRule` first. Answers the version's number.
 *
 * @param rule.currency of the accounts that are opened
 */
export async function insertRuleVersion(
  tx: Tx,
  institutionId: string,
  rule: Omit<RuleVersion, 'version'> & { currency: Currency },
): Promise<number> {
  const { merchantId, effectiveAt, createdBy, createdAt, lines, currency } = rule
  const accountIds = lines.map(accountOf)
  const credit = { currency, normalSide: 'credit', floorMinor: 0n } as const
  const accounts = [...new Set(accountIds)].map((id) => ({ id, ...credit }))
  await openAccounts(tx, institutionId, accounts, createdAt)
  const values = [institutionId, merchantId, effectiveAt, createdBy, createdAt]
  const [row] = await tx.many<{ version: number }>(sql('insert_rule'), values)
  const version = row?.version ?? 0
  tx.send(sql('insert_lines'), [
    institutionId,
    merchantId,
    version,
    lines.map((line) => line.role),
    lines.map((line) => line.partyId),
    lines.map((line) => line.bps),
    lines.map((line) => line.base),
    lines.map((line) => line.minimumMinor),
    lines.map((line) => line.capMinor),
  ])
  return version
}

/** The account that a line of a rule pays into. */
export function accountOf({ role, partyId }: Pick<AllocationLine, 'role' | 'partyId'>): string {
  if (role === 'fee' || partyId === null) return institutionFees
  return role === 'agent' ? agentPayable(partyId) : platformPayable(partyId)
}
