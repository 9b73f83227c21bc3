import type { App } from '../http.ts'
import type { OpenIo } from '../io.ts'
import type { Metrics } from '../metrics.ts'
import type { Principals } from '../principals.ts'
import type { Hub } from '../streams.ts'
import { cardRoutes } from './cards.ts'
import { dayTotalRoutes } from './day-totals.ts'
import { demoRoutes, type Demo } from './demo.ts'
import { eventRoutes } from './events.ts'
import { mandateRoutes } from './mandates.ts'
import { meRoutes } from './me.ts'
import { noticeRoutes } from './notices.ts'
import { payerRoutes } from './payers.ts'
import { paymentCodeRoutes } from './payment-codes.ts'
import { paymentRoutes } from './payments.ts'
import { sessionRoutes } from './sessions.ts'
import { sourceRoutes } from './sources.ts'
import { topUpRoutes } from './top-ups.ts'

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
  payerRoutes(app, context)
  sourceRoutes(app, context)
  cardRoutes(app, context)
  mandateRoutes(app, context)
  paymentCodeRoutes(app, context)
  noticeRoutes(app, context)
  eventRoutes(app, context)
  demoRoutes(app, context)
}
