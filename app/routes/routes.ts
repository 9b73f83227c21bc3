import type { App } from '../http/http.ts'
import type { OpenIo } from '../io.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Principals } from '../http/principals.ts'
import type { Hub } from '../http/streams.ts'
import { allocationRuleRoutes } from './allocation-rules.ts'
import { cardRoutes } from './cards.ts'
import { dayTotalRoutes } from './day-totals.ts'
import { demoRoutes, type Demo } from './demo.ts'
import { eventRoutes } from './events.ts'
import { ledgerRoutes } from './ledger.ts'
import { mandateRoutes } from './mandates.ts'
import { meRoutes } from './me.ts'
import { merchantRoutes } from './merchants.ts'
import { noticeRoutes } from './notices.ts'
import { partyRoutes } from './parties.ts'
import { payerRoutes } from './payers.ts'
import { paymentCodeRoutes } from './payment-codes.ts'
import { paymentRoutes } from './payments.ts'
import { productRoutes } from './products.ts'
import { sessionRoutes } from './sessions.ts'
import { sourceRoutes } from './sources.ts'
import { storeRoutes } from './stores.ts'
import { terminalRoutes } from './terminals.ts'
import { topUpRoutes } from './top-ups.ts'
import { trailRoutes } from './trail.ts'

export type { Demo, DemoPeople } from './demo.ts'

/** What the routes are given: the outside, and what the server keeps for all of them. */
export type Context = {
  io: OpenIo
  hub: Hub
  principals: Principals
  metrics: Metrics
  demo: Demo | null
}

/** The whole API, a file a resource. */
export function apiRoutes(app: App, context: Context): void {
  sessionRoutes(app, context)
  meRoutes(app, context)
  paymentRoutes(app, context)
  topUpRoutes(app, context)
  dayTotalRoutes(app, context)
  merchantRoutes(app, context)
  storeRoutes(app, context)
  terminalRoutes(app, context)
  productRoutes(app, context)
  partyRoutes(app, context)
  allocationRuleRoutes(app, context)
  ledgerRoutes(app, context)
  payerRoutes(app, context)
  sourceRoutes(app, context)
  cardRoutes(app, context)
  mandateRoutes(app, context)
  paymentCodeRoutes(app, context)
  noticeRoutes(app, context)
  eventRoutes(app, context)
  trailRoutes(app, context)
  demoRoutes(app, context)
}
