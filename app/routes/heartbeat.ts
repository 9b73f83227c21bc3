import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { tillTermsOf } from '../../modules/payment/payment.ts'
import {
  acknowledgeConfiguration,
  configurationOf,
  readPermissions,
  sight,
  type TerminalPermission,
} from '../../modules/terminal/terminal.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import type { Principal } from '../http/principal.ts'
import { Body, found, MeasuredPosition, orNull, Text, Time } from '../schemas/shared.ts'
import { permissionFields, readPlace, showTerms } from '../schemas/terminal.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

const Version = () => Text(64, { examples: ['0.4.0'] })

const HeartbeatView = Type.Object(
  {
    object: Type.Literal('heartbeat'),
    server_time: Time(),
    configuration_version: Type.String({ description: 'Another one than yours: read it again' }),
    interval_seconds: Type.Integer({ examples: [30] }),
  },
  { title: 'Heartbeat' },
)

const ConfigurationView = Type.Object(
  {
    object: Type.Literal('terminal_configuration'),
    version: Type.String(),
    permission: Type.Object({ effective: Type.Object(permissionFields) }),
    settings: Type.Object({}, { additionalProperties: true }),
    store: Type.Object({
      name: Type.String(),
      position: orNull(Type.Object({ latitude: Type.Number(), longitude: Type.Number() })),
    }),
    merchant: Type.Object({ name: Type.String() }),
    is_locked: Type.Boolean(),
    lock_reason: orNull(Type.String()),
  },
  { title: 'TerminalConfiguration' },
)

/** What a terminal says of itself, and what it is told to follow. Source: P21, P22. */
export function heartbeatRoutes(app: App, io: Io): void {
  beatRoute(app, io)
  configurationRoutes(app, io)
}

function beatRoute(app: App, io: Io): void {
  app.post(
    '/v1/terminals/current/heartbeat',
    {
      schema: {
        summary: 'Say that this terminal is alive, and where it is',
        description: 'Every `interval_seconds`. A terminal that is locked goes on saying so.',
        body: Body({
          app_version: Type.Optional(Version()),
          configuration_version: Type.Optional(Version()),
          position: Type.Optional(MeasuredPosition()),
        }),
        response: { 200: HeartbeatView },
      },
      config: { ...allow('terminal'), mayLackBody: true },
    },
    async (request) => {
      const terminal = terminalOf(principalOf(request))
      const { institutionId, terminalId } = terminal
      const { app_version: appVersion = null, position } = request.body
      const { configuration_version: configurationVersion = null } = request.body
      const now = io.now()
      const { permission } = await io.batched(sight, institutionId, {
        ...{ terminalId, seenAt: now, position: readPlace(position), source: 'heartbeat' },
        usualFence: tillTermsOf(io, terminal).usualFence,
        heartbeat: { appVersion, configurationVersion },
      })
      const { version } = configurationFor(io, terminal, found(permission))
      const settings = io.settings(institutionId, terminal)
      return {
        object: 'heartbeat' as const,
        server_time: now.toISOString(),
        configuration_version: version,
        interval_seconds: settings.integer('terminal.heartbeat_seconds'),
      }
    },
  )
}

function configurationRoutes(app: App, io: Io): void {
  app.get(
    '/v1/terminals/current/configuration',
    {
      schema: {
        summary: 'What this terminal is to follow',
        description:
          'Read it at the start, on the event `terminal.configuration`, and when a heartbeat says so.',
        response: { 200: ConfigurationView },
      },
      config: allow('terminal'),
    },
    async (request) => {
      const terminal = terminalOf(principalOf(request))
      const { institutionId, terminalId } = terminal
      const [permission] = await readPermissions({ many: io.db.read }, institutionId, [terminalId])
      const configuration = configurationFor(io, terminal, found(permission))
      return {
        object: 'terminal_configuration' as const,
        ...configuration,
        permission: { effective: showTerms(found(permission)) },
        store: { name: configuration.store.name, position: found(permission).storePosition },
      }
    },
  )

  app.post(
    '/v1/terminals/current/configuration/acknowledge',
    {
      schema: {
        summary: 'Say which configuration this terminal follows now',
        body: Body({ version: Version() }),
        response: { 204: Type.Null() },
      },
      config: allow('terminal'),
    },
    async (request, reply) => {
      const { institutionId, terminalId } = terminalOf(principalOf(request))
      const { version } = request.body
      await io.db.transaction(async (tx) => {
        acknowledgeConfiguration(tx, { institutionId, id: terminalId }, version)
        await Promise.resolve()
      })
      return reply.code(204).send(null)
    },
  )
}

type Place = { institutionId: string; merchantId: string; storeId: string; terminalId: string }

function terminalOf({ institutionId, merchantId, storeId, terminalId }: Principal): Place {
  if (merchantId === null || storeId === null || terminalId === null)
    throw new AppError('FORBIDDEN')
  return { institutionId, merchantId, storeId, terminalId }
}

/** What a terminal is to follow, by its permission and the settings that terminals know of. */
export function configurationFor(
  io: Pick<Io, 'settings'>,
  { institutionId, ...place }: Place,
  permission: TerminalPermission,
) {
  const settings = io.settings(institutionId, place)
  return configurationOf(permission, { ...settings.under('till.'), ...settings.under('terminal.') })
}
