import { asProblem, type Problem } from '../../ui/api.ts'
import { api } from '../session.ts'
import { fromBase64 } from './bytes.ts'
import {
  askForCodes,
  createDevice,
  readDevices,
  readPrincipal,
  revokeDevice,
  type OfflineBatchView,
} from './device-calls.ts'
import { graceLeftMs, lockNow, readThisDevice, store, tell, turns } from './this-device.ts'

// Fetched and written in parts, so that what has come is kept when the line breaks.
const partSize = 5

/**
 * Makes this browser a device of the payer's and fills it. The key goes from the answer under the
 * PIN and nowhere else. Throws `Problem`.
 *
 * Source: P3, P8; DESIGN §6.
 */
export async function enrol(name: string, pin: string): Promise<void> {
  const principal = await readPrincipal()
  const device = await createDevice({ name, platform: platformName(), pin })
  try {
    await store.begin({
      ...{ deviceId: device.id, institutionId: principal.institution.id, payerId: principal.id },
      ...{ name: device.name, batchSize: device.batch_size, key: fromBase64(device.key), pin },
    })
  } catch (thrown) {
    // A device whose key nobody has is of no use to anybody.
    await revokeDevice(device.id)
    throw asProblem(thrown)
  }
  turns.forget()
  lockNow()
  await readThisDevice()
  // So that the browser does not throw the codes away when space is short; it may refuse.
  await navigator.storage?.persist?.()
  await fill()
}

let running: Promise<Problem | null> | null = null

/**
 * Fetches what is missing up to a full batch, or a whole batch when the rest is old; the screens
 * hear how far it is. Answers what stopped it, or null. One at a time.
 */
export function fill(): Promise<Problem | null> {
  running ??= fillNow()
    .then(
      () => null,
      (thrown: unknown) => asProblem(thrown),
    )
    .finally(() => {
      running = null
      tell({ filling: null })
    })
  return running
}

async function fillNow(): Promise<void> {
  const before = await readThisDevice()
  if (before.kind !== 'kept') return
  const { deviceId } = before
  let batchSize = before.batchSize
  let wanted = before.isOld ? batchSize : batchSize - before.left
  let done = 0
  let part = partSize
  while (done < wanted) {
    tell({ filling: { done, wanted } })
    const askedAtMs = Date.now()
    let batch: OfflineBatchView
    try {
      batch = await askForCodes(deviceId, Math.min(part, wanted - done))
    } catch (thrown) {
      // Fewer than a part may be allowed in all; the answer to one tells how many.
      if (asProblem(thrown).param !== 'count' || part === 1) throw thrown
      part = 1
      continue
    }
    wanted += batch.batch_size - batchSize
    batchSize = batch.batch_size
    if (batch.aliases.length === 0) return
    const begun = done
    await keep(batch, askedAtMs, (count) => tell({ filling: { done: begun + count, wanted } }))
    done += batch.aliases.length
    await readThisDevice()
  }
}

function keep(
  batch: OfflineBatchView,
  askedAtMs: number,
  onSealed: (count: number) => void,
): Promise<void> {
  const { prefix, aliases, batch_size: batchSize, day_limit: dayLimit, currency } = batch
  const codes = {
    ...{ prefix, expiresAtMs: Date.parse(batch.expires_at) },
    aliases: aliases.map(({ alias }) => alias),
  }
  // The answer was on its way for half of the time.
  const clockOffsetMs = Date.parse(batch.server_time) - (askedAtMs + Date.now()) / 2
  return store.add(codes, { batchSize, clockOffsetMs, dayLimit, currency }, onSealed)
}

/**
 * Does what is due while there is a network: forgets the codes of a device that was removed or is
 * another payer's, measures the clock, and tops up below half. Never throws: a device that cannot be
 * reached is as it was.
 *
 * Source: P8 (topped up by itself below half).
 */
export async function sync(): Promise<void> {
  const summary = await readThisDevice()
  if (summary.kind !== 'kept') return
  try {
    const mine = (await readDevices()).find(({ id }) => id === summary.deviceId)
    if (!mine || mine.state === 'revoked') return await forgetHere()
    const isFrozen = mine.state === 'frozen'
    await store.hear({ clockOffsetMs: api.serverNow() - Date.now(), isFrozen })
    await readThisDevice()
    const isLow = summary.isOld || summary.left * 2 < summary.batchSize
    if (isFrozen || !isLow) return
    const waitMs = graceLeftMs()
    if (waitMs > 0) setTimeout(() => void fill(), waitMs)
    else await fill()
  } catch {
    // No answer: it is asked again when the network is back or the wallet is opened.
  }
}

/** Signing out: the codes go from here, and the server lets them die if it can be reached. */
export async function forgetThisDevice(): Promise<void> {
  const summary = await readThisDevice()
  if (summary.kind === 'none') return
  await forgetHere()
  if (summary.kind !== 'kept') return
  try {
    await revokeDevice(summary.deviceId)
  } catch {
    // Nobody has its key any more; the payer can remove it from the list of devices later.
  }
}

/** Follows a change of the PIN, so that the codes open with the new one. */
export async function followPin(current: string, next: string): Promise<void> {
  if ((await readThisDevice()).kind === 'kept') await store.changePin(current, next)
}

async function forgetHere(): Promise<void> {
  turns.forget()
  lockNow()
  await store.erase()
  await readThisDevice()
}

const platforms = [
  [/iPhone|iPod/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
] as const

const browsers = [
  [/MicroMessenger/, 'WeChat'],
  [/Edg/, 'Edge'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
] as const

/** What kind of machine this is, as far as the browser says. */
export const platformName = (): string =>
  platforms.find(([pattern]) => pattern.test(navigator.userAgent))?.[1] ?? 'other'

/** A first name for this device, for the payer to change. */
export function suggestedName(): string {
  const browser = browsers.find(([pattern]) => pattern.test(navigator.userAgent))?.[1]
  return [platformName(), browser].filter(Boolean).join(' · ')
}
