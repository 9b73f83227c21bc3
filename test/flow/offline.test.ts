import { createHmac, randomInt } from 'node:crypto'

import { expect, test } from 'vitest'

import { AppError } from '../../modules/errors/errors.ts'
import { manualClock, type ManualClock } from '../../modules/lib/clock.ts'
import { newId } from '../../modules/lib/ids.ts'
import { readEvents, type EventType } from '../../modules/outbox/outbox.ts'
import { offlineCode, slotAt, timeCodeOf, timeCodeText } from '../../modules/paycode/paycode.ts'
import { chargePayer, proveOffline, putPeer } from '../../modules/wallet/wallet.ts'
import { serve, type Desk } from './serve.ts'
import { institutionId, openShop, PIN, type Shop, type ShopOptions } from './shop.ts'

// Codes that a payer's phone makes without a network, from its enrolment to the till.

const startAt = new Date('2026-11-23T02:13:20Z')
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const prefix = '81'

/** What the phone keeps, and what it shows of it. */
type Phone = { id: string; aliases: string[]; show(alias: string, minutesOff?: number): string }

type Place = { shop: Shop; desk: Desk; clock: ManualClock }

async function open(options: ShopOptions = {}): Promise<Place> {
  const clock = manualClock(startAt)
  const shop = await openShop({ ...options, now: clock })
  return { shop, desk: await serve(shop), clock }
}

/** A fresh phone of the first payer, as the wallet enrols and fills it. */
async function enrol({ shop, desk, clock }: Place, count = 10): Promise<Phone> {
  const { token } = shop.payer
  const body = { name: '小米 15', platform: 'web', pin: PIN }
  const enrolled = await desk.call('POST', '/v1/devices', { token, body })
  expect(enrolled.status).toBe(201)
  const { id, key } = enrolled.body
  const secret = Buffer.from(key, 'base64url')
  expect(secret).toHaveLength(32)
  return {
    id,
    aliases: await topUp({ desk, shop, clock }, id, count),
    show(alias, minutesOff = 0) {
      const slot = slotAt(clock().getTime()) + minutesOff
      const mac = createHmac('sha256', secret)
        .update(timeCodeText(prefix, alias, slot))
        .digest()
      return prefix + alias + timeCodeOf(mac)
    },
  }
}

async function topUp({ shop, desk }: Place, id: string, count: number): Promise<string[]> {
  const url = `/v1/devices/${id}/offline_codes`
  const batch = await desk.call('POST', url, { token: shop.payer.token, body: { count } })
  expect(batch.status, JSON.stringify(batch.body)).toBe(201)
  expect(batch.body).toMatchObject({ batch_size: 10, currency: 'CNY' })
  return batch.body.aliases.map(({ alias }: { alias: string }) => alias)
}

/** What came of a scan: the payment's state, or why there is no payment. */
const came = (scan: Promise<{ payment: { state: string } }>): Promise<string> =>
  scan.then(
    ({ payment }) => payment.state,
    (error: unknown) => {
      if (error instanceof AppError) return error.code
      throw error
    },
  )

const wrongTime = (code: string) =>
  code.slice(0, -1) + ((Number(code.at(-1)) + 1 + randomInt(8)) % 10)

async function eventsOf({ io }: Shop, type: EventType) {
  const events = await readEvents(io.db, institutionId, { afterId: '', limit: 1_000 })
  return events.filter((event) => event.type === type)
}

test('a phone shows codes that were handed out to it, and each pays once for ever, at fifty tills at once too', async () => {
  const place = await open({ terminals: 2 })
  const { shop, desk, clock } = place
  const { token } = shop.payer
  const body = { name: '小米 15', platform: 'web', pin: '000000' }
  const refused = await desk.call('POST', '/v1/devices', { token, body })
  expect(refused.body.code).toBe('PIN_WRONG')

  const phone = await enrol(place, 8)
  const listed = await desk.call('GET', '/v1/devices', { token })
  expect(listed.body.data).toMatchObject([{ id: phone.id, number: '0000001', state: 'active' }])
  expect(JSON.stringify(listed.body)).not.toContain('key')

  const [first = '', second = '', third = '', fourth = ''] = phone.aliases
  const code = phone.show(first)
  expect(code).toMatch(/^81\d{16}$/)
  const paid = await shop.pay({ code, orderNo: 'once' })
  expect(paid.payment).toMatchObject({ state: 'succeeded', isOffline: true, amountMinor: 1_000n })
  expect(paid.payment.maskedCode).toBe(`81…${code.slice(-2)}`)
  const seen = await desk.call('GET', `/v1/payments/${paid.payment.id}`, { token })
  expect(seen.body).toMatchObject({ is_offline: true, payment_code: paid.payment.maskedCode })
  const again = await shop.pay({ code, orderNo: 'once' })
  expect([again.isReplay, again.payment.id]).toEqual([true, paid.payment.id])
  expect(await came(shop.pay({ code }))).toBe('CODE_USED')
  clock.advance(MINUTE_MS)
  expect(await came(shop.pay({ code: phone.show(first) }))).toBe('CODE_USED')

  // The clocks of phone and server are a minute apart at most.
  expect(await came(shop.pay({ code: phone.show(second, -1) }))).toBe('succeeded')
  expect(await came(shop.pay({ code: phone.show(third, 1) }))).toBe('succeeded')

  const scans = Array.from({ length: 50 }, (_, at) =>
    came(shop.pay({ code: phone.show(fourth), terminalId: shop.terminals[at % 2]!.id })),
  )
  const outcomes = await Promise.all(scans)
  expect(outcomes.filter((one) => one === 'succeeded')).toHaveLength(1)
  expect(outcomes.filter((one) => one === 'CODE_USED')).toHaveLength(49)
  expect(await shop.balances()).toMatchObject({ [`wallet:${shop.payer.id}:balance`]: 96_000n })

  // Above the amount without a PIN it waits like any other.
  const large = await shop.pay({ code: phone.show(phone.aliases[4]!), amountMinor: 100_001n })
  expect(large.payment).toMatchObject({ state: 'processing', nextAction: 'payer_confirms' })
  await shop.audit()
})

test('a third wrong time code burns the alias, however many come at once, and nothing moves', async () => {
  const place = await open({ terminals: 4 })
  const { shop, clock } = place
  const phone = await enrol(place, 10)
  const before = await shop.balances()
  const [slow = '', rushed = '', ...rest] = phone.aliases
  const at = (number: number) => ({ terminalId: shop.terminals[number]!.id })

  for (let tries = 1; tries <= 3; tries += 1) {
    const late = phone.show(slow, tries === 1 ? -2 : tries)
    expect(await came(shop.pay({ code: late }))).toBe('CODE_WRONG_TIME')
  }
  expect(await came(shop.pay({ code: phone.show(slow) }))).toBe('CODE_BURNT')

  // Fifty guesses at one alias at once, the last one right: three are judged.
  const guesses = Array.from({ length: 49 }, () => wrongTime(phone.show(rushed)))
  const scans = [...guesses, phone.show(rushed)].map((code) => came(shop.pay({ code })))
  const outcomes = await Promise.all(scans)
  expect(outcomes.filter((one) => one === 'CODE_WRONG_TIME')).toHaveLength(3)
  expect(outcomes.filter((one) => one === 'CODE_BURNT')).toHaveLength(47)

  // Six were wrong. At twenty all codes of the payer are stopped until tomorrow, and an alarm is raised.
  for (const [number, alias] of rest.slice(0, 7).entries())
    for (const _try of [1, 2])
      await came(shop.pay({ code: wrongTime(phone.show(alias)), ...at(1 + (number % 2)) }))
  expect(await eventsOf(shop, 'code.alarm')).toMatchObject([
    { payerId: shop.payer.id, payload: { kind: 'wrong_time_codes', wrong_tries: 20 } },
  ])
  const good = rest[7] ?? ''
  expect(await came(shop.pay({ code: phone.show(good), ...at(3) }))).toBe('DEVICE_REVOKED')
  expect(await shop.balances()).toEqual(before)
  const { operator: token } = place.desk.staff
  const looked = await place.desk.call('GET', `/v1/payers/${shop.payer.id}`, { token })
  expect(looked.body.wrong_codes).toEqual([
    { business_date: '2026-11-23', wrong_tries: 20, is_alarm: true },
  ])

  clock.advance(DAY_MS)
  expect(await came(shop.pay({ code: phone.show(good), ...at(3) }))).toBe('succeeded')
  await shop.audit()
})

test('codes of a phone that is frozen, removed or overtaken are refused, and after two epochs all are', async () => {
  const place = await open()
  const { shop, desk, clock } = place
  const { token } = shop.payer
  const phone = await enrol(place, 10)
  const before = await shop.balances()
  const [one = '', two = '', three = ''] = phone.aliases
  const url = `/v1/devices/${phone.id}`
  const ask = (path: string, body: object) => desk.call('POST', `${url}${path}`, { token, body })

  expect((await ask('/freeze', {})).body).toMatchObject({ id: phone.id, state: 'frozen' })
  expect(await came(shop.pay({ code: phone.show(one) }))).toBe('DEVICE_REVOKED')
  expect((await ask('/offline_codes', { count: 1 })).body.code).toBe('DEVICE_FROZEN')
  expect((await ask('/unfreeze', { pin: '000000' })).body.code).toBe('PIN_WRONG')
  expect((await ask('/unfreeze', { pin: PIN })).body.state).toBe('active')

  const all = await desk.call('POST', '/v1/devices/freeze_all', { token })
  expect(all.body.data).toMatchObject([{ state: 'frozen' }])
  await ask('/unfreeze', { pin: PIN })
  const frozen = await desk.call('POST', `/v1/payers/${shop.payer.id}/freeze_devices`, {
    ...{ token: desk.staff.operator, body: { reason: '手机丢失' } },
  })
  expect(frozen.body.data).toMatchObject([{ id: phone.id, state: 'frozen' }])
  expect(await came(shop.pay({ code: phone.show(one) }))).toBe('DEVICE_REVOKED')
  expect(await shop.balances()).toEqual(before)
  await ask('/unfreeze', { pin: PIN })
  expect(await came(shop.pay({ code: phone.show(one) }))).toBe('succeeded')

  // Ten are kept, so two new ones overtake the oldest of the nine that are left.
  expect((await ask('/offline_codes', { count: 11 })).body.code).toBe('INVALID_REQUEST')
  const [newest = ''] = await topUp(place, phone.id, 2)
  expect(await came(shop.pay({ code: phone.show(two) }))).toBe('CODE_EXPIRED')
  expect(await came(shop.pay({ code: phone.show(three) }))).toBe('succeeded')

  const other = await enrol(place, 2)
  // The operator does it for a payer on the telephone, and says why; the payer's own call is not theirs.
  const { operator } = desk.staff
  const told = (state: string, by = operator) =>
    desk.call('PATCH', `/v1/devices/${other.id}`, {
      ...{ token: by, body: { state, reason: '客户来电' } },
    })
  expect((await told('frozen')).body).toMatchObject({ id: other.id, state: 'frozen' })
  expect(await came(shop.pay({ code: other.show(other.aliases[0]!) }))).toBe('DEVICE_REVOKED')
  expect((await told('active')).body.state).toBe('active')
  expect((await told('revoked', token)).status).toBe(403)
  const gone = await desk.call('DELETE', `/v1/devices/${other.id}`, { token })
  expect(gone.body.state).toBe('revoked')
  expect((await told('active')).body.code).toBe('DEVICE_REVOKED')
  expect(await came(shop.pay({ code: other.show(other.aliases[0]!) }))).toBe('DEVICE_REVOKED')
  expect(
    (await desk.call('POST', `/v1/devices/${other.id}/unfreeze`, { token, body: { pin: PIN } }))
      .body,
  ).toMatchObject({ code: 'DEVICE_REVOKED' })

  clock.advance(7 * DAY_MS)
  expect(await came(shop.pay({ code: phone.show(newest) }))).toBe('succeeded')

  // Another length of epochs holds for what is handed out from then on: the earlier ones live on, the
  // oldest of them still die first, and all of them when they were told to.
  const settings = { token: operator, body: { scope: 'institution', reason: '试点', version: 0 } }
  const changes = { 'offline.epoch_days': 1 }
  const saved = await desk.call('POST', '/v1/settings', {
    ...{ ...settings, body: { ...settings.body, changes } },
  })
  expect(saved.status, JSON.stringify(saved.body)).toBe(200)
  expect(await came(shop.pay({ code: phone.show(phone.aliases[4]!) }))).toBe('succeeded')
  const [short = ''] = await topUp(place, phone.id, 5)
  expect(await came(shop.pay({ code: phone.show(phone.aliases[5]!) }))).toBe('CODE_EXPIRED')
  expect(await came(shop.pay({ code: phone.show(phone.aliases[9]!) }))).toBe('succeeded')
  clock.advance(2 * DAY_MS)
  expect(await came(shop.pay({ code: phone.show(short) }))).toBe('CODE_EXPIRED')
  expect(await came(shop.pay({ code: phone.show(phone.aliases[8]!) }))).toBe('succeeded')
  clock.advance(7 * DAY_MS)
  expect(await came(shop.pay({ code: phone.show(phone.aliases[7]!) }))).toBe('CODE_EXPIRED')
  await shop.audit()
})

test('offline codes have a limit of the day of their own, here and at merchants of other institutions', async () => {
  const place = await open({ mandate: { offlinePerDayMinor: 5_000n } })
  const { shop } = place
  const phone = await enrol(place, 8)
  const [one = '', two = '', three = '', four = '', five = ''] = phone.aliases
  const paid = await shop.pay({ code: phone.show(one), amountMinor: 4_000n })
  expect(paid.payment.state).toBe('succeeded')
  const over = await shop.pay({ code: phone.show(two), amountMinor: 1_001n })
  expect(over.payment).toMatchObject({ state: 'failed', declineReason: 'over_offline_limit' })
  const online = await shop.pay({ code: await shop.code(), amountMinor: 20_000n })
  expect(online.payment).toMatchObject({ state: 'succeeded', isOffline: false })

  const act = { masterKey: shop.io.masterKey, actor: 'command:test', trailId: newId('trl') }
  const peer = { id: 'ins_other', name: 'Other', publicKey: '-', privateKey: '-' }
  await shop.io.db.transaction((tx) =>
    putPeer(tx, { institutionId, ...peer }, { ...act, now: shop.io.now() }),
  )
  const charge = (scannedCode: string, amountMinor: bigint) =>
    chargePayer(shop.io, {
      ...{ institutionId, peerId: 'ins_other', chargeId: newId('chg'), scannedCode, amountMinor },
      ...{ currency: 'CNY', merchantName: '别家店', terminal: 'trm_there' },
    })
  expect(await charge(phone.show(three), 600n)).toMatchObject({ state: 'succeeded' })
  expect(await charge(phone.show(three), 100n)).toMatchObject({ declineReason: 'code_used' })
  const late = await charge(phone.show(four, 5), 100n)
  expect(late).toMatchObject({ declineReason: 'code_invalid', payerId: null })
  const more = await charge(phone.show(five), 600n)
  expect(more).toMatchObject({ declineReason: 'over_offline_limit' })
  expect(await shop.balances()).toMatchObject({ [`wallet:${shop.payer.id}:balance`]: 75_400n })
  await shop.audit()
})

test('twenty thousand random codes from colluding terminals: each is blocked after twenty, and alarms once', async () => {
  const place = await open()
  const { shop, desk, clock } = place
  const { io } = shop
  await enrol(place, 10)
  const before = await shop.balances()
  const parsed = () => {
    const digits =
      String(randomInt(10 ** 8)).padStart(8, '0') + String(randomInt(10 ** 8)).padStart(8, '0')
    const parts = { alias: digits.slice(0, 10), timeCode: digits.slice(10) }
    return offlineCode({ institutionId, prefix }, parts)
  }

  // A few through the till's own call; what follows is what the call does with such a code.
  const body = { amount: 100, currency: 'CNY' }
  for (let tries = 1; tries <= 21; tries += 1) {
    const order_no = `guess-${tries}`
    const wish = { ...body, payment_code: parsed().reveal(), order_no }
    const { token } = shop.terminal
    const reply = await desk.call('POST', '/v1/payments', { token, key: order_no, body: wish })
    expect(reply.body.code).toBe(tries <= 20 ? 'CODE_UNKNOWN' : 'CODE_BLOCKED_TERMINAL')
  }

  const terminals = Array.from({ length: 200 }, () => newId('trm'))
  const scan = { day: '2026-11-23', now: clock() }
  const tries = Array.from({ length: 20_000 }, (_, at) => {
    const by = { terminalId: terminals[at % 200]!, merchantId: shop.merchantId }
    return { ...scan, code: parsed(), by }
  })
  const counts = new Map<string, number>()
  for (let at = 0; at < tries.length; at += 4_000) {
    const some = tries.slice(at, at + 4_000).map((one) => proveOffline(io, institutionId, one))
    for (const answer of await Promise.all(some)) {
      const word = 'refused' in answer ? answer.refused : 'found'
      counts.set(word, (counts.get(word) ?? 0) + 1)
    }
  }
  expect(Object.fromEntries(counts)).toEqual({ CODE_UNKNOWN: 4_000, CODE_BLOCKED_TERMINAL: 16_000 })
  const alarms = await eventsOf(shop, 'terminal.alarm')
  expect(new Set(alarms.map(({ subjectId }) => subjectId))).toEqual(
    new Set([shop.terminal.id, ...terminals]),
  )
  expect(alarms).toHaveLength(201)
  expect(alarms[0]?.payload).toMatchObject({ kind: 'unknown_codes', guesses: 20 })
  expect(await shop.balances()).toEqual(before)
})
