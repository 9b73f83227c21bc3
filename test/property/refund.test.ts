import fc from 'fast-check'
import { expect, test } from 'vitest'

import { promotionCost, type PostedTransfer } from '../../modules/ledger/ledger.ts'
import { payerPartMinor, shareRefund } from '../../modules/refund/share.ts'
import { partGivenBack } from '../../modules/route/route.ts'

const eventAt = new Date('2026-11-23T04:00:00Z')

const transferOf = (amountMinor: bigint, at: number): PostedTransfer => ({
  ...{ subjectId: 'pay', leg: at + 1, kind: at === 0 ? 'payment_net' : 'promotion', eventAt },
  debitAccountId: at === 1 ? promotionCost : 'wallet',
  ...{ creditAccountId: `credit-${at}`, currency: 'CNY', amountMinor, state: 'posted' },
})

/** A payment's shares, what the merchant bore of a discount, and how its price is given back. */
const payments = fc
  .record({
    shares: fc.array(fc.bigInt({ min: 1n, max: 5_000_000n }), { minLength: 1, maxLength: 8 }),
    borneMinor: fc.bigInt({ min: 0n, max: 5_000n }),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
  })
  .map(({ shares, borneMinor, cuts }) => {
    const priceMinor = shares.reduce((sum, one) => sum + one, borneMinor)
    const marks = cuts.map((cut) => BigInt(Math.floor(cut * Number(priceMinor))))
    const ends = [...new Set([...marks, priceMinor])].filter((end) => end > 0n).sort(byValue)
    const refunds = ends.map((end, at) => end - (ends[at - 1] ?? 0n))
    return { transfers: shares.map(transferOf), priceMinor, borneMinor, refunds }
  })

const byValue = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0)
const sumOf = (amounts: readonly bigint[]) => amounts.reduce((sum, one) => sum + one, 0n)

test('the parts of a refund make it, and all refunds together return exactly each share', () => {
  fc.assert(
    fc.property(payments, ({ transfers, priceMinor, borneMinor, refunds }) => {
      const returnedMinor = new Map<number, bigint>()
      let givenMinor = 0n
      for (const amountMinor of refunds) {
        const priceLeftMinor = priceMinor - givenMinor
        const shares = { transfers, returnedMinor, priceLeftMinor }
        const parts = shareRefund(amountMinor, shares, { subjectId: 'rfd', eventAt })
        const movedMinor = sumOf(parts.map((one) => one.amountMinor))
        // What moves is the refund, but for what the merchant bore of a discount.
        expect(movedMinor <= amountMinor && amountMinor - movedMinor <= borneMinor).toBe(true)
        if (borneMinor === 0n) expect(movedMinor).toBe(amountMinor)
        for (const part of parts) {
          const share = transfers[part.leg - 1]
          expect(part.amountMinor > 0n).toBe(true)
          expect(part).toMatchObject({
            debitAccountId: share?.creditAccountId,
            creditAccountId: share?.debitAccountId,
          })
          const backMinor = (returnedMinor.get(part.leg) ?? 0n) + part.amountMinor
          expect(backMinor <= (share?.amountMinor ?? 0n)).toBe(true)
          returnedMinor.set(part.leg, backMinor)
        }
        givenMinor += amountMinor
      }
      for (const { leg, amountMinor } of transfers)
        expect(returnedMinor.get(leg) ?? 0n).toBe(amountMinor)
    }),
    { numRuns: 2_000 },
  )
})

test('each part is within a minor unit of its proportion', () => {
  fc.assert(
    fc.property(payments, ({ transfers, priceMinor, refunds }) => {
      const [amountMinor = priceMinor] = refunds
      const shares = { transfers, returnedMinor: new Map(), priceLeftMinor: priceMinor }
      const parts = shareRefund(amountMinor, shares, { subjectId: 'rfd', eventAt })
      for (const { leg, amountMinor: shareMinor } of transfers) {
        const partMinor = parts.find((one) => one.leg === leg)?.amountMinor ?? 0n
        // |part − share × refund ÷ price| < 1, without a fraction.
        const offMinor = partMinor * priceMinor - shareMinor * amountMinor
        expect(offMinor < priceMinor && -offMinor < priceMinor).toBe(true)
      }
      const funderMinor = sumOf(
        parts.filter((one) => one.creditAccountId === promotionCost).map((one) => one.amountMinor),
      )
      const movedMinor = sumOf(parts.map((one) => one.amountMinor))
      expect(payerPartMinor(parts)).toBe(movedMinor - funderMinor)
    }),
    { numRuns: 2_000 },
  )
})

test('of what a payment reserved each refund gives its part back, and all together exactly all', () => {
  const reserved = fc.bigInt({ min: 1n, max: 5_000_000n })
  fc.assert(
    fc.property(payments, reserved, ({ priceMinor, refunds }, amountMinor) => {
      const use = { subject: 'src_1', period: 'all', amountMinor, limitMinor: 0n }
      let nowMinor = 0n
      let backMinor = 0n
      for (const refundMinor of refunds) {
        const beforeMinor = nowMinor
        nowMinor += refundMinor
        const [given] = partGivenBack([use], { priceMinor, beforeMinor, nowMinor })
        expect(given!.amountMinor <= 0n).toBe(true)
        backMinor -= given!.amountMinor
        // Within half a minor unit of its proportion, at every moment.
        const offMinor = (backMinor * priceMinor - amountMinor * nowMinor) * 2n
        expect(offMinor <= priceMinor && -offMinor <= priceMinor).toBe(true)
      }
      expect(backMinor).toBe(amountMinor)
    }),
    { numRuns: 2_000 },
  )
})
