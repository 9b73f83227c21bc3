import type { Sender } from '../../modules/notice/notice.ts'
import type { App } from '../http/http.ts'
import type { OpenIo } from '../io.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Principals } from '../http/principals.ts'
import type { Hub } from '../http/streams.ts'
import { allocationRuleRoutes } from './allocation-rules.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { cardRoutes } from './cards.ts'
import { channelAccountRoutes } from './channel-accounts.ts'
import { channelNoticeRoutes } from './channel-notices.ts'
import { dayTotalRoutes } from './day-totals.ts'
import { demoRoutes, type Demo } from './demo.ts'
import { deviceRoutes } from './devices.ts'
import { eventRoutes } from './events.ts'
import { exceptionRoutes } from './exceptions.ts'
import { feedRoutes } from './feed.ts'
import { feedbackRoutes } from './feedback.ts'
import { interbankRoutes } from './interbank.ts'
import { issuerRoutes } from './issuers.ts'
import { ledgerRoutes } from './ledger.ts'
import { linkedAccountRoutes } from './linked-accounts.ts'
import { mandateRoutes } from './mandates.ts'
import { meRoutes } from './me.ts'
import { merchantCodeRoutes } from './merchant-codes.ts'
import { merchantRoutes } from './merchants.ts'
import { newsRoutes } from './news.ts'
import { noticeRoutes } from './notices.ts'
import { orderRoutes } from './orders.ts'
import { partyRoutes } from './parties.ts'
import { peopleRoutes } from './people.ts'
import { payerRoutes } from './payers.ts'
import { paymentCodeRoutes } from './payment-codes.ts'
import { paymentRoutes } from './payments.ts'
import { peerInstitutionRoutes } from './peer-institutions.ts'
import { productRoutes } from './products.ts'
import { refundRoutes } from './refunds.ts'
import { routeRuleRoutes } from './route-rules.ts'
import { settingRoutes } from './settings.ts'
import { sessionRoutes } from './sessions.ts'
import { sourceRoutes } from './sources.ts'
import { storeRoutes } from './stores.ts'
import { terminalRoutes } from './terminals.ts'
import { topUpRoutes } from './top-ups.ts'
import { trailRoutes } from './trail.ts'
import { walletDebitRoutes } from './wallet-debits.ts'
import { webPushRoutes } from './web-push.ts'
import { webhookDeliveryRoutes } from './webhook-deliveries.ts'
import { webhookRoutes } from './webhooks.ts'

export type { Demo, DemoPeople } from './demo.ts'

/** What the routes are given: the outside, and what the server keeps for all of them. */
export type Context = {
  io: OpenIo
  hub: Hub
  principals: Principals
  metrics: Metrics
  /** Calls the servers that webhooks go to. */
  sender: Sender
  demo: Demo | null
  /** Where the world finds this server, without a slash at the end. */
  publicUrl: string
}

/** The whole API, a file a resource. */
export function apiRoutes(app: App, context: Context): void {
  sessionRoutes(app, context)
  meRoutes(app, context)
  paymentRoutes(app, context)
  orderRoutes(app, context)
  refundRoutes(app, context)
  exceptionRoutes(app, context)
  topUpRoutes(app, context)
  dayTotalRoutes(app, context)
  merchantRoutes(app, context)
  apiKeyRoutes(app, context)
  storeRoutes(app, context)
  merchantCodeRoutes(app, context)
  terminalRoutes(app, context)
  productRoutes(app, context)
  partyRoutes(app, context)
  peopleRoutes(app, context)
  allocationRuleRoutes(app, context)
  routeRuleRoutes(app, context)
  issuerRoutes(app, context)
  ledgerRoutes(app, context)
  channelAccountRoutes(app, context)
  payerRoutes(app, context)
  sourceRoutes(app, context)
  linkedAccountRoutes(app, context)
  cardRoutes(app, context)
  mandateRoutes(app, context)
  paymentCodeRoutes(app, context)
  deviceRoutes(app, context)
  walletDebitRoutes(app, context)
  interbankRoutes(app, context)
  peerInstitutionRoutes(app, context)
  noticeRoutes(app, context)
  newsRoutes(app, context)
  feedRoutes(app, context)
  feedbackRoutes(app, context)
  webPushRoutes(app, context)
  webhookRoutes(app, context)
  webhookDeliveryRoutes(app, context)
  eventRoutes(app, context)
  settingRoutes(app, context)
  trailRoutes(app, context)
  channelNoticeRoutes(app, context)
  demoRoutes(app, context)
}
