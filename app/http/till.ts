import { AppError } from '../../modules/errors/errors.ts'
import type { Io } from '../../modules/io/io.ts'
import { readMerchant, readStore } from '../../modules/party/party.ts'
import { virtualTerminal } from '../../modules/terminal/terminal.ts'
import type { Principal } from './principal.ts'

/** Where a payment is taken. */
export type Till = {
  merchantId: string
  storeId: string
  terminalId: string
  /** The third party that started it, or null. */
  initiatorPartyId: string | null
}

export type Named = { merchant?: string; store?: string }

// Stores hardly ever change hands, and every payment by a key asks.
const COPY_MS = 2_000
const MOST_COPIES = 10_000

/**
 * Opens the way from who calls to the till that takes the payment. A terminal is its own; a
 * merchant's key names one of its stores and pays through that store's virtual terminal; a third
 * party names merchant and store, and must be that merchant's platform or agent.
 *
 * The answer throws AppError INVALID_REQUEST when a name is missing or out of place, and NOT_FOUND
 * when the store is not theirs to sell in.
 *
 * Source: DESIGN §10 (virtual terminal); P14 (payments that a third party starts).
 */
export function openTills(io: Io): (principal: Principal, named: Named) => Promise<Till> {
  type Copy = { till: Promise<Till>; readMs: number }
  const copies = new Map<string, Copy>()

  return (principal, named) => {
    if (principal.kind === 'terminal') return ownTill(principal, named)
    const key = `${principal.institutionId} ${principal.id} ${named.merchant} ${named.store}`
    const nowMs = performance.now()
    const copy = copies.get(key)
    if (copy && nowMs - copy.readMs < COPY_MS) return copy.till
    const till = virtualTill(io, principal, named)
    copies.delete(key)
    copies.set(key, { till, readMs: nowMs })
    if (copies.size > MOST_COPIES) copies.delete(copies.keys().next().value as string)
    till.catch(() => copies.delete(key)) // what failed is asked again
    return till
  }
}

function ownTill(principal: Principal, { merchant, store }: Named): Promise<Till> {
  const { merchantId, storeId, terminalId } = principal
  if (merchantId === null || storeId === null || terminalId === null) {
    return Promise.reject(new AppError('FORBIDDEN'))
  }
  const isOwn = (merchant ?? merchantId) === merchantId && (store ?? storeId) === storeId
  if (!isOwn) return Promise.reject(new AppError('NOT_FOUND'))
  return Promise.resolve({ merchantId, storeId, terminalId, initiatorPartyId: null })
}

async function virtualTill(io: Io, principal: Principal, named: Named): Promise<Till> {
  const { institutionId, partyId } = principal
  const merchantId = principal.merchantId ?? named.merchant
  if (merchantId === undefined) throw new AppError('INVALID_REQUEST', { param: 'merchant' })
  if (named.store === undefined) throw new AppError('INVALID_REQUEST', { param: 'store' })
  if (named.merchant !== undefined && named.merchant !== merchantId) throw new AppError('NOT_FOUND')
  const store = await readStore(io.db, institutionId, named.store)
  if (store?.merchantId !== merchantId) throw new AppError('NOT_FOUND')
  if (principal.merchantId === null) {
    const merchant = await readMerchant(io.db, institutionId, merchantId)
    const isTheirs = merchant?.platformId === partyId || merchant?.agentId === partyId
    if (partyId === null || !isTheirs) throw new AppError('NOT_FOUND')
  }
  const place = { institutionId, merchantId, storeId: store.id }
  const terminalId = await virtualTerminal(io.db, place, io.now())
  return { merchantId, storeId: store.id, terminalId, initiatorPartyId: partyId }
}
