import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { sleep } from '../../modules/lib/retry.ts'
import { code128Modules } from '../../modules/paycode/paycode.ts'
import { code128Svg } from '../../sandbox/counterpart/barcode.ts'
import { openBooks } from '../../sandbox/counterpart/books.ts'
import { certify, makeAuthority, makeRsaKeyPair } from '../../sandbox/counterpart/certificate.ts'
import { virtualClock } from '../../sandbox/counterpart/clock.ts'
import { codeMint, randomDigits } from '../../sandbox/counterpart/codes.ts'
import type { FaultKind } from '../../sandbox/counterpart/faults.ts'
import { faultBook } from '../../sandbox/counterpart/faults.ts'
import { drawFrom, pickWeighted } from '../../sandbox/counterpart/random.ts'
import { openStore } from '../../sandbox/counterpart/store.ts'
import { underFaults } from '../../sandbox/counterpart/under-faults.ts'

const startAt = new Date('2026-11-23T04:00:00Z')

test('a clock that stands still does what falls due on the way, at its own time and in order', async () => {
  const clock = virtualClock({ startAt, running: false })
  const done: string[] = []
  const note = (what: string) => done.push(`${what} ${clock.nowMs() - startAt.getTime()}`)
  clock.after(300, () => void note('third'))
  clock.after(100, () => {
    note('first')
    clock.after(100, () => void note('second'))
  })
  const cancel = clock.after(250, () => void note('never'))
  cancel()
  await clock.advance(299)
  expect(done).toEqual(['first 100', 'second 200'])
  await Promise.all([clock.advance(1), clock.advance(1_000)])
  expect(done).toEqual(['first 100', 'second 200', 'third 300'])
  expect(clock.nowMs()).toBe(startAt.getTime() + 1_300)
  clock.after(10, () => void note('after the end'))
  clock.stop()
  await clock.advance(10)
  expect(done).toHaveLength(3)
})

test('a clock that runs does so by the machine’s time, and can jump as well', async () => {
  const clock = virtualClock({ startAt })
  const done: string[] = []
  clock.after(20, () => void done.push('soon'))
  clock.after(3_600_000, () => void done.push('in an hour'))
  await sleep(120)
  expect(done).toEqual(['soon'])
  await clock.advance(3_600_000)
  expect(done).toEqual(['soon', 'in an hour'])
  expect(clock.nowMs() - startAt.getTime()).toBeGreaterThanOrEqual(3_600_020)
  clock.stop()
})

test('numbers are told by their seed and names, whatever was drawn before', () => {
  const one = drawFrom('seed', 'charge', 'A1')
  const numbers = [one(), one(), one()]
  drawFrom('seed', 'charge', 'B2')()
  const again = drawFrom('seed', 'charge', 'A1')
  expect([again(), again(), again()]).toEqual(numbers)
  expect(drawFrom('other', 'charge', 'A1')()).not.toBe(numbers[0])
  const draws = Array.from({ length: 2_000 }, (_, at) => drawFrom('seed', at)())
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
  expect(mean).toBeGreaterThan(0.47)
  expect(mean).toBeLessThan(0.53)
})

test.each([
  [0, 'a'],
  [0.19, 'a'],
  [0.2, 'b'],
  [0.49, 'b'],
  [0.5, undefined],
])('of a at 0.2 and b at 0.3 the draw %d picks %s', (draw, picked) => {
  expect(pickWeighted({ b: 0.3, a: 0.2 }, draw)).toBe(picked)
})

test('a rule befalls what it names, as often as it says, and only what it can', () => {
  const faults = faultBook({ seed: 's' })
  const plan = (operation: 'charge' | 'query' | 'reverse', orderNo = 'A') =>
    faults.plan({ operation, orderNo }).map(({ kind, value }) => `${kind} ${value}`)
  faults.add({ kind: 'recall', value: 3 })
  faults.add({ kind: 'slow', operation: 'query', orderNo: 'B', times: 2 })
  faults.add({ kind: 'down', operation: 'query', orderNo: 'C', times: null })
  expect(plan('charge')).toEqual([])
  expect(plan('reverse')).toEqual(['recall 3'])
  expect(plan('reverse')).toEqual([])
  expect(plan('query')).toEqual([])
  expect([plan('query', 'B'), plan('query', 'B'), plan('query', 'B')]).toEqual([
    ['slow 300'],
    ['slow 300'],
    [],
  ])
  expect([plan('query', 'C'), plan('query', 'C')]).toEqual([['down undefined'], ['down undefined']])
  faults.clear()
  expect(plan('query', 'C')).toEqual([])
})

test('drawn by amount, an order meets the same faults under whatever number it has', () => {
  const run = (orders: Record<string, bigint>) => {
    const faults = faultBook({ seed: 's', magicAmounts: false })
    faults.setProfile({ charge: { down: 0.5 }, query: { busy: 0.5 } })
    faults.setDraws('amount')
    return Object.entries(orders).map(([orderNo, amountMinor]) => [
      ...faults.plan({ operation: 'charge', orderNo, amountMinor }),
      // A query has no amount: it is the order's.
      ...faults.plan({ operation: 'query', orderNo }),
      ...faults.plan({ operation: 'query', orderNo }),
    ])
  }
  const amounts = Array.from({ length: 20 }, (_, at) => BigInt(100 + at))
  const numbered = (prefix: string) =>
    Object.fromEntries(amounts.map((amountMinor, at) => [`${prefix}${at}`, amountMinor]))
  const first = run(numbered('A'))
  expect(run(numbered('B'))).toEqual(first)
  expect(new Set(first.map((faults) => JSON.stringify(faults))).size).toBeGreaterThan(2)
})

test('magic amounts stand below rules and above the profile', () => {
  const faults = faultBook({ seed: 's' })
  faults.setProfile({ charge: { down: 1 } })
  const plan = (amountMinor: bigint) =>
    faults.plan({ operation: 'charge', orderNo: 'A', amountMinor }).map(({ kind }) => kind)
  expect([101n, 102n, 103n, 104n, 105n, 106n].map(plan)).toEqual([
    [],
    ['confirm'],
    ['system_error'],
    ['not_enough'],
    ['code_expired'],
    ['down'],
  ])
  faults.add({ kind: 'busy' })
  expect(plan(101n)).toEqual(['busy'])
  faults.setMagic(false)
  expect(plan(101n)).toEqual(['down'])
})

test('a call under faults is done or not, and answered or not', async () => {
  const met = async (...kinds: FaultKind[]) => {
    let done = 0
    const faults = kinds.map((kind) => ({ kind, value: undefined }))
    const answer = await underFaults(faults, {
      work: () => {
        done += 1
        return { status: 200, body: 'done' }
      },
      unsure: () => ({ status: 200, body: 'unsure' }),
      spoil: (told) => ({ ...told, body: 'spoilt' }),
    })
    return [done, answer.cut ?? String(answer.body)]
  }
  expect(await met()).toEqual([1, 'done'])
  expect(await met('down')).toEqual([0, 'before'])
  expect(await met('request_lost')).toEqual([0, 'before'])
  expect(await met('busy')).toEqual([0, 'unsure'])
  expect(await met('answer_lost')).toEqual([1, 'before'])
  expect(await met('system_error')).toEqual([1, 'unsure'])
  expect(await met('wrong_signature')).toEqual([1, 'spoilt'])
  expect(await met('truncated')).toEqual([1, 'inside'])
  expect((await met('server_error'))[0]).toBe(0)
})

test('a store reads its journal back, without the line that a kill has torn', () => {
  const folder = mkdtempSync(join(tmpdir(), 'counterpart-'))
  const file = join(folder, 'journal')
  const first = openStore(file)
  const table = first.table<{ amountMinor: bigint; note: unknown }>('row')
  table.put('a', { amountMinor: 12n, note: { minor: 7 } })
  table.put('b', { amountMinor: 1n, note: 'x' })
  table.put('a', { amountMinor: 2n ** 60n, note: null })
  table.delete('b')
  first.close()
  writeFileSync(file, `${readFileSync(file, 'utf8')}["row","c",{"amountMi`)
  const second = openStore(file)
  const again = second.table<{ amountMinor: bigint; note: unknown }>('row')
  expect(again.all()).toEqual([{ amountMinor: 2n ** 60n, note: null }])
  again.put('d', { amountMinor: 0n, note: [] })
  second.close()
  expect(openStore(file).table('row').size).toBe(2)
  rmSync(folder, { recursive: true })
})

test('books know every balance from the movements alone', () => {
  const table = openStore().table<never>('movement')
  const books = openBooks(table)
  const move = { at: startAt, kind: 'payment', subject: 's' }
  books.move({ ...move, from: 'a', to: 'b', amountMinor: 30n })
  books.move({ ...move, from: 'b', to: 'c', amountMinor: 10n })
  expect(books.balances()).toEqual({ a: -30n, b: 20n, c: 10n })
  expect(openBooks(table).balances()).toEqual(books.balances())
  expect(() => books.move({ ...move, from: 'a', to: 'b', amountMinor: 0n })).toThrow()
  expect(() => books.move({ ...move, from: 'a', to: 'a', amountMinor: 1n })).toThrow()
})

test('a code is taken once and dies at its minute', async () => {
  const clock = virtualClock({ startAt, running: false })
  const mint = codeMint({ clock, lifeMs: 60_000, make: () => randomDigits(18) })
  const [one, other] = [mint.show('wang').code, mint.show('wang').code]
  expect(one).toMatch(/^\d{18}$/)
  expect(mint.stateOf(one)).toBe('live')
  expect(mint.take(one)).toEqual({ kind: 'taken', holder: 'wang' })
  expect(mint.take(one)).toEqual({ kind: 'used', holder: 'wang' })
  expect(mint.take('1')).toEqual({ kind: 'unknown' })
  await clock.advance(60_000)
  expect(mint.take(other)).toEqual({ kind: 'expired', holder: 'wang' })
  expect([mint.stateOf(one), mint.stateOf(other)]).toEqual(['used', 'expired'])
})

test('certificates are of their key, and signed by their authority', async () => {
  const authority = makeAuthority('Sandbox authority', startAt)
  const pair = await makeRsaKeyPair()
  const issued = certify(authority, {
    name: '1900000109 商户',
    publicKeyPem: pair.publicKeyPem,
    from: startAt,
    days: 365,
    hosts: ['127.0.0.1', 'localhost'],
  })
  const read = new X509Certificate(issued.certificatePem)
  const root = new X509Certificate(authority.certificatePem)
  expect(read.verify(root.publicKey)).toBe(true)
  expect(read.checkIssued(root)).toBe(true)
  expect(root.ca).toBe(true)
  expect(read.ca).toBe(false)
  expect(read.checkPrivateKey(createPrivateKey(pair.privateKeyPem))).toBe(true)
  expect(read.subject).toBe('CN=1900000109 商户')
  expect(read.serialNumber).toBe(issued.serial)
  expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(read.checkHost('localhost')).toBe('localhost')
  expect(new Date(read.validFrom)).toEqual(startAt)
  expect(Date.parse(read.validTo) - startAt.getTime()).toBe(365 * 86_400_000)
})

test.each(['130061098828009406', '6220835931895481436'])(
  'the bars of %s are those that the platform draws by itself',
  (digits) => {
    const svg = code128Svg(digits)
    const drawn = [...svg.matchAll(/M(\d+) 0h(\d)v/g)].map(([, left, width]) => [
      Number(left),
      Number(width),
    ])
    const modules = Array.from({ length: code128Modules(digits).length }, () => false)
    for (const [left, width] of drawn) modules.fill(true, left! - 10, left! - 10 + width!)
    expect(modules).toEqual(code128Modules(digits))
    expect(svg).toContain(`viewBox="0 0 ${modules.length + 20} 60"`)
  },
)
