import { createHmac, randomBytes } from 'node:crypto'

import { masterKeyOf } from '../modules/channel/channel.ts'
import { newId } from '../modules/lib/ids.ts'
import { compileIssuers, offlineCode, ownIssuers, parse } from '../modules/paycode/paycode.ts'
import { slotAt, timeCodeOf, timeCodeText, type PaymentCode } from '../modules/paycode/paycode.ts'
import {
  aliasOf,
  epochAt,
  epochDiesAt,
  hashOf,
  hiddenIn,
  judgeOffline,
  offlinePartsOf,
  openDeviceKey,
  sealDeviceKey,
  type LockedCode,
  type Proof,
} from '../modules/wallet/wallet.ts'
import type { BenchOptions, Figure } from './bench.ts'

const DEVICES = 1_000
const ALIASES = 10
const MEASURE_MS = 5_000
const institutionId = 'ins_bench'
const prefix = '81'

type Row = { code: LockedCode; proof: Omit<Proof, 'key'>; sealed: Buffer; id: string }

/**
 * How many offline codes one core verifies in a second, from the scanned digits to the verdict: parse,
 * keyed hash, FF1, the device's key opened, HMAC in three slots, comparison. The rows are
 * in memory, since a look-up is measured with every payment. Half of the codes have a wrong time code.
 * A second is one of the core's own time, so that what else the machine does counts little.
 *
 * Source: P8; reference/protocols.md §9.3.
 */
export function run({ json }: BenchOptions): Figure {
  const world = openWorld()
  verifyFor(world, 500)
  if (!json) process.stderr.write(`verifying for ${MEASURE_MS / 1000} s …\n`)
  const before = process.cpuUsage()
  const { verified, taken, tookMs } = verifyFor(world, MEASURE_MS)
  const { user, system } = process.cpuUsage(before)
  const perSecond = Math.round((verified / (user + system)) * 1_000_000)
  return {
    bench: 'offline-verify',
    codes_per_second: perSecond,
    codes_per_second_by_the_wall_clock: Math.round((verified / tookMs) * 1000),
    aim_codes_per_second: 5_000,
    microseconds_per_code: Math.round(1_000_000 / perSecond),
    ...costsOf(world),
    codes: verified,
    taken,
    cores: 1,
  }
}

function openWorld() {
  const now = new Date('2026-11-23T02:13:20Z')
  const [pepper, aliasKey] = [randomBytes(32), randomBytes(32)]
  const masterKey = masterKeyOf(randomBytes(32))
  const { online, offline } = ownIssuers(institutionId, '80', new Date(0))
  const issuers = compileIssuers([online, offline], now)
  const epoch = epochAt(now, 7)
  const terms = { institutionId, prefix, aliasKey }
  const rows = new Map<string, Row>()
  const scans: string[] = []
  for (let at = 0; at < DEVICES * ALIASES; at += 1) {
    const hidden = { epoch, number: (at % DEVICES) + 1, seq: Math.floor(at / DEVICES) }
    const alias = aliasOf(terms, hidden)
    const [key, id] = [randomBytes(32), newId('dev')]
    const slot = slotAt(now.getTime()) + (at % 2 === 0 ? (at % 3) - 1 : 9)
    const timeCode = timeCodeOf(
      createHmac('sha256', key)
        .update(timeCodeText(prefix, alias, slot))
        .digest(),
    )
    const code = offlineCode({ institutionId, prefix }, { alias, timeCode })
    const locked = { usedAt: null, stopped: null, maxAmountMinor: null }
    rows.set(hashOf({ pepper }, code).toString('hex'), {
      code: { ...locked, expiresAt: epochDiesAt(epoch, 7) },
      proof: { hidden, deviceId: id, isDeviceActive: true },
      ...{ sealed: sealDeviceKey(key, { institutionId, id }, masterKey), id },
    })
    scans.push(prefix + alias + timeCode)
  }
  return { now, pepper, masterKey, issuers, terms, rows, scans }
}

type World = ReturnType<typeof openWorld>

function verifyFor(world: World, measureMs: number) {
  const startedMs = performance.now()
  let [verified, taken] = [0, 0]
  for (;;) {
    for (const scan of world.scans) {
      verified += 1
      if (verify(world, scan)) taken += 1
      if (verified % 200 > 0) continue
      const tookMs = performance.now() - startedMs
      if (tookMs >= measureMs) return { verified, taken, tookMs }
    }
  }
}

function verify(world: World, scan: string): boolean {
  const { now, pepper, masterKey, terms } = world
  const code = parse(scan, world.issuers).ok as PaymentCode
  const parts = offlinePartsOf(code)
  const row = world.rows.get(hashOf({ pepper }, code).toString('hex'))
  if (!parts || !row) return false
  const key = openDeviceKey(row.sealed, { institutionId, id: row.id }, masterKey)
  const shown = { ...parts, hiddenIn: (epoch: number) => hiddenIn(terms, parts.alias, epoch) }
  const circumstances = { proof: { ...row.proof, key }, isPayerBlocked: false, now }
  return judgeOffline(shown, row.code, circumstances) === null
}

/** What the two dearest parts take of it, in microseconds per code. */
function costsOf({ terms, masterKey, rows }: World) {
  const timed = (work: (at: number) => unknown): number => {
    const [count, startedMs] = [5_000, performance.now()]
    for (let at = 0; at < count; at += 1) work(at)
    return Math.round(((performance.now() - startedMs) * 1000) / count)
  }
  const all = [...rows.values()]
  const shown = all.slice(0, 100).map(({ proof: { hidden } }) => ({
    ...{ alias: aliasOf(terms, hidden), epoch: hidden.epoch },
  }))
  return {
    ff1_microseconds: timed((at) => {
      const { alias, epoch } = shown[at % shown.length] as (typeof shown)[number]
      return hiddenIn(terms, alias, epoch)
    }),
    open_key_microseconds: timed((at) => {
      const { sealed, id } = all[at % all.length] as Row
      return openDeviceKey(sealed, { institutionId, id }, masterKey)
    }),
  }
}
