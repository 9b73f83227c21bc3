import { Type } from 'typebox'

import {
  channelNames,
  type ChannelAccount,
  type Health,
  type Timing,
} from '../../modules/channel/channel.ts'
import { Body, IdText, orNull, Text, Time, Words } from './shared.ts'

const states = ['active', 'paused', 'closed'] as const

/** Named values of which each road has its own. */
const Named = (description: string, example: object) =>
  Type.Unsafe<Record<string, unknown>>({
    ...{ type: 'object', additionalProperties: true, maxProperties: 40 },
    ...{ description, examples: [example] },
  })

const Settings = () =>
  Named('What is no secret: addresses, numbers, times. Each channel has its own.', {
    baseUrl: 'https://api.mch.weixin.qq.com',
    appId: 'wx8888888888888888',
    mchId: '1900000109',
  })

const Keys = () =>
  Named('Stored encrypted and never answered. A null takes one away.', {
    v2: { apiKey: 'a key of 32 characters' },
  })

const CostBps = () =>
  Type.Integer({
    ...{ minimum: 0, maximum: 10_000, examples: [38] },
    description: 'What the channel costs, in basis points: routing prefers the cheaper one',
  })

const Concurrency = () =>
  Type.Integer({
    ...{ minimum: 1, maximum: 1_000, examples: [32] },
    description: 'Calls at once, in each process; a charge above it is not sent',
  })

export const ChannelAccountBody = Body({
  channel: Words(channelNames),
  scheme: Type.Optional(
    Type.String({
      pattern: '^[a-z][a-z0-9_]{1,31}$',
      description: 'Whose codes it charges; the channel’s own scheme when left out',
    }),
  ),
  name: Text(64, { examples: ['微信支付 · 直连'] }),
  acquirer: Type.Optional(orNull(Text(64, { description: 'The bank in between' }))),
  settlement: Words(['direct', 'pooled'], {
    description: 'direct: the channel pays the merchant. pooled: the institution is paid, and owes',
  }),
  merchant: Type.Optional(IdText('mch', { description: 'For this merchant only' })),
  cost_bps: Type.Optional(CostBps()),
  concurrency: Type.Optional(Concurrency()),
  settings: Settings(),
  keys: Keys(),
})

export const ChannelAccountChangeBody = Body(
  {
    name: Type.Optional(Text(64)),
    state: Type.Optional(
      Words(states, {
        description: 'paused: takes no new payments, and what is open is still asked about',
      }),
    ),
    cost_bps: Type.Optional(CostBps()),
    concurrency: Type.Optional(Concurrency()),
    settings: Type.Optional(Settings()),
    keys: Type.Optional(Keys()),
  },
  { minProperties: 1 },
)

const HealthView = Type.Object({
  state: Words(['healthy', 'ill', 'probing'], {
    description: 'ill: its breaker is open, and charges are refused without being sent',
  }),
  since: Time(),
  last_problem: orNull(Type.String({ examples: ['TIMEOUT'] })),
  calls_in_flight: Type.Integer(),
  recent: Type.Object({
    calls: Type.Integer({ description: 'Of the last minute, at most 100' }),
    ill: Type.Integer({ description: 'Not answered, or by an answer that cannot be believed' }),
    p50_ms: Type.Integer(),
  }),
})

export const ChannelAccountView = Type.Object(
  {
    object: Type.Literal('channel_account'),
    id: Type.String({ examples: ['cha_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    channel: Words(channelNames),
    scheme: Type.String(),
    name: Type.String(),
    acquirer: orNull(Type.String()),
    settlement: Words(['direct', 'pooled']),
    merchant: orNull(Type.String()),
    state: Words(states),
    cost_bps: Type.Integer(),
    concurrency: Type.Integer(),
    settings: Settings(),
    keys: Type.Unsafe<Record<string, { set_at: string; fingerprint: string }>>({
      ...{ type: 'object', additionalProperties: true },
      description: 'By name: when it was set, and the first digits of the SHA-256 of its text',
      examples: [{ v2: { set_at: '2026-11-23T02:13:00.000Z', fingerprint: '9f86d081884c' } }],
    }),
    health: orNull(HealthView),
    created_at: Time(),
    updated_at: Time(),
  },
  { title: 'ChannelAccount' },
)

/** An account as the API shows it: with its keys' fingerprints, and as this process finds it. */
export const showChannelAccount = (account: ChannelAccount, health: Health | null) => ({
  object: 'channel_account' as const,
  id: account.id,
  channel: account.channel,
  scheme: account.scheme,
  name: account.name,
  acquirer: account.acquirer,
  settlement: account.settlement,
  merchant: account.merchantId,
  state: account.state,
  cost_bps: account.costBps,
  concurrency: account.concurrency,
  settings: account.settings,
  keys: Object.fromEntries(
    Object.entries(account.keyHints).map(([name, { setAt, fingerprint }]) => [
      name,
      { set_at: setAt, fingerprint },
    ]),
  ),
  health: health && showHealth(health),
  created_at: account.createdAt.toISOString(),
  updated_at: account.updatedAt.toISOString(),
})

/** Health as the API and its event show it. */
export const showHealth = (health: Health) => ({
  state: health.state,
  since: health.since.toISOString(),
  last_problem: health.lastProblem,
  calls_in_flight: health.callsInFlight,
  recent: {
    calls: health.recent.calls,
    ill: health.recent.ill,
    p50_ms: health.recent.p50Ms,
  },
})

export const TestView = Type.Object(
  {
    ok: Type.Boolean(),
    problem: orNull(
      Type.String({ description: 'In a word of ours or of the channel', examples: ['TIMEOUT'] }),
    ),
    took_ms: Type.Integer(),
  },
  { title: 'ChannelTest' },
)

/** A time in the settings of an account, or a ladder of them, with its default and bounds. */
export const ChannelTimingView = Type.Object(
  {
    object: Type.Literal('channel_timing'),
    channel: Words(channelNames),
    at: Type.String({ examples: ['schedule.giveUpMs'], description: 'Its name in the settings' }),
    is_ladder: Type.Boolean({ description: 'A list of times, each later than the one before' }),
    default_ms: Type.Array(Type.Integer(), { description: 'As the counterpart has published it' }),
    minimum_ms: Type.Integer(),
    maximum_ms: Type.Integer(),
  },
  { title: 'ChannelTiming' },
)

export const showChannelTiming = (channel: ChannelAccount['channel']) => (timing: Timing) => ({
  ...{ object: 'channel_timing' as const, channel, at: timing.at, is_ladder: timing.isLadder },
  ...{ default_ms: [...timing.defaultMs], minimum_ms: timing.minMs, maximum_ms: timing.maxMs },
})
