import { QueryClient, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { createApi } from '../ui/api.ts'
import type {
  DayTotals,
  List,
  PaymentView,
  Position,
  Principal,
  Product,
  RefundView,
} from '../ui/types.ts'
import type { Attempt, AttemptCalls } from './attempt.ts'
import { signAsTerminal } from './device-key.ts'
import { readJson, writeJson } from './kept.ts'
import type { RefundCalls } from './refund-try.ts'

/**
 * The till's way to the API. The terminal's bearer token is kept on this device; alone it only reads,
 * and everything else carries a signature by the device's key. Source: reference/reliability.md §10.3.
 */
export const api = createApi('till', { sign: signAsTerminal })

/** What was read before is shown at once and read again behind the cashier's back. */
export const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 10_000, retry: 2, networkMode: 'always' } },
})

const pageLimit = 100
/** How many payments, and how many refunds, are shown as recent. */
export const recentLimit = 50

// What a till that starts without network shows of its shop; read again as soon as there is one.
const productsKey = 'onetill.till.products'
const principalKey = 'onetill.till.me'

const keptAnswer = <T>(key: string): T | undefined => (readJson<T>(key) as T | null) ?? undefined

/** Another terminal's shop is not this one's. */
export function forgetShop(): void {
  queries.clear()
  writeJson(productsKey, null)
  writeJson(principalKey, null)
}

/** All products of the terminal's merchant, by name. */
export async function readProducts(): Promise<Product[]> {
  const products: Product[] = []
  for (let after: string | undefined; ; after = products.at(-1)?.id) {
    const query = { limit: pageLimit, ...(after ? { starting_after: after } : {}) }
    const page = await api.get<List<Product>>('/v1/products', query)
    products.push(...page.data)
    if (!page.has_more || page.data.length === 0) break
  }
  products.sort((a, b) => a.name.localeCompare(b.name, 'zh-CN'))
  writeJson(productsKey, products)
  return products
}

/** The products, kept while the till runs; a sale reads them again for the stock. */
export function useProducts(): UseQueryResult<Product[]> {
  const kept = { initialData: () => keptAnswer<Product[]>(productsKey), initialDataUpdatedAt: 0 }
  return useQuery({ queryKey: ['products'], queryFn: readProducts, staleTime: 60_000, ...kept })
}

/** Who this terminal is: its name, store, merchant and institution. */
export function usePrincipal(): UseQueryResult<Principal> {
  const kept = { initialData: () => keptAnswer<Principal>(principalKey), initialDataUpdatedAt: 0 }
  const queryFn = async () => {
    const principal = await api.get<Principal>('/v1/me')
    writeJson(principalKey, principal)
    return principal
  }
  return useQuery({ queryKey: ['me'], queryFn, staleTime: 300_000, ...kept })
}

/** The institution's time zone, once the server has told it. */
export function zone(): string | undefined {
  return queries.getQueryData<Principal>(['me'])?.institution.time_zone
}

/** The last 50 payments of this terminal, newest first. */
export function useRecent(): UseQueryResult<PaymentView[]> {
  return useQuery({
    queryKey: ['payments', 'recent'],
    queryFn: async () => {
      const query = { limit: recentLimit, kind: 'purchase' }
      return (await api.get<List<PaymentView>>('/v1/payments', query)).data
    },
    staleTime: 0,
  })
}

/** The last refunds of what this terminal took, and of what was asked for here, newest first. */
export function useRecentRefunds(): UseQueryResult<RefundView[]> {
  return useQuery({
    queryKey: ['refunds', 'recent'],
    queryFn: async () =>
      (await api.get<List<RefundView>>('/v1/refunds', { limit: recentLimit })).data,
    staleTime: 0,
  })
}

/** The payments of one order number, for a receipt that is older than the last 50. */
export function useOrder(orderNo: string, enabled: boolean): UseQueryResult<PaymentView | null> {
  const queryFn = () => findPayment(orderNo)
  return useQuery({ queryKey: ['payments', 'order', orderNo], queryFn, enabled })
}

/** One payment with its goods, for its receipt. */
export function usePayment(id: string | undefined): UseQueryResult<PaymentView> {
  return useQuery({
    queryKey: ['payments', 'one', id],
    queryFn: () => readPaid(id ?? ''),
    enabled: id !== undefined,
  })
}

/** One payment with its goods, once. Throws `Problem`. */
export const readPaid = (id: string): Promise<PaymentView> =>
  api.get<PaymentView>(`/v1/payments/${id}`, { expand: 'goods' })

/** What this terminal took today. */
export function useDayTotals(): UseQueryResult<DayTotals> {
  const queryFn = () => api.get<DayTotals>('/v1/day_totals')
  return useQuery({ queryKey: ['payments', 'day'], queryFn, staleTime: 0 })
}

/** The payments of this terminal that the server still holds open, newest first. */
export async function readOpenPayments(): Promise<PaymentView[]> {
  const query = { open: true, kind: 'purchase', limit: pageLimit }
  return (await api.get<List<PaymentView>>('/v1/payments', query)).data
}

/**
 * The payment of an order number that this terminal took, or null; where it may refund, that any till of
 * its store took. Throws `Problem`.
 */
export async function findPayment(orderNo: string): Promise<PaymentView | null> {
  const found = await api.get<List<PaymentView>>('/v1/payments', { order_no: orderNo })
  return found.data[0] ?? null
}

/** The refunds of one payment, newest first. */
export function useRefunds(paymentId: string | undefined): UseQueryResult<RefundView[]> {
  return useQuery({
    queryKey: ['refunds', paymentId],
    queryFn: async () => {
      const query = { payment: paymentId, limit: pageLimit }
      return (await api.get<List<RefundView>>('/v1/refunds', query)).data
    },
    enabled: paymentId !== undefined,
    staleTime: 0,
  })
}

/** The two calls of a refund. The body depends on what is wanted only: a repeat is the same. */
export const refundCalls: RefundCalls = {
  create: ({ paymentId, amountMinor, reason, idempotencyKey }) =>
    api.post<RefundView>(
      '/v1/refunds',
      { payment: paymentId, amount: Number(amountMinor), ...(reason ? { reason } : {}) },
      { idempotencyKey },
    ),
  read: (refundId) => api.get<RefundView>(`/v1/refunds/${refundId}`),
}

/** The four calls of an attempt. The body depends on the attempt only: a repeat is the same. */
export const attemptCalls: AttemptCalls = {
  async create(attempt, code) {
    const { idempotencyKey, way } = attempt
    const body = paymentBody(attempt)
    if (way === 'code') {
      const withCode = { payment_code: code, ...body }
      return api.post<PaymentView>('/v1/payments', withCode, { idempotencyKey })
    }
    const { order, ...payment } = await api.post<Order>('/v1/orders', body, { idempotencyKey })
    return { ...payment, qrText: order.qr_text }
  },
  read: (paymentId) => api.get<PaymentView>(`/v1/payments/${paymentId}`),
  find: findPayment,
  reverse: (paymentId) => api.post<PaymentView>(`/v1/payments/${paymentId}/reverse`, {}),
}

/** A payment that waits for whoever scans it, and what to show for it. */
type Order = PaymentView & { order: { qr_text: string } }

type PaymentBody = {
  amount: number
  currency: string
  order_no: string
  sale_no: string
  goods: { sku: string; name: string; quantity: number; unit_price: number }[]
  position?: Position
  position_confirmed?: true
}

// The server books an amount that was typed as a line of its own, under a word no product has.
const typedSku = '(amount)'

function paymentBody(attempt: Attempt): PaymentBody {
  return {
    amount: Number(attempt.amountMinor),
    currency: attempt.currency,
    order_no: attempt.orderNo,
    sale_no: attempt.saleNo,
    goods: attempt.lines.map(({ sku, name, quantity, priceMinor }) => ({
      sku: sku ?? typedSku,
      name,
      quantity,
      unit_price: Number(priceMinor),
    })),
    ...(attempt.position ? { position: attempt.position } : {}),
    ...(attempt.isPlaceConfirmed ? { position_confirmed: true } : {}),
  }
}
