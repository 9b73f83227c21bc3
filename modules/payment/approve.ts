import type { Step, Tx } from '../database/database.ts'
import { loadSql } from '../database/database.ts'
import type { DeclineReason, ErrorCode } from '../errors/errors.ts'
import { accountOf, readCurrentRules } from '../allocation/allocation.ts'
import { saleSubject } from '../goods/goods.ts'
import { merchantPayable, promotionCost } from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import type { LocalMoment, QuotaUse } from '../route/route.ts'
import type { Charge } from './charge.ts'
import { addUseOf, decideCharge, refusePermission, refuseReverse, refuseUse } from './decide.ts'
import { distinct, lockGround, type Ground } from './ground.ts'
import { lockPayments } from './read.ts'
import { readReserved } from './reserved.ts'
import { chargedMinor, hasOpenCharge, type Actor, type Payment } from './state.ts'
import { plainly, writeDecided, type Decided } from './write.ts'

const sql = loadSql(new URL('./payment.sql', import.meta.url))

/** What somebody, or the clock, does to a payment that waits for its payer. */
export type Act = {
  paymentId: string
  act: 'confirm' | 'decline' | 'expire' | 'reverse'
  /** The payer who may act; null when it is not a payer who does. */
  payerId: string | null
  /** With which a confirmed payment goes to its channel; null on the road `book`. */
  charge: { charge: Charge; firstCheckAt: Date } | null
  actor: Actor
  periods: LocalMoment
  /** What the institution lets go by offline codes in a day at most, in minor units. */
  offlineCapMinor?: bigint
  now: Date
}

export type Acted =
  | { payment: Payment; charge: Charge | null }
  /** A charge is under way: only the channel can end it. */
  | { underWay: Payment }
  | { refused: ErrorCode }

/**
 * The second on-us batch: payments that waited for their payer come to their end. An approval is
 * decided here and not before: balance, limits, terminal, and whether it came in time. So ten
 * approvals at once never pass a limit together. What is final already stays as it is.
 *
 * Source: P9; DESIGN §3 (confirmation, reverse).
 */
export const approve: Step<Act, Acted> = {
  name: 'payment.approve',
  mode: 'write',
  async run(tx, institutionId, acts) {
    const ids = distinct(acts.map(({ paymentId }) => paymentId))
    const [payments, accountIds, reserved] = await Promise.all([
      lockPayments(tx, institutionId, ids),
      readSourceAccounts(tx, institutionId, ids),
      readReserved(tx, institutionId, ids),
    ])
    // What an end would give back is locked in its turn, before the accounts.
    const quotas = [...reserved.values()].flatMap((one) => one.quotas)
    const ground = await groundOf(tx, institutionId, { acts, payments, accountIds, quotas })
    const decided: Decided[] = []
    const answers = acts.map((act): Acted => {
      const payment = payments.get(act.paymentId)
      if (!payment || (act.payerId !== null && payment.payerId !== act.payerId))
        return { refused: 'NOT_FOUND' }
      if (payment.state !== 'processing') return finalAnswer(act, payment)
      const refusal = isByTerminal(act) ? refuseReverse(payment, ground) : null
      if (refusal) return { refused: refusal }
      if (hasOpenCharge(payment)) return { underWay: payment }
      const quotas = reserved.get(payment.id)?.quotas ?? []
      const next = decide(act, payment, { ground, accountIds, quotas })
      if (next === null) return { payment, charge: null }
      decided.push(next)
      payments.set(payment.id, next.payment)
      return { payment: next.payment, charge: next.charge?.charge ?? null }
    })
    writeDecided(tx, institutionId, decided, ground)
    return answers
  },
}

const isByTerminal = ({ act, actor }: Act) => act === 'reverse' && actor === 'terminal'

/** To do again what was done is no mistake; to undo what is final is. */
function finalAnswer({ act }: Act, payment: Payment): Acted {
  const isSaid =
    act === 'expire' ||
    (act === 'confirm' && payment.state === 'succeeded') ||
    (act === 'decline' && payment.declineReason === 'payer_declined') ||
    (act === 'reverse' && payment.state === 'reversed')
  // The one who confirms is told why it failed; a refusal would hide the reason.
  const isFailed = act === 'confirm' && payment.state === 'failed'
  return isSaid || isFailed ? { payment, charge: null } : { refused: 'PAYMENT_FINAL' }
}

type Known = {
  ground: Ground
  accountIds: ReadonlyMap<string, string>
  quotas: readonly QuotaUse[]
}

function decide(act: Act, payment: Payment, { ground, accountIds, quotas }: Known): Decided | null {
  const { periods, actor, now, offlineCapMinor } = act
  const isPartOfSale = ground.sales.has(saleSubject(payment))
  const use = { periods, isPartOfSale, offlineCapMinor }
  const isLate = payment.confirmExpiresAt !== null && payment.confirmExpiresAt <= now
  const common = { ...plainly, opened: null, periods, isPartOfSale, actor, now, transfers: [] }
  const end = (change: Partial<Payment>, more: Partial<Decided> = {}): Decided => ({
    ...common,
    payment: { ...payment, nextAction: null, completedAt: now, ...change },
    quotas: quotas.map((use) => ({ ...use, amountMinor: -use.amountMinor })),
    ...more,
  })
  const fail = (declineReason: DeclineReason) => end({ state: 'failed', declineReason })

  if (act.act === 'expire') return isLate ? fail(expiryOf(payment)) : null
  if (act.act === 'reverse') return end({ state: 'reversed' })
  if (act.act === 'decline') return fail('payer_declined')
  if (isLate) return fail(expiryOf(payment))
  if (refusePermission(payment, ground)) return fail('terminal_locked')
  if (act.charge) {
    const reason = refuseUse(payment, use, ground)
    if (reason) return fail(reason)
    addUseOf(payment, periods, ground)
    const { charge, firstCheckAt: dueAt } = act.charge
    return {
      ...common,
      payment: { ...payment, nextAction: 'query', confirmExpiresAt: null },
      limitMinor: chargedMinor(payment),
      charge: { charge, isNew: true, dueAt },
    }
  }
  const sourceAccountId = accountIds.get(payment.id)
  assert(sourceAccountId, 'a payment that waits has a source')
  const charged = decideCharge(payment, { sourceAccountId, ...use }, ground, now)
  assert(charged.kind !== 'again', 'the rule was read in this transaction')
  if (charged.kind === 'declined') return fail(charged.reason)
  const { allocationVersion, transfers } = charged
  const limitMinor = payment.mandateId === null ? 0n : chargedMinor(payment)
  return end({ state: 'succeeded', allocationVersion }, { limitMinor, quotas: [], transfers })
}

const expiryOf = ({ nextAction }: Payment): DeclineReason =>
  nextAction === 'payer_scans' ? 'order_expired' : 'confirmation_expired'

/** Locks what the waiting payments among the batch need; the others need nothing. */
async function groundOf(
  tx: Tx,
  institutionId: string,
  batch: {
    acts: readonly Act[]
    payments: ReadonlyMap<string, Payment>
    accountIds: ReadonlyMap<string, string>
    quotas: readonly QuotaUse[]
  },
): Promise<Ground> {
  const now = batch.acts[0]?.now ?? new Date(0)
  const waiting = batch.acts.flatMap((act) => {
    const payment = batch.payments.get(act.paymentId)
    return act.act === 'confirm' && payment?.state === 'processing' ? [{ act, payment }] : []
  })
  const reversing = batch.acts.filter(isByTerminal).flatMap((act) => {
    const payment = batch.payments.get(act.paymentId)
    return payment?.state === 'processing' ? [{ act, payment }] : []
  })
  const merchantIds = distinct(waiting.map(({ payment }) => payment.merchantId))
  const rules = await readCurrentRules(tx, institutionId, merchantIds, now)
  const ruleAccountIds = [...rules.values()].flatMap(({ lines }) => lines.map(accountOf))
  const sourceIds = waiting.flatMap(({ payment }) => batch.accountIds.get(payment.id) ?? [])
  const ground = await lockGround(tx, institutionId, {
    ...{ codeHashes: [], foreignHashes: [], quotas: batch.quotas },
    sales: waiting.map(({ payment }) => payment),
    uses: waiting.flatMap(({ act, payment: { mandateId } }) =>
      mandateId === null ? [] : [{ mandateId, ...act.periods }],
    ),
    accountIds: [
      ...[...sourceIds, ...merchantIds.map(merchantPayable), ...ruleAccountIds],
      ...(waiting.some(({ payment }) => payment.discountMinor > 0n) ? [promotionCost] : []),
    ],
    terminalIds: [...waiting, ...reversing].flatMap(({ payment }) => payment.terminalId ?? []),
    merchantIds,
    now,
  })
  // The rule that the accounts were locked for is the rule that is applied.
  return { ...ground, rules }
}

async function readSourceAccounts(
  tx: Tx,
  institutionId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  type Row = { id: string; ledger_account_id: string }
  const rows = await tx.many<Row>(sql('read_accounts_of'), [institutionId, ids])
  return new Map(rows.map((row) => [row.id, row.ledger_account_id]))
}
