import { Type, type Static } from 'typebox'

import {
  ONLINE_MS,
  plainTerms,
  type Effective,
  type MeasuredPlace,
  type PastPosition,
  type PermissionTerms,
  type Terminal,
} from '../../modules/terminal/terminal.ts'
import type { MeasuredPosition } from './shared.ts'
import { Body, LARGEST_AMOUNT, orNull, Time, Words } from './shared.ts'

const flags = Type.Array(
  Words(['outside_fence', 'no_position', 'jump', 'mock', 'stale'], { examples: ['outside_fence'] }),
)

const position = Type.Object({
  latitude: Type.Number(),
  longitude: Type.Number(),
  accuracy_m: orNull(Type.Number()),
  measured_at: orNull(Time()),
  is_mock: Type.Boolean(),
  distance_m: orNull(Type.Integer({ description: 'From the store' })),
  flags,
})

const fields = {
  object: Type.Literal('terminal'),
  id: Type.String({ examples: ['trm_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  name: Type.String({ examples: ['1 号收银台'] }),
  store: Type.String({ examples: ['str_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  merchant: Type.String({ examples: ['mch_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  state: Words(['new', 'active', 'locked']),
  may_take_payment: Type.Boolean(),
  may_refund: Type.Boolean(),
  limit_per_payment: orNull(Type.Integer({ minimum: 1, maximum: LARGEST_AMOUNT })),
  last_seen_at: orNull(Time()),
  is_online: Type.Boolean({ description: 'It said within 90 s that it is alive' }),
  app_version: orNull(Type.String({ examples: ['0.4.0'] })),
  position: orNull(position),
}

/** A terminal as the API shows it. */
export const TerminalView = Type.Object(fields, { title: 'Terminal' })

/** The same with an activation code, which is shown once. */
export const TerminalWithCode = Type.Object(
  {
    ...fields,
    activation_code: Type.String({ description: 'Shown this once', examples: ['7K3M-Q0XZ-demo'] }),
    activation_expires_at: Time(),
  },
  { title: 'TerminalWithCode' },
)

const Hour = () => Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', examples: ['08:00'] })

const Hours = Body({
  days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
    ...{ minItems: 1, maxItems: 7, uniqueItems: true },
    description: 'Monday is 1',
  }),
  from: Hour(),
  until: Hour(),
})

const Limit = (description: string) =>
  orNull(Type.Integer({ minimum: 1, maximum: LARGEST_AMOUNT, description }))
const nullOr = <Schema extends object>(schema: Schema) => ({ anyOf: [schema, { type: 'null' }] })

/** What one level says of a terminal; null: nothing. */
export const permissionFields = {
  may_take_payment: orNull(Type.Boolean()),
  may_refund: orNull(Type.Boolean()),
  may_reverse: orNull(Type.Boolean()),
  limit_per_payment: Limit('In minor units; of several levels the smallest counts'),
  limit_per_day: Limit('Of all that one terminal takes on a local day, in minor units'),
  hours: Type.Unsafe<Static<typeof Hours>[] | null>({
    ...nullOr(Type.Array(Hours, { minItems: 1, maxItems: 14 })),
    description: 'When payments are taken, by the institution’s clock',
  }),
  schemes: Type.Unsafe<string[] | null>({
    ...nullOr(
      Type.Array(Type.String({ pattern: '^[a-z_]{1,32}$', examples: ['wechat'] }), {
        ...{ minItems: 1, maxItems: 20, uniqueItems: true },
      }),
    ),
    description: 'Whose codes are taken: onetill, wechat, alipay, unionpay, …',
  }),
  fence_radius_m: orNull(
    Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'From the store; 0: no fence' }),
  ),
  fence_action: orNull(
    Type.Unsafe<'refuse' | 'flag' | 'ask'>({
      type: 'string',
      enum: ['refuse', 'flag', 'ask', null],
    }),
  ),
  is_locked: Type.Boolean(),
}

export const PermissionView = Type.Object(
  {
    object: Type.Literal('permission'),
    scope: Words(['merchant', 'store', 'terminal']),
    subject: Type.String({ examples: ['str_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    ...permissionFields,
    reason: orNull(Type.String()),
    updated_by: orNull(Type.String({ examples: ['person:per_01kaqb2m5vf7esx3d9w8r6t4yz'] })),
    updated_at: orNull(Time()),
    effective: Type.Optional(Type.Object(permissionFields)),
  },
  { title: 'Permission' },
)

/** A terminal with all that the back office knows of it. */
export const TerminalDetail = Type.Object(
  {
    ...fields,
    heartbeat_at: orNull(Time()),
    permission: Type.Object({
      own: Type.Object(permissionFields),
      effective: Type.Object(permissionFields),
      from: Type.Record(Type.String(), Words(['merchant', 'store', 'terminal']), {
        description: 'Which level decided a term',
      }),
    }),
    lock_reason: orNull(Type.String()),
    configuration: Type.Object({
      wanted_version: Type.String(),
      applied_version: orNull(Type.String()),
    }),
  },
  { title: 'TerminalDetail' },
)

/** Where a terminal was. */
export const PastPositionView = Type.Object(
  {
    at: Time(),
    ...position.properties,
    source: Words(['payment', 'heartbeat']),
  },
  { title: 'TerminalPosition' },
)

export type PermissionBody = Partial<Static<Type.TObject<typeof permissionFields>>>

/** What a body says of a level, as the room knows it; what it leaves out is left out. */
export function readTerms(body: PermissionBody): Partial<PermissionTerms> {
  const minorOf = (limit: number | null) => (limit === null ? null : BigInt(limit))
  const { limit_per_payment: perPayment, limit_per_day: perDay } = body
  const said: { [Name in keyof PermissionTerms]: PermissionTerms[Name] | undefined } = {
    mayTakePayment: body.may_take_payment,
    mayRefund: body.may_refund,
    mayReverse: body.may_reverse,
    limitPerPaymentMinor: perPayment === undefined ? undefined : minorOf(perPayment),
    limitPerDayMinor: perDay === undefined ? undefined : minorOf(perDay),
    hours: body.hours,
    schemes: body.schemes,
    fenceRadiusM: body.fence_radius_m,
    fenceAction: body.fence_action,
    isLocked: body.is_locked,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

export type ShownTerms = Static<Type.TObject<typeof permissionFields>>

/** Terms as the API shows them. */
export const showTerms = (terms: PermissionTerms | Effective): ShownTerms =>
  plainTerms(terms) as unknown as ShownTerms

/** What a device said of its place, as the room judges it. */
export const readPlace = (
  said: Static<ReturnType<typeof MeasuredPosition>> | undefined,
): MeasuredPlace | null =>
  said
    ? {
        ...{ latitude: said.latitude, longitude: said.longitude },
        accuracyM: said.accuracy_m ?? 0,
        measuredAt: said.measured_at === undefined ? null : new Date(said.measured_at),
        ...{ isMock: said.is_mock === true, isExact: said.accuracy_m === 0 },
      }
    : null

/** A terminal as the API shows it. Amounts in minor units. */
export const showTerminal = (terminal: Terminal, now: Date) => ({
  object: 'terminal' as const,
  id: terminal.id,
  name: terminal.name,
  store: terminal.storeId,
  merchant: terminal.merchantId,
  state: terminal.state,
  may_take_payment: terminal.mayTakePayment,
  may_refund: terminal.mayRefund,
  limit_per_payment:
    terminal.limitPerPaymentMinor === null ? null : Number(terminal.limitPerPaymentMinor),
  last_seen_at: terminal.lastSeenAt?.toISOString() ?? null,
  is_online:
    terminal.heartbeatAt !== null && now.getTime() - terminal.heartbeatAt.getTime() < ONLINE_MS,
  app_version: terminal.appVersion,
  position: terminal.position && {
    latitude: terminal.position.latitude,
    longitude: terminal.position.longitude,
    accuracy_m: terminal.position.accuracyM,
    measured_at: terminal.position.measuredAt?.toISOString() ?? null,
    is_mock: terminal.position.isMock,
    distance_m: terminal.position.distanceM,
    flags: terminal.position.flags,
  },
})

/** A place of before. */
export const showPastPosition = (past: PastPosition) => ({
  at: past.seenAt.toISOString(),
  latitude: past.latitude,
  longitude: past.longitude,
  accuracy_m: past.accuracyM,
  measured_at: past.measuredAt.toISOString(),
  is_mock: past.isMock === true,
  distance_m: past.distanceM,
  flags: past.flags,
  source: past.source,
})
