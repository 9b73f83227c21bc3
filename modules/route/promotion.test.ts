import fc from 'fast-check'
import { expect, test } from 'vitest'

import { environment, preference, promotion, quota } from '../../test/route-rules.ts'
import {
  anything,
  anywhere,
  checkRouteRule,
  compileRules,
  discountOf,
  promotionsOn,
  shareDiscount,
  type FundingPart,
  type Offer,
  type RouteRule,
} from './route.ts'

const off = (amountMinor: bigint): Offer => ({ kind: 'amount_off', amountMinor })
const percent = (bps: number, capMinor: bigint | null = null): Offer => ({
  ...{ kind: 'percent', bps, capMinor },
})

test('an offer takes off its amount or its part, half up, within the cap, and never the whole', () => {
  const table: [offer: Offer, amount: bigint, discount: bigint][] = [
    [off(300n), 5_000n, 300n],
    [off(300n), 301n, 300n],
    [off(300n), 300n, 299n],
    [off(300n), 1n, 0n],
    [percent(1_000), 10_000n, 1_000n],
    [percent(1_250), 1_004n, 126n], // 125.5
    [percent(1_250), 1_003n, 125n], // 125.375
    [percent(50), 99n, 0n], // 0.495
    [percent(50), 100n, 1n], // 0.5
    [percent(1_000, 500n), 10_000n, 500n],
    [percent(1_000, 500n), 5_000n, 500n],
    [percent(1_000, 500n), 4_990n, 499n],
    [percent(9_999), 2n, 1n],
    [percent(9_999), 1n, 0n],
  ]
  for (const [offer, amountMinor, discountMinor] of table) {
    expect(discountOf(offer, amountMinor)).toBe(discountMinor)
  }
})

const shares = fc.oneof(
  fc.constant<FundingPart[]>([{ by: 'institution', bps: 10_000 }]),
  fc.constant<FundingPart[]>([{ by: 'merchant', bps: 10_000 }]),
  fc.integer({ min: 1, max: 9_999 }).map((bps): FundingPart[] => [
    { by: 'institution', bps },
    { by: 'merchant', bps: 10_000 - bps },
  ]),
)

test('the parts of those who bear a discount always make the whole, and none is negative', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 13n }), shares, (discountMinor, funding) => {
      const parts = shareDiscount(discountMinor, funding)
      expect(parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(discountMinor)
      parts.forEach(({ by, amountMinor }, at) => {
        const due = discountMinor * BigInt(funding[at]!.bps)
        expect(by).toBe(funding[at]!.by)
        expect(amountMinor >= 0n).toBe(true)
        // Never a whole minor unit away from what is due.
        const away = amountMinor * 10_000n - due
        expect(away > -10_000n && away < 10_000n).toBe(true)
      })
    }),
  )
})

test('the promotions that are on are those that hold at the moment, the oldest first', () => {
  const at = (day: string) => new Date(`2026-11-${day}T00:00:00Z`)
  const rules = compileRules([
    promotion({}, { id: 'rte_3' }),
    promotion({}, { id: 'rte_1', validUntil: at('23') }),
    promotion({}, { id: 'rte_2', validFrom: at('22'), validUntil: at('24') }),
    promotion({}, { id: 'rte_4', validFrom: at('24') }),
    environment({}, { id: 'rte_5' }),
  ])
  expect(promotionsOn(rules, at('23')).map(({ id }) => id)).toEqual(['rte_2', 'rte_3'])
})

test('a rule that cannot be right is refused, and the part of it is named', () => {
  const earlier = new Date('2025-01-01T00:00:00Z')
  const of = { kind: 'scheme', scheme: 'wechat' } as const
  const hours = [{ fromMinute: 60, untilMinute: 60 }]
  const half: FundingPart = { by: 'institution', bps: 5_000 }
  const table: [RouteRule, part: string | null][] = [
    [promotion(), null],
    [promotion({}, { validUntil: earlier }), 'validUntil'],
    [promotion({ offer: off(0n) }), 'terms.offer.amountMinor'],
    [promotion({ minimumMinor: 300n }), 'terms.minimumMinor'],
    [promotion({ minimumMinor: 301n }), null],
    [promotion({ budgetMinor: 299n }), 'terms.budgetMinor'],
    [promotion({ budgetMinor: 300n }), null],
    [promotion({ offer: percent(0) }), 'terms.offer.bps'],
    [promotion({ offer: percent(10_000) }), 'terms.offer.bps'],
    [promotion({ offer: percent(9_999, 0n) }), 'terms.offer.capMinor'],
    [promotion({ fundedBy: [] }), 'terms.fundedBy'],
    [promotion({ fundedBy: [half] }), 'terms.fundedBy'],
    [promotion({ fundedBy: [half, half] }), 'terms.fundedBy'],
    [promotion({ fundedBy: [half, { by: 'merchant', bps: 5_000 }] }), null],
    [promotion({ when: { ...anywhere, hours } }), 'terms.when.hours'],
    [quota({ of }), 'terms'],
    [quota({ of, perPaymentMinor: 1n }), null],
    [quota({ of, perPaymentMinor: 2n, perDayMinor: 1n }), 'terms.perPaymentMinor'],
    [quota({ of, perDayMinor: 2n, perMonthMinor: 1n }), 'terms.perDayMinor'],
    [environment({ on: anything }), 'terms.on'],
    [environment({ on: { ...anything, channels: ['wechat'] } }), null],
    [environment({ on: { ...anything, channels: ['wechat'] }, weight: 0 }), 'terms.weight'],
    [preference([]), 'terms.order'],
    [preference(['wechat', 'wechat']), 'terms.order'],
    [preference(['wechat', 'alipay']), null],
  ]
  for (const [rule, part] of table) expect(checkRouteRule(rule)?.part ?? null).toBe(part)
})
