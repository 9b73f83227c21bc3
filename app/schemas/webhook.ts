import { Type } from 'typebox'

import {
  disabledReasons,
  webhookEventTypes,
  webhookProblems,
  type Endpoint,
  type WebhookDelivery,
  type WebhookProblem,
} from '../../modules/notice/notice.ts'
import { Body, IdText, ListQuery, orNull, Text, Time, Words } from './shared.ts'

const eventWords = ['*', ...webhookEventTypes] as const

const Events = () =>
  Type.Array(Words(eventWords), {
    minItems: 1,
    maxItems: eventWords.length,
    uniqueItems: true,
    description: 'What it is told of; `*` for everything',
    examples: [['payment.succeeded', 'refund.succeeded']],
  })

const Address = () =>
  Text(2048, { description: 'https, on a public host', examples: ['https://shop.example/hooks'] })

const fields = {
  url: Address(),
  events: Events(),
  description: Type.Optional(orNull(Text(200, { examples: ['订单系统'] }))),
}

/** POST /v1/webhook_endpoints. */
export const EndpointBody = Body({
  ...fields,
  merchant: Type.Optional(IdText('mch', { description: 'Named by the operator' })),
  party: Type.Optional(IdText('pty', { description: 'Named by the operator' })),
})

/** PATCH /v1/webhook_endpoints/{id}. */
export const EndpointChangeBody = Body(
  {
    url: Type.Optional(Address()),
    events: Type.Optional(Events()),
    description: fields.description,
    state: Type.Optional(Words(['active', 'paused'])),
  },
  { minProperties: 1 },
)

const names = (kind: string) => Type.String({ examples: [`${kind}_01kaqb2m5vf7esx3d9w8r6t4yz`] })

/** A word for programs, and its meaning for people. */
const Explained = (codes: readonly string[]) =>
  orNull(
    Type.Object({
      code: Words(codes),
      text_zh: Type.String(),
      text_en: Type.String(),
    }),
  )

const shown = {
  object: Type.Literal('webhook_endpoint'),
  id: names('wbh'),
  merchant: orNull(names('mch')),
  party: orNull(names('pty')),
  url: Type.String(),
  events: Type.Array(Words(eventWords)),
  description: orNull(Type.String()),
  state: Words(['active', 'paused', 'disabled']),
  disabled_reason: Explained(Object.keys(disabledReasons)),
  failing_since: orNull(Time({ description: 'Nothing has arrived since' })),
  secret_changed_at: Time(),
  old_secret_until: orNull(Time({ description: 'Until when the secret before signs too' })),
  created_at: Time(),
  updated_at: Time(),
}

/** A webhook endpoint as the API shows it. */
export const EndpointView = Type.Object(shown, { title: 'WebhookEndpoint' })

/** The same with its secret, which is shown once. */
export const EndpointWithSecret = Type.Object(
  {
    ...shown,
    secret: Type.String({
      description: 'Shown this once',
      examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo='],
    }),
  },
  { title: 'WebhookEndpointWithSecret' },
)

const Try = Type.Object({
  at: Time(),
  took_ms: Type.Integer(),
  status: orNull(Type.Integer({ description: 'HTTP; null: no answer' })),
  problem: orNull(Words(Object.keys(webhookProblems))),
  detail: orNull(
    Type.String({ description: 'The beginning of the answer, or the network’s word' }),
  ),
})

/** What an endpoint is told of one event, as the API shows it. */
export const DeliveryView = Type.Object(
  {
    object: Type.Literal('webhook_delivery'),
    id: names('wdl'),
    endpoint: names('wbh'),
    event: Type.String({
      description: 'The webhook-id, the same in every try',
      examples: ['evt_01kaqb2m5vf7esx3d9w8r6t4yz'],
    }),
    type: Words(['ping', ...webhookEventTypes]),
    state: Words(['pending', 'succeeded', 'failed']),
    attempts: Type.Integer({ minimum: 0 }),
    next_attempt_at: orNull(Time()),
    status: orNull(Type.Integer({ description: 'HTTP, of the last try' })),
    error: Explained(Object.keys(webhookProblems)),
    tries: Type.Array(Try, { description: 'The last 20, the oldest first' }),
    body: Type.String({ description: 'As it is sent, byte for byte' }),
    created_at: Time(),
    completed_at: orNull(Time()),
  },
  { title: 'WebhookDelivery' },
)

export const DeliveryQuery = ListQuery({
  endpoint: Type.Optional(IdText('wbh')),
  event: Type.Optional(IdText('evt')),
  state: Type.Optional(Words(['pending', 'succeeded', 'failed'])),
})

const explain = <Code extends string>(
  words: Readonly<Record<Code, { en: string; zh: string }>>,
  code: Code | null,
) => (code === null ? null : { code, text_zh: words[code].zh, text_en: words[code].en })

/** An endpoint as its owner sees it. Its secrets are shown nowhere but when they are made. */
export const showEndpoint = (endpoint: Endpoint) => ({
  object: 'webhook_endpoint' as const,
  id: endpoint.id,
  merchant: endpoint.ownerId.startsWith('mch_') ? endpoint.ownerId : null,
  party: endpoint.ownerId.startsWith('pty_') ? endpoint.ownerId : null,
  url: endpoint.url,
  events: endpoint.eventTypes,
  description: endpoint.description,
  state: endpoint.state,
  disabled_reason: explain(disabledReasons, endpoint.disabledReason),
  failing_since: endpoint.failingSince?.toISOString() ?? null,
  secret_changed_at: endpoint.secretChangedAt.toISOString(),
  old_secret_until: endpoint.oldSecretUntil?.toISOString() ?? null,
  created_at: endpoint.createdAt.toISOString(),
  updated_at: endpoint.updatedAt.toISOString(),
})

/** A delivery as its owner sees it. */
export const showDelivery = (delivery: WebhookDelivery) => ({
  object: 'webhook_delivery' as const,
  id: delivery.id,
  endpoint: delivery.endpointId,
  event: delivery.eventId,
  type: delivery.eventType,
  state: delivery.state,
  attempts: delivery.attempts,
  next_attempt_at: delivery.dueAt?.toISOString() ?? null,
  status: delivery.status,
  error: explain<WebhookProblem>(webhookProblems, delivery.problem),
  tries: delivery.attemptLog,
  body: delivery.body,
  created_at: delivery.createdAt.toISOString(),
  completed_at: delivery.completedAt?.toISOString() ?? null,
})
