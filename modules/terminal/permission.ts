import { loadSql, type Tx } from '../database/database.ts'
import type { Terminal } from './terminal.ts'

const sql = loadSql(new URL('./terminal.sql', import.meta.url))

/** What is asked of a terminal before it may take a payment, with the names that are shown. */
export type TerminalPermission = {
  terminalId: string
  terminalName: string
  merchantId: string
  merchantName: string
  storeId: string
  storeName: string
  state: Terminal['state']
  mayTakePayment: boolean
  mayRefund: boolean
  /** Minor units; null: no limit of its own. */
  limitPerPaymentMinor: bigint | null
  merchantState: 'active' | 'closed'
  storeState: 'active' | 'closed'
}

/** The permissions of a whole batch, in one statement and without a lock. Unknown ids are left out. */
export async function readPermissions(
  tx: Tx,
  institutionId: string,
  terminalIds: readonly string[],
): Promise<TerminalPermission[]> {
  const values = [institutionId, terminalIds]
  const rows = await tx.many<PermissionRow>(sql('read_permissions'), values)
  return rows.map((row) => ({
    terminalId: row.terminal_id,
    terminalName: row.terminal_name,
    merchantId: row.merchant_id,
    merchantName: row.merchant_name,
    storeId: row.store_id,
    storeName: row.store_name,
    state: row.state,
    mayTakePayment: row.may_take_payment,
    mayRefund: row.may_refund,
    limitPerPaymentMinor: row.limit_per_payment_minor,
    merchantState: row.merchant_state,
    storeState: row.store_state,
  }))
}

type PermissionRow = {
  terminal_id: string
  terminal_name: string
  merchant_id: string
  merchant_name: string
  store_id: string
  store_name: string
  state: Terminal['state']
  may_take_payment: boolean
  may_refund: boolean
  limit_per_payment_minor: bigint | null
  merchant_state: 'active' | 'closed'
  store_state: 'active' | 'closed'
}
