import { expect, test } from 'vitest'

import { manualClock } from '../../modules/lib/clock.ts'
import { newId } from '../../modules/lib/ids.ts'
import { confirm, type Payment } from '../../modules/payment/payment.ts'
import {
  changeMandate,
  issueCode,
  readUsed,
  type MandateChange,
} from '../../modules/wallet/wallet.ts'
import { cityId, openBanks } from './banks.ts'
import { serve } from './serve.ts'
import { institutionId, openShop, PIN, type Shop } from './shop.ts'

// What a payer allows: how much, how often, where, when, and with whose word.

// A Monday, ten in the morning in Shanghai.
const monday = new Date('2026-11-23T02:00:00Z')
const bund = { latitude: 31.24, longitude: 121.49 }
const area = { ...bund, radiusM: 500, name: '外滩' }
const sundays = [{ days: [7], from: '08:00', until: '22:00' }]
const noBounds = { merchants: null, shopKinds: null, areas: null, hours: null, perDayCount: null }

async function allow({ io, payer }: Shop, change: MandateChange): Promise<void> {
  const act = { actor: `payer:${payer.id}`, trailId: newId('trl'), now: io.now() }
  const key = { institutionId, payerId: payer.id }
  await io.db.transaction((tx) => changeMandate(tx, { ...key, ...change }, act))
}

async function usedToday({ io, payer }: Shop) {
  const [row] = await io.db.read<{ mandate_id: string }>(
    { name: 'test.mandate', text: 'select mandate_id from payer where id = $1' },
    [payer.id],
  )
  const use = { mandateId: row?.mandate_id ?? '', day: '2026-11-23', month: '2026-11' }
  return (await readUsed(io.db, institutionId, use)).today
}

test('each term refuses with its own reason, and nothing moves', async () => {
  const shop = await openShop({ now: manualClock(monday) })
  const take = async (amountMinor: bigint, position: Payment['position'] = null) =>
    (await shop.pay({ code: await shop.code(), amountMinor, position })).payment
  const at = (place: typeof bund) => ({ ...place, accuracyM: 10 })
  await take(1_000n)
  const before = [await shop.balances(), await usedToday(shop)]
  expect(before[1]).toEqual({
    ...{ usedMinor: 1_000n, count: 1, noPinMinor: 1_000n, offlineMinor: 0n },
  })
  const table: [MandateChange, string, bigint, Payment['position']?][] = [
    [{ perPaymentMinor: 1_999n }, 'over_payment_limit', 2_000n],
    [{ perDayMinor: 2_999n }, 'over_day_limit', 2_000n],
    [{ perMonthMinor: 2_999n }, 'over_month_limit', 2_000n],
    [{ perDayCount: 1 }, 'over_count_limit', 1n],
    [{ merchants: [newId('mch')] }, 'shop_not_allowed', 1n],
    [{ shopKinds: ['restaurant', 'online'] }, 'shop_not_allowed', 1n],
    [{ areas: [area] }, 'position_unknown', 1n],
    [{ areas: [area] }, 'outside_area', 1n, at({ ...bund, latitude: 31.25 })],
    [{ hours: sundays }, 'outside_hours', 1n],
    // There is nothing to ask the payer when the answer is no anyway.
    [{ hours: sundays, consent: 'each' }, 'outside_hours', 1n],
  ]
  const wide = { perPaymentMinor: 90_000n, perDayMinor: 90_000n, perMonthMinor: 90_000n }
  for (const [change, reason, amountMinor, position] of table) {
    await allow(shop, { ...wide, ...noBounds, consent: 'standing', ...change })
    expect(await take(amountMinor, position)).toMatchObject({
      ...{ state: 'failed', declineReason: reason, nextAction: null },
    })
    expect([await shop.balances(), await usedToday(shop)]).toEqual(before)
  }
  const here = { merchants: [shop.merchantId], shopKinds: ['small_store'], areas: [area] }
  const now = { hours: [{ days: [1], from: '10:00', until: '10:01' }], perDayCount: 2 }
  await allow(shop, { ...wide, ...here, ...now, consent: 'standing' })
  expect(await take(2_000n, at(bund))).toMatchObject({ state: 'succeeded', declineReason: null })
  await shop.deliver()
  await shop.audit()
})

test('without a PIN a day goes to a thousand yuan, and no rush of payments passes it or their number', async () => {
  const clock = manualClock(monday)
  const shop = await openShop({ now: clock, terminals: 4, balanceMinor: 500_000n })
  const rush = async (count: number, amountMinor: bigint): Promise<Payment[]> => {
    const codes: string[] = []
    for (let number = 1; number <= count; number++) codes.push(await shop.code())
    const paid = await Promise.all(
      codes.map((code, at) =>
        shop.pay({ code, amountMinor, terminalId: shop.terminals[at % 4]!.id }),
      ),
    )
    return paid.map(({ payment }) => payment)
  }
  const endOf = ({ declineReason, nextAction, state }: Payment) =>
    declineReason ?? nextAction ?? state
  await allow(shop, { perDayCount: 7 })
  const many = (await rush(20, 100n)).map(endOf)
  expect(many.filter((how) => how === 'succeeded')).toHaveLength(7)
  expect(many.filter((how) => how === 'over_count_limit')).toHaveLength(13)
  await allow(shop, { perDayCount: null })
  // 700 are gone; 24 times 4,000 fit into what is left of 100,000.
  const large = await rush(30, 4_000n)
  const waiting = large.filter((one) => endOf(one) === 'payer_confirms')
  expect(large.filter((one) => endOf(one) === 'succeeded')).toHaveLength(24)
  expect(waiting).toHaveLength(6)
  // What goes with the PIN is not counted there.
  const word = { institutionId, paymentId: waiting[0]!.id, payerId: shop.payer.id }
  expect(await confirm(shop.io, word)).toMatchObject({ state: 'succeeded', needsPin: true })
  expect(await usedToday(shop)).toMatchObject({ usedMinor: 100_700n, noPinMinor: 96_700n })
  clock.advance(24 * 3_600_000)
  expect((await rush(1, 4_000n)).map(endOf)).toEqual(['succeeded'])
  await allow(shop, { consent: 'each' })
  expect((await rush(1, 1n)).map(endOf)).toEqual(['payer_confirms'])
  await shop.deliver()
  await shop.audit()
})

test('a payer sets limits up to the level, and shops, areas, hours and a bound of one code, with the PIN', async () => {
  const shop = await openShop()
  const { call, staff } = await serve(shop)
  const { token } = shop.payer
  const change = (body: object) =>
    call('PATCH', '/v1/mandates/current', { token, body: { pin: PIN, ...body } })
  const first = await call('GET', '/v1/mandates/current', { token })
  expect(first.body).toMatchObject({
    ...{ level: 'B', granted_level: 'B', consent: 'standing', pin_above: 100_000 },
    caps: { per_day_max: 500_000, no_pin_max: 100_000, offline_per_day_max: 100_000 },
    ...{ per_day_count: null, used_count_today: 0, offline_per_day: 100_000, merchants: null },
  })
  for (const [body, param] of [
    [{ per_day: 500_001 }, 'per_day'],
    [{ level: 'C', per_day: 100_001 }, 'per_day'],
    [{ no_pin: 100_001 }, 'no_pin'],
    [{ offline_per_day: 100_001 }, 'offline_per_day'],
    [{ level: 'A' }, 'level'],
  ] as const) {
    const refused = await change(body)
    expect([refused.status, refused.body.code, refused.body.param]).toEqual([
      ...[422, 'MANDATE_ABOVE_LEVEL', param],
    ])
  }
  expect((await change({ level: 'D' })).body).toMatchObject({ level: 'D', per_day: 50_000 })
  const granted = await call('POST', `/v1/payers/${shop.payer.id}/level`, {
    token: staff.operator,
    body: { level: 'A', reason: '签署电子签名协议' },
  })
  expect(granted.body).toMatchObject({ level: 'D', granted_level: 'A' })
  const most = { level: 'A', per_day: 900_000_000 }
  expect((await change(most)).body).toMatchObject({ ...most, caps: { per_day_max: null } })

  const bounds = {
    ...{ shop_kinds: ['supermarket', 'small_store'], per_day_count: 20, consent: 'each' },
    areas: [{ name: '家附近', ...bund, radius_m: 3_000 }],
    hours: [{ days: [1, 2, 3, 4, 5], from: '07:00', until: '23:00' }],
  }
  const set = await change({ ...bounds, merchants: [shop.merchantId] })
  const named = { merchants: [{ id: shop.merchantId, name: '晨光便利店' }] }
  expect(set.body).toMatchObject({ ...bounds, ...named, pin_above: 0 })
  const wrong = await change({ merchants: [newId('mch')] })
  expect([wrong.status, wrong.body.param]).toEqual([422, 'merchants'])
  expect((await change({ hours: [{ days: [8], from: '7', until: '25:00' }] })).status).toBe(422)
  const open = { merchants: null, shop_kinds: null, areas: null, hours: null, per_day_count: null }
  expect((await change({ ...open, pin: '000000' })).body.code).toBe('PIN_WRONG')
  expect((await change(open)).body).toMatchObject({ ...open, consent: 'each' })

  const made = async () => {
    const wish = { token, body: { max_amount: 1_500 } }
    return (await call('POST', '/v1/payment_codes', wish)).body.code
  }
  await change({ consent: 'standing' })
  const code = await made()
  const { payment } = await shop.pay({ code, amountMinor: 1_501n })
  expect(payment).toMatchObject({ state: 'failed', declineReason: 'consent_used' })
  await expect(shop.pay({ code, amountMinor: 1n })).rejects.toMatchObject({ code: 'CODE_USED' })
  const enough = await shop.pay({ code: await made(), amountMinor: 1_500n })
  expect(enough.payment.state).toBe('succeeded')
  await shop.audit()
})

test('at another institution a named place or shop is not known, and the code’s own bound holds', async () => {
  const banks = await openBanks()
  const payer = { institutionId: cityId, payerId: banks.payer.id }
  const set = (change: MandateChange) =>
    banks.cityIo.db.transaction((tx) => {
      const act = { actor: 'test', trailId: newId('trl'), now: banks.cityIo.now() }
      return changeMandate(tx, { ...payer, ...change }, act)
    })
  const take = async (code: string) => (await banks.pay({ code, amountMinor: 2_000n })).payment
  const before = await banks.cityBalances()
  for (const [change, reason] of [
    [{ ...noBounds, merchants: [newId('mch')] }, 'shop_not_allowed'],
    [{ ...noBounds, areas: [area] }, 'position_unknown'],
  ] as const) {
    await set(change)
    const failed = await take(await banks.cityCode())
    expect(failed).toMatchObject({ state: 'failed', declineReason: reason })
  }
  await set(noBounds)
  const { code } = await issueCode(banks.cityIo, { ...payer, maxAmountMinor: 1_999n })
  expect((await take(code.reveal())).declineReason).toBe('consent_used')
  expect(await banks.cityBalances()).toEqual(before)
  await set({ consent: 'each' })
  expect(await take(await banks.cityCode())).toMatchObject({ nextAction: 'payer_confirms' })
  await banks.audit()
})
