import { readSaleLines } from '../../modules/goods/goods.ts'
import type { Io } from '../../modules/io/io.ts'
import { readTransfersOfSubject, type PostedTransfer } from '../../modules/ledger/ledger.ts'
import {
  readCandidates,
  readCharges,
  readTransitions,
  type Payment,
  type Transition,
} from '../../modules/payment/payment.ts'
import { readRefundsOf } from '../../modules/refund/refund.ts'
import type { Principal } from '../http/principal.ts'
import { showCandidate, showCharge, showPayment } from './payment.ts'
import { showRefund } from './refund.ts'

export const expansions = [
  ...(['timeline', 'transfers', 'goods'] as const),
  ...(['charges', 'candidates', 'refunds'] as const),
] as const

export type Expansion = (typeof expansions)[number]

/** What `?expand=` asks for; the schema has checked the words. */
export const readExpansions = (text: string | undefined): Set<Expansion> =>
  new Set((text === undefined ? [] : text.split(',')) as Expansion[])

/**
 * More of a payment: how it came to its state, what was sold, and its transfers. These are the
 * institution's books, so they are for the operator, and for the merchant those that concern him.
 */
export async function expandPayment(
  { db }: Pick<Io, 'db'>,
  payment: Payment,
  { principal, wanted }: { principal: Principal; wanted: ReadonlySet<Expansion> },
) {
  const { institutionId, id, merchantId, saleNo } = payment
  const needsCharges = wanted.has('charges') || wanted.has('transfers')
  const charges = needsCharges ? await readCharges(db, institutionId, [id]) : []
  const subjects = [id, ...charges.map((charge) => charge.id)]
  const [timeline, transfers, goods, candidates, refunds] = await Promise.all([
    wanted.has('timeline') ? readTransitions(db, institutionId, id) : null,
    wanted.has('transfers') ? readTransfersOf(db, institutionId, subjects) : null,
    wanted.has('goods') ? readSaleLines(db, institutionId, { merchantId, saleNo }) : null,
    wanted.has('candidates') ? readCandidates(db, institutionId, id) : null,
    wanted.has('refunds') ? readRefundsOf(db, institutionId, [id]) : null,
  ])
  const { route } = showPayment(payment, principal)
  return {
    ...(wanted.has('charges') && { charges: charges.map(showCharge) }),
    ...(candidates && { route: { ...route, candidates: candidates.map(showCandidate) } }),
    ...(refunds && { refunds: refunds.map((one) => showRefund(one, principal)) }),
    ...(timeline && { timeline: timeline.map(showTransition) }),
    ...(transfers && {
      transfers: ownTransfers(transfers, principal).map((one) => showTransfer(one, principal)),
    }),
    ...(goods && {
      goods: goods.map((line) => ({
        sku: line.sku,
        name: line.name,
        quantity: Number(line.quantity),
        unit_price: Number(line.unitPriceMinor),
      })),
    }),
  }
}

/** Of the payment itself when it is on-us, else of its charges. */
async function readTransfersOf(
  db: Io['db'],
  institutionId: string,
  subjects: readonly string[],
): Promise<PostedTransfer[]> {
  const read = (subject: string) => readTransfersOfSubject(db, institutionId, subject)
  return (await Promise.all(subjects.map(read))).flat()
}

const showTransition = ({ at, from, to, actor, reason }: Transition) => ({
  at: at.toISOString(),
  ...{ from, to, actor, detail: reason },
})

/** Accounts are named by whose they are: `merchant:mch_…:payable`, `wallet:pyr_…:balance`. */
function ownTransfers(
  transfers: readonly PostedTransfer[],
  { role, id, merchantId }: Principal,
): readonly PostedTransfer[] {
  if (role === 'operator') return transfers
  const owner = merchantId ?? id
  return transfers.filter(({ debitAccountId, creditAccountId }) =>
    [debitAccountId, creditAccountId].some((account) => account.split(':')[1] === owner),
  )
}

/** Of a payer's account only its kind is shown, but to the payer and the operator. */
function nameOf(accountId: string, { role, id }: Principal): string {
  const [kind = '', owner] = accountId.split(':')
  const isPayers = kind === 'wallet' || kind === 'card'
  return !isPayers || role === 'operator' || owner === id ? accountId : `${kind}:…`
}

/** A transfer as this reader may see it. */
export const showTransfer = (transfer: PostedTransfer, principal: Principal) => ({
  object: 'ledger_transfer' as const,
  id: `${transfer.subjectId}-${transfer.leg}`,
  kind: transfer.kind,
  subject: transfer.subjectId,
  leg: transfer.leg,
  debit_account: nameOf(transfer.debitAccountId, principal),
  credit_account: nameOf(transfer.creditAccountId, principal),
  amount: Number(transfer.amountMinor),
  currency: transfer.currency,
  event_at: transfer.eventAt.toISOString(),
})
