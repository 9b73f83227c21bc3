import { createHash } from 'node:crypto'

import { AppError } from '../errors/errors.ts'
import type { Io } from '../io/io.ts'
import type { Currency } from '../money/money.ts'
import { virtualTerminal } from '../terminal/terminal.ts'
import { createOrder } from './present.ts'
import type { MerchantCodeRow } from './present-code.ts'
import type { Actor, Paid } from './state.ts'

// A payer who typed an amount pays at once or not at all.
const STATIC_LIFE_SECONDS = 300

export type StaticOrder = {
  amountMinor: bigint
  currency: Currency
  /** Who scanned it, and which of their attempts this is: the same again is the same order. */
  attempt: string
  actor: Actor
}

/**
 * Makes the order of one payer who scanned a code on the wall and said how much. Its order number
 * names the code, by which it is known later that the cap on such codes applies.
 *
 * @throws AppError NOT_FOUND when the code is closed; else as `createOrder`
 */
export async function createStaticOrder(
  io: Io,
  code: MerchantCodeRow,
  { amountMinor, currency, attempt, actor }: StaticOrder,
): Promise<Paid> {
  if (code.state !== 'active') throw new AppError('NOT_FOUND')
  const { institutionId, merchantId, storeId } = code
  const place = { institutionId, merchantId, storeId }
  const terminalId = await virtualTerminal(io.db, place, io.now())
  const mark = createHash('sha256').update(attempt).digest('hex').slice(0, 32)
  const orderNo = `${code.id}-${mark}`
  return createOrder(io, {
    ...{ ...place, terminalId, initiatorPartyId: null, idempotencyKey: orderNo, orderNo },
    ...{ saleNo: null, amountMinor, currency, goods: [], position: null },
    ...{ lifeSeconds: STATIC_LIFE_SECONDS, actor },
  })
}
