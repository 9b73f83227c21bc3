import { Type } from 'typebox'

import type { Io } from '../../modules/io/io.ts'
import { newId } from '../../modules/lib/ids.ts'
import {
  changeDevices,
  checkPin,
  enrolDevice,
  issueAliases,
  listDevices,
  payerOfDevice,
  readDevice,
  readPayer,
  type DeviceChange,
} from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { actorOf, type Principal } from '../http/principal.ts'
import {
  DeviceView,
  EnrolledDeviceView,
  OfflineBatchView,
  showBatch,
  showDevice,
} from '../schemas/device.ts'
import {
  Body,
  found,
  ListOf,
  ListQuery,
  PathId,
  readPage,
  showList,
  Text,
  Time,
  Words,
} from '../schemas/shared.ts'
import { Pin } from './payers.ts'
import type { Context } from './routes.ts'

const List = ListOf(DeviceView)

/** The payer's phones: enrolling one, freezing it, and the codes it shows without a network. */
export function deviceRoutes(app: App, { io }: Context): void {
  enrolRoutes(app, io)
  freezeRoutes(app, io)
  operatorRoutes(app, io)
  changeRoute(app, io)
}

function enrolRoutes(app: App, io: Io): void {
  app.post(
    '/v1/devices',
    {
      schema: {
        summary: 'Enrol this device for codes without a network; its key is told this once',
        body: Body({ name: Text(64), platform: Text(64), pin: Pin }),
        response: { 201: EnrolledDeviceView },
      },
      config: { ...allow('payer'), refusals: ['PIN_WRONG', 'PAYER_FROZEN', 'RATE_LIMITED'] },
    },
    async (request, reply) => {
      const { institutionId, id: payerId } = principalOf(request)
      const { name, platform, pin } = request.body
      await checkPin(io, { institutionId, payerId, pin })
      const enrolled = await enrolDevice(io, { institutionId, payerId, name, platform })
      io.poke(institutionId)
      const key = enrolled.key.toString('base64url')
      const batch_size = io.settings(institutionId).integer('offline.batch_size')
      return reply.code(201).send({ ...showDevice(enrolled.device), key, batch_size })
    },
  )

  app.get(
    '/v1/devices',
    {
      schema: { summary: 'My devices', querystring: ListQuery({}), response: { 200: List } },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const devices = await listDevices(io.db, { institutionId, payerId }, readPage(request.query))
      return showList(devices, request.query, { url: '/v1/devices', show: showDevice })
    },
  )

  const count = Type.Integer({ minimum: 1, maximum: 15, examples: [10] })
  app.post(
    '/v1/devices/:id/offline_codes',
    {
      schema: {
        summary: 'Hand new aliases to the device; unused ones beyond the batch size die',
        params: PathId('dev'),
        body: Body({
          count,
          device_time: Type.Optional(Time({ description: 'What the device’s clock says' })),
        }),
        response: { 201: OfflineBatchView },
      },
      config: {
        ...allow('payer'),
        refusals: ['DEVICE_FROZEN', 'PAYER_FROZEN', 'RATE_LIMITED'],
      },
    },
    async (request, reply) => {
      const { institutionId, id: payerId } = principalOf(request)
      const { count: wanted, device_time } = request.body
      const batch = await issueAliases(io, {
        ...{ institutionId, payerId, deviceId: request.params.id, count: wanted },
        deviceTime: device_time === undefined ? null : new Date(device_time),
      })
      return reply.code(201).send(showBatch(batch))
    },
  )
}

function freezeRoutes(app: App, io: Io): void {
  const one = { params: PathId('dev'), response: { 200: DeviceView } }
  const wishOf = ({ institutionId, id: payerId }: Principal) => ({ institutionId, payerId })

  app.post(
    '/v1/devices/:id/freeze',
    {
      schema: { summary: 'Freeze one of my devices and its codes', body: Body({}), ...one },
      config: { ...allow('payer'), mayLackBody: true, refusals: ['DEVICE_REVOKED'] },
    },
    async (request) => {
      const principal = principalOf(request)
      const wish = { ...wishOf(principal), deviceId: request.params.id, to: 'frozen' } as const
      return changeOne(io, principal, wish)
    },
  )

  app.post(
    '/v1/devices/:id/unfreeze',
    {
      schema: { summary: 'Let it show codes again', body: Body({ pin: Pin }), ...one },
      config: {
        ...allow('payer'),
        refusals: ['PIN_WRONG', 'PAYER_FROZEN', 'DEVICE_REVOKED'],
      },
    },
    async (request) => {
      const principal = principalOf(request)
      const key = { ...wishOf(principal), deviceId: request.params.id }
      // First whether there is such a device: a PIN must not be asked for in vain.
      found(await readDevice(io.db, key))
      await checkPin(io, { ...wishOf(principal), pin: request.body.pin })
      return changeOne(io, principal, { ...key, to: 'active' })
    },
  )

  app.delete(
    '/v1/devices/:id',
    {
      schema: { summary: 'Remove one of my devices for ever', ...one },
      config: allow('payer'),
    },
    async (request) => {
      const principal = principalOf(request)
      const wish = { ...wishOf(principal), deviceId: request.params.id, to: 'revoked' } as const
      return changeOne(io, principal, wish)
    },
  )

  app.post(
    '/v1/devices/freeze_all',
    {
      schema: { summary: 'Freeze all my devices', body: Body({}), response: { 200: List } },
      config: { ...allow('payer'), mayLackBody: true },
    },
    async (request) => {
      const principal = principalOf(request)
      const wish = { ...wishOf(principal), deviceId: null, to: 'frozen' } as const
      return listOf(await change(io, principal, wish), '/v1/devices')
    },
  )
}

function operatorRoutes(app: App, io: Io): void {
  app.get(
    '/v1/payers/:id/devices',
    {
      schema: {
        summary: 'The devices of a payer',
        params: PathId('pyr'),
        querystring: ListQuery({}),
        response: { 200: List },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const { id: payerId } = found(await readPayer(io.db, institutionId, request.params.id))
      const devices = await listDevices(io.db, { institutionId, payerId }, readPage(request.query))
      const url = `/v1/payers/${payerId}/devices`
      return showList(devices, request.query, { url, show: showDevice })
    },
  )

  app.post(
    '/v1/payers/:id/freeze_devices',
    {
      schema: {
        summary: 'Freeze all devices of a payer',
        params: PathId('pyr'),
        body: Body({ reason: Text(200) }),
        response: { 200: List },
      },
      config: allow('operator'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id: payerId } = found(await readPayer(io.db, institutionId, request.params.id))
      const { reason } = request.body
      const wish = { institutionId, payerId, deviceId: null, to: 'frozen', reason } as const
      return listOf(await change(io, principal, wish), `/v1/payers/${payerId}/devices`)
    },
  )
}

/** The operator changes one device of whoever has it, and says why. */
function changeRoute(app: App, io: Io): void {
  app.patch(
    '/v1/devices/:id',
    {
      schema: {
        summary: 'Freeze, unfreeze or remove a payer’s device',
        description: '`revoked` is for ever. The payer unfreezes a device with the PIN.',
        params: PathId('dev'),
        body: Body({
          state: Words(['active', 'frozen', 'revoked']),
          reason: Text(200, { examples: ['客户来电报失'] }),
        }),
        response: { 200: DeviceView },
      },
      config: { ...allow('operator'), refusals: ['DEVICE_REVOKED'] },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id: deviceId } = request.params
      const payerId = found(await payerOfDevice(io.db, institutionId, deviceId))
      const { state: to, reason } = request.body
      return changeOne(io, principal, { institutionId, payerId, deviceId, to, reason })
    },
  )
}

const listOf = (devices: Awaited<ReturnType<typeof change>>, url: string) => ({
  ...{ object: 'list' as const, data: devices.map(showDevice), has_more: false, url },
})

async function change(io: Io, principal: Principal, wish: DeviceChange) {
  const act = { actor: actorOf(principal), trailId: newId('trl'), now: io.now() }
  const devices = await io.db.transaction((tx) => changeDevices(tx, wish, act))
  io.poke(wish.institutionId)
  return devices
}

async function changeOne(io: Io, principal: Principal, wish: DeviceChange) {
  const [device] = await change(io, principal, wish)
  return showDevice(found(device))
}
