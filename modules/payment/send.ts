import { NO_ROAD, type ChargeOutcome, type Means } from '../channel/channel.ts'
import type { Io } from '../io/io.ts'
import { openSourceToken } from '../wallet/wallet.ts'
import type { Charge } from './charge.ts'
import { recordOutcome } from './check.ts'
import type { Payment } from './state.ts'

type Sending = { payment: Payment; charge: Charge; means: Means | null; ip?: string | undefined }

/**
 * Asks the channel for the money, and records its answer. No transaction is open meanwhile. Without
 * means the charge is declined: the account is no longer linked.
 *
 * Source: P5; DESIGN §3 step 4.
 */
export async function send(
  io: Io,
  { payment, charge, means, ip = '127.0.0.1' }: Sending,
): Promise<Payment> {
  const { institutionId, merchantName, terminalId, storeId } = payment
  const { id: chargeId, amountMinor, currency, startedAt, channelAccountId } = charge
  const road = io.channels.road(institutionId, channelAccountId)
  const place = { terminalId: terminalId ?? '', storeId: storeId ?? '', ip }
  const what = { chargeId, amountMinor, currency, startedAt, description: merchantName }
  const outcome = await (async (): Promise<ChargeOutcome> => {
    if (!road) return { kind: 'not_sent', channelCode: NO_ROAD }
    if (!means) return { kind: 'declined', reason: 'account_not_linked', channelCode: 'NO_TOKEN' }
    return road.channel.charge({ ...what, ...place, means })
  })()
  const known = { charge, merchantId: payment.merchantId }
  const word = { chargeId, outcome, by: 'answer', actor: 'channel', known } as const
  return recordOutcome(io, institutionId, word)
}

/**
 * What the scheme gave us when the payer linked the account, opened just before it is used; null
 * when the link was taken back meanwhile.
 */
export async function agreementOf(
  io: Io,
  { institutionId, sourceId }: Payment,
): Promise<Means | null> {
  const source = { institutionId, sourceId: sourceId ?? '' }
  const token = await openSourceToken(io.db, source, io.masterKey)
  return token === null ? null : { kind: 'agreement', token }
}
