import type { Io } from '../io/io.ts'
import type { QuotaUse } from '../route/route.ts'
import type { Fence, FenceAction } from '../terminal/terminal.ts'

/** What the batch must know of a terminal that its permission does not say. */
export type TillTerms = {
  /** The fence of the settings, for a terminal whose permission says nothing of one. */
  usualFence: Fence
  /** The cashier has said that the place is right. */
  isPlaceConfirmed: boolean
}

type Place = {
  institutionId: string
  merchantId: string
  storeId: string
  terminalId: string
}

/** What the settings say of a terminal, with what the cashier said of its place. Source: P21, P22. */
export function tillTermsOf(
  io: Pick<Io, 'settings'>,
  { institutionId, merchantId, storeId, terminalId }: Place,
  isPlaceConfirmed = false,
): TillTerms {
  const settings = io.settings(institutionId, { merchantId, storeId, terminalId })
  const radiusM = settings.integer('terminal.fence_radius_m')
  const action = settings.text('terminal.fence_action') as FenceAction
  return { usualFence: { radiusM, action }, isPlaceConfirmed }
}

// More than any day takes: what the terminal's own limit is, the batch reads after its locks.
const BOUNDLESS_MINOR = 2n ** 62n

const MOST = 50_000
const limited = new WeakMap<Io['db'], Set<string>>()

function limitedOf({ db }: Pick<Io, 'db'>): Set<string> {
  let found = limited.get(db)
  if (!found) limited.set(db, (found = new Set()))
  return found
}

/**
 * The counter of a terminal's day, for a terminal that is known to have a limit for it. Only a hint of
 * what the batch will have to lock: where it fell short the batch says so, and begins again.
 */
export function dayUsesOf(
  io: Pick<Io, 'db'>,
  { terminalId, day, amountMinor }: { terminalId: string; day: string; amountMinor: bigint },
): QuotaUse[] {
  const isLimited = limitedOf(io).has(terminalId)
  const use = { subject: terminalId, period: day, amountMinor, limitMinor: BOUNDLESS_MINOR }
  return isLimited ? [use] : []
}

/** Remembers that a terminal has a limit for its day. */
export function rememberDayLimit(io: Pick<Io, 'db'>, terminalId: string): void {
  const terminals = limitedOf(io)
  terminals.add(terminalId)
  if (terminals.size > MOST) terminals.delete(terminals.keys().next().value as string)
}
