import { newIdempotencyKey } from '../../ui/api.ts'
import type { List, Principal } from '../../ui/types.ts'
import { api } from '../session.ts'

export type DeviceState = 'active' | 'frozen' | 'revoked'

/** A phone or browser of the payer's that may show codes without a network. */
export type Device = {
  object: 'device'
  id: string
  name: string
  platform: string
  state: DeviceState
  created_at: string
  last_seen_at: string | null
}

/** In the answer that makes the device, and never again: its key, 32 bytes as base64url. */
export type NewDeviceView = Device & {
  key: string
  /** How many codes it may hold. */
  batch_size: number
}

export type OfflineBatchView = {
  object: 'offline_batch'
  prefix: string
  expires_at: string
  server_time: string
  /** How many codes a device may hold. */
  batch_size: number
  /** What such codes may pay in a day, in minor units of `currency`. */
  day_limit: number
  currency: string
  aliases: { alias: string; seq: number }[]
}

/** Who is signed in, and where. */
export const readPrincipal = (): Promise<Principal> => api.get('/v1/me')

/** All devices that the payer has or had, the newest first. */
export const readDevices = async (): Promise<Device[]> =>
  (await api.get<List<Device>>('/v1/devices', { limit: 100 })).data

/** Makes this browser a device of the payer's. Throws PIN_WRONG and what every call throws. */
export const createDevice = (device: {
  name: string
  platform: string
  pin: string
}): Promise<NewDeviceView> => api.post('/v1/devices', device, newKey())

/** Asks for new codes; older unused ones that are then too many die at the server. */
export const askForCodes = (deviceId: string, count: number): Promise<OfflineBatchView> =>
  api.post(
    `/v1/devices/${deviceId}/offline_codes`,
    { count, device_time: new Date().toISOString() },
    newKey(),
  )

/** Stops the codes of one device until it is unfrozen. */
export const freezeDevice = (deviceId: string): Promise<Device> =>
  api.post(`/v1/devices/${deviceId}/freeze`, {}, newKey())

/** Lets them count again. Throws PIN_WRONG. */
export const unfreezeDevice = (deviceId: string, pin: string): Promise<Device> =>
  api.post(`/v1/devices/${deviceId}/unfreeze`, { pin }, newKey())

/** Removes a device for ever. */
export const revokeDevice = (deviceId: string): Promise<void> => api.del(`/v1/devices/${deviceId}`)

/** Stops the codes of all devices: a phone is lost. */
export const freezeAllDevices = (): Promise<unknown> =>
  api.post('/v1/devices/freeze_all', {}, newKey())

const newKey = (): { idempotencyKey: string } => ({ idempotencyKey: newIdempotencyKey() })
