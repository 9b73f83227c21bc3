import { isDeepStrictEqual } from 'node:util'

import {
  changeChannelAccount,
  createChannelAccount,
  fingerprintOf,
  type ChannelAccount,
  type NewChannelAccount,
} from '../../modules/channel/channel.ts'
import type { Io } from '../../modules/io/io.ts'

/** Makes an account, or changes what differs of the one that is there; else nothing. */
export async function putAccount(
  io: Io,
  wanted: NewChannelAccount,
  known: ChannelAccount | undefined,
): Promise<void> {
  const sealing = { masterKey: io.masterKey, now: io.now() }
  if (!known) {
    await io.db.transaction((tx) => createChannelAccount(tx, wanted, sealing))
    return
  }
  const settings = differing(wanted.settings, (name, value) =>
    isDeepStrictEqual(known.settings[name], value),
  )
  const keys = differing(
    wanted.keys,
    (name, key) => known.keyHints[name]?.fingerprint === fingerprintOf(key),
  )
  if (Object.keys({ ...settings, ...keys }).length === 0) return
  await io.db.transaction((tx) => changeChannelAccount(tx, known, { settings, keys }, sealing))
}

function differing(
  wanted: Readonly<Record<string, unknown>>,
  isSame: (name: string, value: unknown) => boolean,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !isSame(name, value)))
}
