// Webhooks: merchants' and third parties' servers are told of what happens, signed as Standard
// Webhooks says. `plan` gives each endpoint the events it wants, `attempt` sends them, `ladder` says
// when to try again, `address` whom we may call at all.

export { urlRefusals, type UrlRefusal } from './webhook-address.ts'
export { attempt, claimDeliveries, type Attempt, type Claimed } from './webhook-attempt.ts'
export {
  listDeliveries,
  ping,
  readDelivery,
  resendDelivery,
  type DeliveryFilter,
  type WebhookDelivery,
} from './webhook-delivery.ts'
export {
  changeEndpoint,
  countEndpoints,
  createEndpoint,
  deleteEndpoint,
  disabledReasons,
  listEndpoints,
  MOST_ENDPOINTS,
  newSecret,
  readEndpoint,
  rotateSecret,
  webhookEventTypes,
  type Endpoint,
  type EndpointChange,
  type WantedType,
} from './webhook-endpoint.ts'
export { webhookProblems, type WebhookProblem } from './webhook-ladder.ts'
export { hasEndpoints, planDeliveries, type ShowBody } from './webhook-plan.ts'
export { openSender, type Sender, type SenderOptions } from './webhook-send.ts'
