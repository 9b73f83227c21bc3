import { drawFrom, pickWeighted } from './random.ts'

/** What a call is for. `order` makes an order that the payer pays later: native, jsapi, app, h5. */
export const operations = [
  'charge',
  'query',
  'reverse',
  'refund',
  'refund_query',
  'close',
  'order',
  'notice',
  'other',
] as const
export type Operation = (typeof operations)[number]

const everyCall = operations.filter((operation) => operation !== 'notice')
const payments: readonly Operation[] = ['charge', 'reverse', 'refund', 'close', 'order']

/** Which operations a fault can befall. A rule or a profile that says more has no effect there. */
export const befalls = {
  // Nothing is done.
  down: everyCall,
  server_error: everyCall,
  request_lost: everyCall,
  busy: everyCall,
  // It is done, but the caller does not learn it.
  answer_lost: everyCall,
  system_error: payments,
  truncated: everyCall,
  wrong_signature: operations,
  slow: everyCall,
  // What a scheme itself may say.
  confirm: ['charge'],
  not_enough: ['charge'],
  code_expired: ['charge'],
  recall: ['reverse'],
  late_success: ['reverse'],
  // Notices.
  notice_lost: ['notice'],
  notice_duplicate: ['notice'],
  notice_reordered: ['notice'],
} as const satisfies Record<string, readonly Operation[]>

export type FaultKind = keyof typeof befalls
export type Fault = { kind: FaultKind; value: number | undefined }

export type FaultRule = {
  kind: FaultKind
  /** A count, milliseconds or an HTTP status: what the kind needs. */
  value?: number
  /** Left out: every operation that the kind can befall. */
  operation?: Operation
  orderNo?: string
  /** How many calls it befalls; 1 when left out, null: until it is cleared. */
  times?: number | null
}

/** Probabilities from 0 to 1. What stands under `any` counts for operations that have none. */
export type Profile = Partial<Record<Operation | 'any', Partial<Record<FaultKind, number>>>>

export type PlannedCall = { operation: Operation; orderNo: string; amountMinor?: bigint }

export type FaultBook = {
  /** The faults of this call. Ask once a call: a rule's times are counted down by asking. */
  plan(call: PlannedCall): Fault[]
  add(rule: FaultRule): void
  clear(): void
  rules(): FaultRule[]
  setProfile(profile: Profile): void
  profile(): Profile
  setMagic(on: boolean): void
  /** By what the profile knows an order: its number, or the amount it was charged with. */
  setDraws(by: DrawsBy): void
}

/** `amount`: for runs whose order numbers are new each time and whose amounts are not. */
export type DrawsBy = 'order_no' | 'amount'

/** Whether a fault can befall an operation. */
export function canBefall(kind: FaultKind, operation: Operation): boolean {
  return (befalls[kind] as readonly Operation[]).includes(operation)
}

// The last two digits of a charge's amount. `null`: it succeeds, whatever the profile says.
// Source: reference/protocols.md §10.
const magic: Record<string, Fault | null> = {
  '01': null,
  '02': { kind: 'confirm', value: 3 },
  '03': { kind: 'system_error', value: undefined },
  '04': { kind: 'not_enough', value: undefined },
  '05': { kind: 'code_expired', value: undefined },
}

/** What a fault means when the profile drew it and so nobody gave a number. */
const usualValues: Partial<Record<FaultKind, number>> = {
  server_error: 502,
  slow: 300,
  confirm: 2,
  recall: 2,
  late_success: 5_000,
}

/**
 * Keeps the rules, the magic amounts and the profile of one counterpart. Rules come before magic
 * amounts, these before the profile. The profile's draw is told by the seed, the operation, the
 * order number and how often this operation was called for this order: two runs with one seed
 * meet the same faults, however their calls are mixed.
 */
export function faultBook(options: { seed: string; magicAmounts?: boolean }): FaultBook {
  let rules: FaultRule[] = []
  let profile: Profile = {}
  let isMagic = options.magicAmounts ?? true
  let drawsBy: DrawsBy = 'order_no'
  const amounts = new Map<string, string>()
  const called = new Map<string, number>()

  const takeRules = ({ operation, orderNo }: PlannedCall): Fault[] => {
    const matching = rules.filter(
      (rule) =>
        canBefall(rule.kind, operation) &&
        (rule.operation ?? operation) === operation &&
        (rule.orderNo ?? orderNo) === orderNo,
    )
    rules = rules.flatMap((rule) => {
      if (!matching.includes(rule) || rule.times === null) return [rule]
      const left = (rule.times ?? 1) - 1
      return left > 0 ? [{ ...rule, times: left }] : []
    })
    return matching.map(({ kind, value }) => ({ kind, value: value ?? usualValues[kind] }))
  }

  // An order is known by the amount of its first call that had one.
  const nameOf = ({ orderNo, amountMinor }: PlannedCall): string => {
    if (drawsBy === 'order_no') return orderNo
    const name = amounts.get(orderNo) ?? (amountMinor === undefined ? null : `of ${amountMinor}`)
    if (name === null) return orderNo
    amounts.set(orderNo, name)
    return name
  }

  const drawFault = (call: PlannedCall): Fault[] => {
    const { operation } = call
    const name = nameOf(call)
    const key = `${operation} ${name}`
    const nth = called.get(key) ?? 0
    called.set(key, nth + 1)
    const kind = pickWeighted(
      profile[operation] ?? profile.any ?? {},
      drawFrom(options.seed, operation, name, nth)(),
    )
    return kind && canBefall(kind, operation) ? [{ kind, value: usualValues[kind] }] : []
  }

  return {
    plan: (call) => {
      const ruled = takeRules(call)
      const drawn = drawFault(call) // Drawn in any case, so that a rule does not shift later draws.
      if (ruled.length > 0) return ruled
      if (isMagic && call.operation === 'charge' && call.amountMinor !== undefined) {
        const fault = magic[String(call.amountMinor % 100n).padStart(2, '0')]
        if (fault !== undefined) return fault === null ? [] : [fault]
      }
      return drawn
    },
    add: (rule) => {
      rules.push(rule)
    },
    clear: () => {
      rules = []
    },
    rules: () => [...rules],
    setProfile: (next) => {
      profile = next
    },
    profile: () => profile,
    setMagic: (on) => {
      isMagic = on
    },
    setDraws: (by) => {
      drawsBy = by
    },
  }
}

/** Whether a fault of this kind is among them. */
export function hasFault(faults: readonly Fault[], kind: FaultKind): boolean {
  return faults.some((fault) => fault.kind === kind)
}

/** The fault's number, or the given one if it has none; undefined when there is no such fault. */
export function faultValue(
  faults: readonly Fault[],
  kind: FaultKind,
  otherwise: number,
): number | undefined {
  const fault = faults.find((one) => one.kind === kind)
  return fault && (fault.value ?? otherwise)
}
