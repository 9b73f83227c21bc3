import { Type } from 'typebox'

import type { OfflineBatch, PayerDevice } from '../../modules/wallet/wallet.ts'
import { OFFLINE_SLOT_MS } from '../../modules/paycode/paycode.ts'
import { CurrencyCode, orNull, Time, Words } from './shared.ts'

const fields = {
  object: Type.Literal('device'),
  id: Type.String({ examples: ['dev_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  number: Type.String({ examples: ['0000012'], description: 'To know it by on the telephone' }),
  name: Type.String({ examples: ['小米 15'] }),
  platform: Type.String({ examples: ['web'] }),
  state: Words(['active', 'frozen', 'revoked']),
  clock_offset_ms: orNull(
    Type.Integer({ description: 'How much our clock was ahead of its own at the last top-up' }),
  ),
  created_at: Time(),
  last_seen_at: orNull(Time()),
}

/** A payer's device as the API shows it. */
export const DeviceView = Type.Object(fields, { title: 'Device' })

const BatchSize = Type.Integer({
  description: 'How many codes a device may hold; older unused ones beyond it die',
  examples: [10],
})

/** The same when it has just been enrolled: the only time that its key is told. */
export const EnrolledDeviceView = Type.Object(
  {
    ...fields,
    key: Type.String({
      description: '32 bytes in base64url, shown this once: HMAC-SHA-256 key of its time codes',
    }),
    batch_size: BatchSize,
  },
  { title: 'EnrolledDevice' },
)

/** Shows a device. */
export const showDevice = (device: PayerDevice) => ({
  object: 'device' as const,
  id: device.id,
  number: String(device.number).padStart(7, '0'),
  name: device.name,
  platform: device.platform,
  state: device.state,
  clock_offset_ms: device.clockOffsetMs,
  created_at: device.createdAt.toISOString(),
  last_seen_at: device.lastSeenAt?.toISOString() ?? null,
})

/** What a device gets for codes without a network. */
export const OfflineBatchView = Type.Object(
  {
    object: Type.Literal('offline_batch'),
    prefix: Type.String({ examples: ['81'] }),
    epoch: Type.Integer({ examples: [2943] }),
    expires_at: Time({ description: 'From then on none of these pays' }),
    server_time: Time({ description: 'For the device to measure its clock by' }),
    batch_size: BatchSize,
    day_limit: Type.Integer({
      description: 'What may be paid by such codes in a day, in minor units of the currency',
      examples: [100_000],
    }),
    currency: CurrencyCode(),
    slot_seconds: Type.Integer({ examples: [60], description: 'How often the time code changes' }),
    life_slots: Type.Integer({
      examples: [3],
      description: 'A time code counts in so many slots: its own, the one before and the one after',
    }),
    aliases: Type.Array(
      Type.Object({
        alias: Type.String({ examples: ['6853642304'] }),
        seq: Type.Integer({ examples: [7] }),
      }),
    ),
  },
  { title: 'OfflineBatch' },
)

/** Shows a batch, the only time that its aliases are told. */
export const showBatch = (batch: OfflineBatch) => ({
  object: 'offline_batch' as const,
  prefix: batch.prefix,
  epoch: batch.epoch,
  expires_at: batch.expiresAt.toISOString(),
  server_time: batch.serverTime.toISOString(),
  batch_size: batch.batchSize,
  day_limit: Number(batch.dayLimitMinor),
  currency: batch.currency,
  slot_seconds: OFFLINE_SLOT_MS / 1000,
  life_slots: 3,
  aliases: batch.aliases,
})
