import { loadSql, type Tx } from '../database/database.ts'
import type { QuotaUse } from '../route/route.ts'

const sql = loadSql(new URL('./payment.sql', import.meta.url))

/** What a payment has reserved, so that it can be given back: all of it when nothing comes of it. */
export type Reserved = {
  /** The local day, and with it the month, whose limits it counts in; null: in none. */
  limitDay: string | null
  quotas: readonly QuotaUse[]
}

/** What payments have reserved, by payment id. Source: P11; DESIGN §10 (returned limits). */
export async function readReserved(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  paymentIds: readonly string[],
): Promise<Map<string, Reserved>> {
  type Row = { id: string; limit_day: string | null; quota_uses: [string, string, string][] | null }
  if (paymentIds.length === 0) return new Map()
  const rows = await tx.many<Row>(sql('read_reserved'), [institutionId, paymentIds])
  return new Map(
    rows.map(({ id, limit_day: limitDay, quota_uses: uses }) => [
      id,
      {
        limitDay,
        quotas: (uses ?? []).map(([subject, period, amount]) => ({
          ...{ subject, period, amountMinor: BigInt(amount) },
          limitMinor: 0n, // giving back is never over a limit
        })),
      },
    ]),
  )
}
