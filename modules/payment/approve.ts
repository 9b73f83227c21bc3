import type { Step, Tx } from '../database/database.ts'
import { loadSql } from '../database/database.ts'
import type { DeclineReason, ErrorCode } from '../errors/errors.ts'
import { accountOf, readCurrentRules } from '../allocation/allocation.ts'
import { saleSubject } from '../goods/goods.ts'
import { merchantPayable } from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import type { Periods } from '../wallet/wallet.ts'
import { decideCharge, refusePermission } from './decide.ts'
import { distinct, lockGround, type Ground } from './ground.ts'
import { readPayments } from './read.ts'
import type { Actor, Payment } from './state.ts'
import { writeDecided, type Decided } from './write.ts'

const sql = loadSql(new URL('./payment.sql', import.meta.url))

/** What somebody, or the clock, does to a payment that waits for its payer. */
export type Act = {
  paymentId: string
  act: 'confirm' | 'decline' | 'expire' | 'reverse'
  /** The payer who may act; null when it is not a payer who does. */
  payerId: string | null
  actor: Actor
  periods: Periods
  now: Date
}

export type Acted = { payment: Payment } | { refused: ErrorCode }

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
    const [, payments, accountIds] = await Promise.all([
      tx.many(sql('lock_payments'), [institutionId, ids]),
      readPayments(tx, institutionId, ids),
      readSourceAccounts(tx, institutionId, ids),
    ])
    const ground = await groundOf(tx, institutionId, { acts, payments, accountIds })
    const decided: Decided[] = []
    const answers = acts.map((act): Acted => {
      const payment = payments.get(act.paymentId)
      if (!payment || (act.payerId !== null && payment.payerId !== act.payerId))
        return { refused: 'NOT_FOUND' }
      if (payment.state !== 'processing') return finalAnswer(act, payment)
      const next = decide(act, payment, { ground, accountIds })
      if (next === null) return { payment }
      decided.push(next)
      payments.set(payment.id, next.payment)
      return { payment: next.payment }
    })
    writeDecided(tx, institutionId, decided, ground)
    return answers
  },
}

/** To do again what was done is no mistake; to undo what is final is. */
function finalAnswer({ act }: Act, payment: Payment): Acted {
  const isSaid =
    act === 'expire' ||
    (act === 'confirm' && payment.state === 'succeeded') ||
    (act === 'decline' && payment.declineReason === 'payer_declined') ||
    (act === 'reverse' && payment.state === 'reversed')
  // The one who confirms is told why it failed; a refusal would hide the reason.
  const isFailed = act === 'confirm' && payment.state === 'failed'
  return isSaid || isFailed ? { payment } : { refused: 'PAYMENT_FINAL' }
}

type Known = { ground: Ground; accountIds: ReadonlyMap<string, string> }

function decide(act: Act, payment: Payment, { ground, accountIds }: Known): Decided | null {
  const { periods, actor, now } = act
  const isPartOfSale = ground.sales.has(saleSubject(payment))
  const isLate = payment.confirmExpiresAt !== null && payment.confirmExpiresAt <= now
  const common = { opened: null, periods, isPartOfSale, actor, now }
  const end = (change: Partial<Payment>, transfers: Decided['transfers'] = []): Decided => ({
    ...common,
    payment: { ...payment, nextAction: null, completedAt: now, ...change },
    transfers,
  })
  const fail = (declineReason: DeclineReason) => end({ state: 'failed', declineReason })

  if (act.act === 'expire') return isLate ? fail('confirmation_expired') : null
  if (act.act === 'reverse') return end({ state: 'reversed' })
  if (act.act === 'decline') return fail('payer_declined')
  if (isLate) return fail('confirmation_expired')
  if (refusePermission(payment, ground)) return fail('terminal_locked')
  const sourceAccountId = accountIds.get(payment.id)
  assert(sourceAccountId, 'a payment that waits has a source')
  const charged = decideCharge(payment, { sourceAccountId, periods, isPartOfSale }, ground, now)
  assert(charged.kind !== 'again', 'the rule was read in this transaction')
  if (charged.kind === 'declined') return fail(charged.reason)
  const { allocationVersion, transfers } = charged
  return end({ state: 'succeeded', allocationVersion }, transfers)
}

/** Locks what the waiting payments among the batch need; the others need nothing. */
async function groundOf(
  tx: Tx,
  institutionId: string,
  batch: {
    acts: readonly Act[]
    payments: ReadonlyMap<string, Payment>
    accountIds: ReadonlyMap<string, string>
  },
): Promise<Ground> {
  const now = batch.acts[0]?.now ?? new Date(0)
  const waiting = batch.acts.flatMap((act) => {
    const payment = batch.payments.get(act.paymentId)
    return act.act === 'confirm' && payment?.state === 'processing' ? [{ act, payment }] : []
  })
  const merchantIds = distinct(waiting.map(({ payment }) => payment.merchantId))
  const rules = await readCurrentRules(tx, institutionId, merchantIds, now)
  const ruleAccountIds = [...rules.values()].flatMap(({ lines }) => lines.map(accountOf))
  const sourceIds = waiting.flatMap(({ payment }) => batch.accountIds.get(payment.id) ?? [])
  const ground = await lockGround(tx, institutionId, {
    codeHashes: [],
    sales: waiting.map(({ payment }) => payment),
    uses: waiting.map(({ act, payment }) => ({
      mandateId: payment.mandateId ?? '',
      ...act.periods,
    })),
    accountIds: [...sourceIds, ...merchantIds.map(merchantPayable), ...ruleAccountIds],
    terminalIds: waiting.flatMap(({ payment }) => payment.terminalId ?? []),
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
