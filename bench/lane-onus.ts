import { startLoops } from '../app/loops/loops.ts'
import { newId } from '../modules/lib/ids.ts'
import { parse } from '../modules/paycode/paycode.ts'
import { onus, type Order } from '../modules/payment/onus.ts'
import { agentPayable, institutionFees, walletBalance } from '../modules/ledger/ledger.ts'
import { hashOf, periodsAt } from '../modules/wallet/wallet.ts'
import type { BenchOptions, Figure } from './bench.ts'
import type { ReadyCode } from './parts/codes.ts'
import { measure, readSize } from './parts/measure.ts'
import { agentId, idOf, institutionId, openWorld, payerId, type Till, type World } from './world.ts'

// What every merchant of the world shares its payments with.
const ruleAccountIds = [institutionFees, agentPayable(agentId)]
// So many that two full batches fly while the next gathers.
const CALLERS = 512

/**
 * The lane alone: `io.batched(onus, …)`, which is the whole on-us batch from its locks to its commit
 * (code, limits, accounts, permission, rule; payment, three transfers, event, debit instruction),
 * and the workers that deliver what it leaves. Not in it: HTTP, and the unlocked look-up of the
 * code, whose answer each order has already.
 */
export async function run(options: BenchOptions): Promise<Figure> {
  const size = readSize(options)
  const world = await openWorld(size)
  const loops = startLoops(world.io)
  try {
    const prepare = (code: ReadyCode, till: Till) => () => payOne(world, code, till)
    return await measure(
      world,
      { name: 'lane-onus', callers: CALLERS, pid: process.pid, prepare },
      size,
    )
  } finally {
    await loops.stop()
    await world.close()
  }
}

async function payOne({ io }: World, code: ReadyCode, till: Till): Promise<boolean> {
  const answer = await io.batched(onus, institutionId, orderOf(io, code, till))
  if (answer.kind !== 'paid') return false
  io.poke(institutionId)
  return answer.payment.state === 'succeeded'
}

/** What `pay` hands to the batch after its look-up. */
function orderOf(io: World['io'], { digits, payer }: ReadyCode, till: Till): Order {
  const code = parse(digits, io.issuers()).ok!
  const codeHash = hashOf(io, code)
  const now = io.now()
  const id = newId('pay', now.getTime())
  return {
    draft: {
      ...{ institutionId, id, kind: 'purchase', state: 'processing', nextAction: null },
      ...{ merchantId: till.merchantId, storeId: till.storeId, terminalId: till.terminalId },
      ...{ merchantName: '', storeName: '', terminalName: '', initiatorPartyId: null },
      ...{ orderNo: id, saleNo: id, amountMinor: 1_234n, currency: 'CNY' },
      ...{ discountMinor: 0n, merchantDiscountMinor: 0n, promotionId: null },
      ...{ scheme: 'onetill', road: 'book', maskedCode: code.masked },
      ...{ payerId: payerId(payer), payerName: `Payer ${payer}`, sourceId: idOf('src', payer) },
      ...{ sourceLabel: 'Balance', mandateId: idOf('mnd', payer), allocationVersion: null },
      ...{ needsPin: false, isOffline: false },
      ...{ declineReason: null, position: null, positionFlags: [], createdAt: now },
      ...{ routeReasons: [{ code: 'on_us' }, { code: 'payer_chose_source' }] },
      ...{ confirmExpiresAt: null, completedAt: null },
    },
    ...{ idempotencyKey: id, fingerprint: codeHash, codeHash },
    sourceAccountId: walletBalance(payerId(payer)),
    ruleAccountIds,
    ...{ isOurCode: true, charge: null, quotas: [], candidates: [] },
    ...{ goods: [], isPartOfSale: false, periods: periodsAt(now, 'Asia/Shanghai') },
    ...{ confirmSeconds: 120, actor: 'terminal', now },
  }
}
