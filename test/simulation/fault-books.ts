import type { Sql } from '../../modules/database/database.ts'
import type { Io } from '../../modules/io/io.ts'
import { readOrderId } from '../../modules/channel/unionpay/order-id.ts'
import { institutionId } from '../../bench/world.ts'
import { schemes, type SandboxProcess, type Scheme } from './sandbox.ts'

/** Something that is wrong, by a name that says what kind of wrong. */
export type Difference = { name: DifferenceName; what: string; problem: string }

export type DifferenceName =
  /** The payer paid more than once, or more than was asked. */
  | 'double charge'
  /** Money that one side has and the other does not know of. */
  | 'lost payment'
  /** The counterpart took money for an order that we never made. */
  | 'unknown order'
  /** The counterpart's own books do not add up. */
  | 'sandbox books'
  /** Still unknown, or known too late. */
  | 'not definite'

/** A charge as the counterpart has it: what it took from the payer and gave back. */
export type Theirs = { chargeId: string; takenMinor: bigint; returnedMinor: bigint }

type WechatBooks = {
  orders: { outTradeNo: string; state: string; totalMinor: number; refundedMinor: number }[]
  wrong: string[]
}
type AlipayBooks = {
  trades: {
    outTradeNo: string
    paidAt: string | null
    totalMinor: number
    refundedMinor: number
  }[]
  wrong: string[]
}
type UnionpayBooks = {
  txns: {
    orderId: string
    txnType: string
    state: string
    amountMinor: number
    refundedMinor: number
  }[]
  wrong: string[]
}

/** All orders of all counterparts, and what does not add up with them. */
export async function readTheirs(
  sandbox: SandboxProcess,
): Promise<{ orders: Map<Scheme, Theirs[]>; wrong: Difference[] }> {
  const [wechat, alipay, unionpay] = await Promise.all([
    sandbox.wechat.books<WechatBooks>(),
    sandbox.alipay.books<AlipayBooks>(),
    sandbox.unionpay.books<UnionpayBooks>(),
  ])
  const orders = new Map<Scheme, Theirs[]>([
    [
      'wechat',
      wechat.orders.map(({ outTradeNo, state, totalMinor, refundedMinor }) => {
        const isPaid = state === 'SUCCESS' || state === 'REFUND'
        return theirs(outTradeNo, isPaid ? totalMinor : 0, isPaid ? refundedMinor : 0)
      }),
    ],
    [
      'alipay',
      alipay.trades.map(({ outTradeNo, paidAt, totalMinor, refundedMinor }) =>
        theirs(outTradeNo, paidAt === null ? 0 : totalMinor, refundedMinor),
      ),
    ],
    [
      'unionpay',
      unionpay.txns
        .filter(({ txnType }) => txnType === '01')
        .map(({ orderId, state, amountMinor, refundedMinor }) => {
          const isPaid = state === 'succeeded'
          const id = readOrderId(orderId)?.id ?? orderId
          return theirs(id, isPaid ? amountMinor : 0, isPaid ? refundedMinor : 0)
        }),
    ],
  ])
  const said = { wechat: wechat.wrong, alipay: alipay.wrong, unionpay: unionpay.wrong }
  const wrong = schemes.flatMap((scheme) =>
    said[scheme].map((problem): Difference => ({ name: 'sandbox books', what: scheme, problem })),
  )
  return { orders, wrong }
}

const theirs = (chargeId: string, taken: number, returned: number): Theirs => ({
  chargeId,
  takenMinor: BigInt(taken),
  returnedMinor: BigInt(returned),
})

/** A charge as our books have it. */
export type Ours = {
  charge_id: string
  payment_id: string
  order_no: string
  channel: string
  charge_state: string
  is_late: boolean
  payment_state: string
  amount_minor: bigint
  payable_minor: bigint
  refunded_minor: bigint
  /** What open exceptions about this charge, or a refund of it, are about. */
  open_minor: bigint
  started_at: Date
  completed_at: Date | null
  channel_code: string | null
  queries: number
  reverses: number
}

const statement = (name: string, text: string): Sql => ({ name: `faults.${name}`, text })

const chargesWithPayments = statement(
  'charges',
  `select c.id as charge_id, c.payment_id, p.order_no, c.channel, c.state as charge_state, c.is_late,
     p.state as payment_state, c.amount_minor, p.amount_minor - p.discount_minor as payable_minor,
     coalesce((select sum(r.payer_minor) from refund r
       where r.institution_id = $1 and r.charge_id = c.id and r.state = 'succeeded'), 0)::bigint
       as refunded_minor,
     coalesce((select sum(e.amount_minor) from exception e
       where e.institution_id = $1 and e.state = 'open' and e.payment_id = c.payment_id
         and (e.subject_id = c.id or e.subject_id in (select r.id from refund r
           where r.institution_id = $1 and r.charge_id = c.id))), 0)::bigint as open_minor,
     c.started_at, c.completed_at, c.channel_code, c.queries, c.reverses
   from charge c
   join payment p on p.institution_id = $1 and p.id = c.payment_id
   where c.institution_id = $1
   order by c.id`,
)

const debitsOfPeer = statement(
  'debits',
  `select charge_id, amount_minor, refunded_minor, state
   from wallet_debit where institution_id = $1 and peer_id = $2`,
)

/** Our charges, each with its payment and what became of it. */
export const readOurs = ({ db }: Pick<Io, 'db'>): Promise<Ours[]> =>
  db.read<Ours>(chargesWithPayments, [institutionId])

/** What the other institution has taken from its payers for our merchants. */
export async function readPeerDebits({ db }: Pick<Io, 'db'>, issuerId: string): Promise<Theirs[]> {
  type Row = { charge_id: string; amount_minor: bigint; refunded_minor: bigint; state: string }
  const rows = await db.read<Row>(debitsOfPeer, [issuerId, institutionId])
  return rows.map(({ charge_id, amount_minor, refunded_minor, state }) => ({
    chargeId: charge_id,
    takenMinor: state === 'succeeded' ? amount_minor : 0n,
    returnedMinor: state === 'succeeded' ? refunded_minor : 0n,
  }))
}

/** What was compared, and what an open exception stands for. */
export type Compared = {
  charges: number
  succeeded: number
  reversed: number
  failed: number
  late: number
  refunded: number
  openExceptions: number
  /** Open exceptions about money that the counterpart has given back long ago. */
  falseAlarms: number
  takenMinor: bigint
  differences: Difference[]
}

/**
 * Holds the counterparts' books against ours, charge by charge and then payment by payment. Where
 * they differ there is an open exception, or it is named.
 *
 * Source: DESIGN §9 (I6 with channels).
 */
export function compare(ours: readonly Ours[], all: readonly Theirs[]): Compared {
  const differences: Difference[] = []
  const byCharge = new Map(all.map((one) => [one.chargeId, one]))
  const known = new Set(ours.map(({ charge_id }) => charge_id))
  for (const { chargeId, takenMinor, returnedMinor } of all) {
    if (known.has(chargeId) || takenMinor === returnedMinor) continue
    const problem = `the counterpart has taken ${takenMinor} for an order that we do not know`
    differences.push({ name: 'unknown order', what: chargeId, problem })
  }
  const netOfPayment = new Map<string, bigint>()
  for (const charge of ours) {
    const { takenMinor = 0n, returnedMinor = 0n } = byCharge.get(charge.charge_id) ?? {}
    const theirNetMinor = takenMinor - returnedMinor
    const { payment_id } = charge
    netOfPayment.set(payment_id, (netOfPayment.get(payment_id) ?? 0n) + theirNetMinor)
    const byMinor = theirNetMinor - netOf(charge)
    const isExplained = (byMinor < 0n ? -byMinor : byMinor) <= charge.open_minor
    if (byMinor === 0n || isExplained) continue
    const problem =
      `the counterpart has ${theirNetMinor} of it and we have ${netOf(charge)} ` +
      `(${charge.channel} ${charge.charge_state}, payment ${charge.payment_state})`
    differences.push({ name: 'lost payment', what: charge.charge_id, problem })
  }
  differences.push(...overpaid(ours, netOfPayment))
  const count = (is: (one: Ours) => boolean) => ours.filter(is).length
  return {
    charges: ours.length,
    succeeded: count(({ charge_state, is_late }) => charge_state === 'succeeded' && !is_late),
    reversed: count(({ charge_state }) => charge_state === 'reversed'),
    failed: count(({ charge_state }) => charge_state === 'failed'),
    late: count(({ is_late }) => is_late),
    refunded: count(({ refunded_minor }) => refunded_minor > 0n),
    openExceptions: count(({ open_minor }) => open_minor > 0n),
    falseAlarms: count(
      (one) => one.open_minor > 0n && netOfPayment.get(one.payment_id) === 0n && netOf(one) > 0n,
    ),
    takenMinor: [...netOfPayment.values()].reduce((sum, netMinor) => sum + netMinor, 0n),
    differences,
  }
}

/** What our books say that the counterpart has of a charge. */
const netOf = ({ charge_state, is_late, amount_minor, refunded_minor }: Ours): bigint =>
  (charge_state === 'succeeded' || is_late ? amount_minor : 0n) - refunded_minor

/** Payments for which more was taken than is paid by them, and nobody is told to look at it. */
function overpaid(ours: readonly Ours[], netOfPayment: ReadonlyMap<string, bigint>): Difference[] {
  const ofPayment = Map.groupBy(ours, ({ payment_id }) => payment_id)
  return [...netOfPayment].flatMap(([paymentId, netMinor]): Difference[] => {
    const charges = ofPayment.get(paymentId) ?? []
    const [payment] = charges
    if (!payment) return []
    const paidMinor = payment.payment_state === 'succeeded' ? payment.payable_minor : 0n
    const openMinor = charges.reduce((sum, { open_minor }) => sum + open_minor, 0n)
    if (netMinor <= paidMinor + openMinor) return []
    const problem =
      `${netMinor} were taken for a payment of ${payment.payable_minor} that is ` +
      `${payment.payment_state}, and no exception is open about it`
    const name = netMinor > payment.payable_minor ? 'double charge' : 'lost payment'
    return [{ name, what: `${payment.order_no} ${paymentId}`, problem }]
  })
}
