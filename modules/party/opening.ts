import { loadSql, type Tx } from '../database/database.ts'
import { bankCash, institutionFees, openAccounts, suspense } from '../ledger/ledger.ts'
import { slugOf, type Institution } from './institution.ts'
import { addIssuersOf } from './issuers.ts'
import { createMerchant } from './merchant.ts'

const sql = loadSql(new URL('./institution.sql', import.meta.url))

export type NewInstitution = Pick<
  Institution,
  'id' | 'name' | 'nameEn' | 'currency' | 'timeZone' | 'codePrefix'
> & {
  /** The id of the merchant that stands for the institution itself in top-ups. */
  houseMerchantId: string
}

// Merchant category of loading an account with money. Source: ISO 18245; Visa's "POI funding".
const HOUSE_CATEGORY = '6540'

/**
 * Opens an institution: its row, the issuers of its payment codes (and those that are shipped),
 * its own ledger accounts and its house merchant. Answers false, and changes nothing, when the
 * institution is there already.
 *
 * @throws AssertionError or RangeError for an id, prefix or time zone that cannot be: institutions
 *   are opened by the operator's own commands, which check first.
 */
export async function createInstitution(
  tx: Tx,
  wanted: NewInstitution,
  now: Date,
): Promise<boolean> {
  const { id, name, nameEn, currency, timeZone, codePrefix } = wanted
  slugOf(id)
  new Intl.DateTimeFormat('en', { timeZone }) // throws for an unknown zone
  const values = [id, name, nameEn, currency, timeZone, codePrefix, now]
  await tx.many(sql('create'), values)
  await addIssuersOf(tx, id, codePrefix, now)
  // The bank and the fees may sink to any depth: what may leave them is decided elsewhere.
  const account = { currency, floorMinor: null }
  await openAccounts(
    tx,
    id,
    [
      { id: institutionFees, normalSide: 'credit', ...account },
      { id: bankCash, normalSide: 'debit', ...account },
      { id: suspense, normalSide: 'credit', ...account },
    ],
    now,
  )
  const house = { id: wanted.houseMerchantId, name, category: HOUSE_CATEGORY, isHouse: true }
  return createMerchant(tx, { institutionId: id, ...house }, now)
}
