import { readCurrentRules, type CurrentRule } from '../allocation/allocation.ts'
import { loadSql, type Tx } from '../database/database.ts'
import { lockSales, saleSubject, type Sale, type SaleKey } from '../goods/goods.ts'
import { lockAccounts, type Account } from '../ledger/ledger.ts'
import { lockQuotas, type QuotaUse } from '../route/route.ts'
import { readPermissions, type TerminalPermission } from '../terminal/terminal.ts'
import {
  lockCodes,
  lockCounters,
  readMandateTerms,
  type Counters,
  type LockedCode,
  type MandateTerms,
  type Use,
} from '../wallet/wallet.ts'
import { findUsedCodes } from './charge.ts'

const sql = loadSql(new URL('./payment.sql', import.meta.url))

type QuotaKey = Pick<QuotaUse, 'subject' | 'period'>

/** What a batch will decide upon, named before anything is locked. */
export type Needs = {
  codeHashes: readonly Buffer[]
  /** Of codes that other institutions and schemes have issued. */
  foreignHashes: readonly Buffer[]
  sales: readonly SaleKey[]
  uses: readonly Use[]
  quotas: readonly QuotaKey[]
  accountIds: readonly string[]
  terminalIds: readonly string[]
  merchantIds: readonly string[]
  now: Date
}

/** A sale that is locked, or that the batch is about to write. */
export type SaleOnGround = Sale & { isStored: boolean }

/** What a batch decides upon: locked rows, and rows that were read after the locks. */
export type Ground = {
  codes: Map<string, LockedCode>
  /** Foreign codes that a charge has taken already, as hexadecimal hashes. */
  usedForeign: Set<string>
  sales: Map<string, SaleOnGround>
  counters: Counters
  quotas: Map<string, bigint>
  accounts: Map<string, Account>
  mandates: Map<string, MandateTerms>
  permissions: Map<string, TerminalPermission>
  rules: Map<string, CurrentRule>
}

/**
 * Locks and reads everything a batch decides upon, in one round trip: the statements travel
 * together and run one after the other. The order of the locks is the one of decision 0006
 * (code, payment, sale, limit counter, quota counter, account), each in key order, so batches can wait
 * for each other but never in a circle. What is only read is read after the locks.
 *
 * Source: DESIGN §5; decision 0006.
 */
export async function lockGround(tx: Tx, institutionId: string, needs: Needs): Promise<Ground> {
  const mandateIds = needs.uses.map(({ mandateId }) => mandateId)
  const [codes, usedForeign, sales, counters, quotas, accounts, mandates, permissions, rules] =
    await Promise.all([
      needs.codeHashes.length > 0
        ? lockCodes(tx, institutionId, distinctHashes(needs.codeHashes))
        : new Map<string, LockedCode>(),
      findUsedCodes(tx, institutionId, needs.foreignHashes),
      needs.sales.length > 0 ? lockSales(tx, institutionId, needs.sales) : [],
      lockCounters(tx, institutionId, needs.uses),
      needs.quotas.length > 0
        ? lockQuotas(tx, institutionId, needs.quotas)
        : new Map<string, bigint>(),
      needs.accountIds.length > 0
        ? lockAccounts(tx, institutionId, distinct(needs.accountIds))
        : new Map<string, Account>(),
      mandateIds.length > 0
        ? readMandateTerms(tx, institutionId, distinct(mandateIds))
        : new Map<string, MandateTerms>(),
      readPermissions(tx, institutionId, distinct(needs.terminalIds)),
      needs.merchantIds.length > 0
        ? readCurrentRules(tx, institutionId, distinct(needs.merchantIds), needs.now)
        : new Map<string, CurrentRule>(),
    ])
  return {
    codes,
    usedForeign,
    sales: new Map(sales.map((sale) => [saleSubject(sale), { ...sale, isStored: true }])),
    counters,
    quotas,
    accounts,
    mandates,
    permissions: new Map(permissions.map((one) => [one.terminalId, one])),
    rules,
  }
}

/** Each text once, in the order in which keys are locked. */
export const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort()

const distinctHashes = (hashes: readonly Buffer[]): Buffer[] => [
  ...new Map(hashes.map((hash) => [hash.toString('hex'), hash])).values(),
]

/** An earlier payment that has the same order number or the same idempotency key. */
export type Existing = {
  id: string
  merchantId: string
  orderNo: string
  idempotencyKey: string
  fingerprint: Buffer
}

export type ExistingKey = Pick<Existing, 'merchantId' | 'orderNo' | 'idempotencyKey'>

/** Finds earlier payments by either key, unlocked; the unique keys are the guard. */
export async function findExisting(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  keys: readonly ExistingKey[],
): Promise<Existing[]> {
  type Row = {
    id: string
    merchant_id: string
    order_no: string
    idempotency_key: string
    request_fingerprint: Buffer
  }
  const rows = await tx.many<Row>(sql('find_existing'), [
    institutionId,
    keys.map(({ merchantId }) => merchantId),
    keys.map(({ orderNo }) => orderNo),
    keys.map(({ idempotencyKey }) => idempotencyKey),
  ])
  return rows.map((row) => ({
    id: row.id,
    merchantId: row.merchant_id,
    orderNo: row.order_no,
    idempotencyKey: row.idempotency_key,
    fingerprint: row.request_fingerprint,
  }))
}
