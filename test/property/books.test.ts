import fc from 'fast-check'
import { expect, test } from 'vitest'

import { balanceMinor, readAccounts } from '../../modules/ledger/ledger.ts'
import { institutionId, openShop } from '../flow/shop.ts'

const PAYERS = 3
const OPENING_MINOR = 5_000n
const LIMIT_MINOR = 4_000n

const purchase = fc.record({
  payer: fc.integer({ min: 0, max: PAYERS - 1 }),
  amountMinor: fc.bigInt({ min: 1n, max: 2_500n }),
})

// One shop serves all runs, so a run begins where the last ended: the model carries the state too.
test('however payments are batched, no fen is lost, no limit passed and no balance below zero', async () => {
  const shop = await openShop({
    payers: PAYERS,
    balanceMinor: OPENING_MINOR,
    mandate: { perPaymentMinor: 2_000n, perDayMinor: LIMIT_MINOR, noPinMinor: 100_000n },
  })
  const spentMinor = shop.payers.map(() => 0n)

  await fc.assert(
    fc.asyncProperty(fc.array(purchase, { minLength: 1, maxLength: 40 }), async (purchases) => {
      const codes: string[] = []
      for (const { payer } of purchases) codes.push(await shop.code(shop.payers[payer]))
      const paid = await Promise.all(
        purchases.map(({ amountMinor }, at) => shop.pay({ code: codes[at] ?? '', amountMinor })),
      )
      paid.forEach(({ payment }, at) => {
        const { payer, amountMinor } = purchases[at] ?? { payer: 0, amountMinor: 0n }
        if (payment.state === 'succeeded')
          spentMinor[payer] = (spentMinor[payer] ?? 0n) + amountMinor
      })

      const accounts = await readAccounts(shop.io.db, institutionId, { limit: 100 })
      const balanceOf = (id: string) => {
        const account = accounts.find((one) => one.id === id)
        return account ? balanceMinor(account) : 0n
      }
      shop.payers.forEach(({ id }, at) => {
        const leftMinor = balanceOf(`wallet:${id}:balance`)
        expect(leftMinor).toBe(OPENING_MINOR - (spentMinor[at] ?? 0n))
        expect(leftMinor >= OPENING_MINOR - LIMIT_MINOR).toBe(true)
      })
      const receivedMinor =
        balanceOf(`merchant:${shop.merchantId}:payable`) +
        balanceOf(`agent:${shop.agentId}:payable`) +
        balanceOf('institution:fees')
      expect(receivedMinor).toBe(spentMinor.reduce((sum, one) => sum + one, 0n))
    }),
    { numRuns: 25 },
  )
  await shop.deliver()
  await shop.audit()
})

test('a decline is always for a reason that holds: a smaller payment would have passed', async () => {
  const shop = await openShop({
    balanceMinor: 1_000n,
    mandate: { perPaymentMinor: 600n, perDayMinor: 900n, noPinMinor: 100_000n },
  })
  let leftMinor = 900n
  await fc.assert(
    fc.asyncProperty(fc.bigInt({ min: 1n, max: 700n }), async (amountMinor) => {
      const { payment } = await shop.pay({ code: await shop.code(), amountMinor })
      const expected =
        amountMinor > 600n
          ? 'over_payment_limit'
          : amountMinor > leftMinor
            ? 'over_day_limit'
            : null
      expect(payment.declineReason).toBe(expected)
      if (expected === null) leftMinor -= amountMinor
    }),
    { numRuns: 40 },
  )
  await shop.deliver()
  await shop.audit()
})
