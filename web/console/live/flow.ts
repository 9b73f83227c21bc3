import type { PaymentView } from '../../ui/types.ts'

/** What is on the screen, and what waits until the reader has looked. Newest first, both. */
export type Flow = { rows: PaymentView[]; held: PaymentView[] }

export type FlowFilters = {
  state?: string
  kind?: string
  store?: string
  terminal?: string
  merchant?: string
  order_no?: string
}

export const noFlow: Flow = { rows: [], held: [] }

// More than anybody reads at once; older payments are one press away in the list of payments.
const mostRows = 200

/** Whether a payment belongs to the list under these filters. */
export function matches(payment: PaymentView, filters: FlowFilters): boolean {
  const names = ['state', 'kind', 'store', 'terminal', 'merchant', 'order_no'] as const
  return names.every((name) => !filters[name] || payment[name] === filters[name])
}

export type MergeOptions = { isHeld: boolean; filters: FlowFilters }

/**
 * Takes payments in as the stream or a poll brings them, in any order and repeatedly. A payment
 * that is known is changed where it stands and never goes back to `processing`; a new one that
 * matches goes to its place in time, or waits with the held ones while the reader looks.
 */
export function merge(flow: Flow, coming: readonly PaymentView[], options: MergeOptions): Flow {
  const latest = new Map(coming.map((payment) => [payment.id, payment]))
  const rows = flow.rows.map((row) => newer(row, latest.get(row.id)))
  const held = flow.held.map((row) => newer(row, latest.get(row.id)))
  for (const { id } of [...rows, ...held]) latest.delete(id)
  const fresh = [...latest.values()].filter((payment) => matches(payment, options.filters))
  if (options.isHeld) return { rows, held: inOrder([...held, ...fresh]) }
  return { rows: fresh.length > 0 ? inOrder([...rows, ...fresh]) : rows, held }
}

/** Shows what was held. */
export function release(flow: Flow): Flow {
  if (flow.held.length === 0) return flow
  return { rows: inOrder([...flow.held, ...flow.rows]), held: [] }
}

function newer(known: PaymentView, coming: PaymentView | undefined): PaymentView {
  const isStale = coming?.state === 'processing' && known.state !== 'processing'
  return coming && !isStale ? coming : known
}

// Ids are made in time order, so they break a tie within one millisecond.
function inOrder(rows: PaymentView[]): PaymentView[] {
  const byTime = (a: PaymentView, b: PaymentView): number =>
    b.created_at.localeCompare(a.created_at) || b.id.localeCompare(a.id)
  return rows.sort(byTime).slice(0, mostRows)
}
