import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

import { readBacklog } from '../../modules/outbox/outbox.ts'
import { readInstitutions } from '../../modules/party/party.ts'
import { routeOf } from './errors.ts'
import type { App } from './http.ts'
import type { OpenIo } from '../io.ts'

export type Metrics = {
  readonly registry: Registry
  /** A payment came to this state by a call to this process. */
  countPayment(state: string): void
  /** How many streams are open, asked when somebody looks. */
  setStreams(count: () => number): void
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const sizes = [1, 2, 4, 8, 16, 32, 64, 128]

/**
 * Counts what this process does, for /metrics, and writes a line of the log for each request that
 * was refused. Names follow Prometheus: base units, `_total` for counters.
 */
export function measure(app: App, io: OpenIo): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const http = new Histogram({
    name: 'onetill_http_request_seconds',
    help: 'Requests by route and status, and how long they took.',
    labelNames: ['method', 'route', 'status'],
    buckets: seconds,
    registers,
  })
  const payments = new Counter({
    name: 'onetill_payments_total',
    help: 'Payments by the state that a call to this process brought them to.',
    labelNames: ['state'],
    registers,
  })
  measureLanes(io, registers)
  measureOutbox(io, registers)
  measureChannels(io, registers)

  // One hook for both; a child of the histogram is found once for each route and status.
  const children = new Map<string, (tookSeconds: number) => void>()
  app.addHook('onResponse', (request, reply, done) => {
    const { method, id: requestId } = request
    const route = routeOf(request)
    const status = reply.statusCode
    const key = `${method} ${route} ${status}`
    let observe = children.get(key)
    if (!observe) {
      const child = http.labels(method, route, String(status))
      children.set(key, (observe = (took) => child.observe(took)))
    }
    observe(reply.elapsedTime / 1000)
    if (status >= 400) {
      const who = request.principal?.id
      const tookMs = Math.round(reply.elapsedTime)
      io.log.info({ requestId, method, route, status, who, tookMs }, 'a request was refused')
    }
    done()
  })

  return {
    registry,
    countPayment: (state) => payments.inc({ state }),
    setStreams(count) {
      new Gauge({
        name: 'onetill_streams',
        help: 'Event streams that are open at this process.',
        registers,
        collect() {
          this.set(count())
        },
      })
    },
  }
}

function measureLanes(io: OpenIo, registers: Registry[]): void {
  const batches = new Histogram({
    name: 'onetill_lane_batch_size',
    help: 'Items that shared a batch, by step.',
    labelNames: ['step'],
    buckets: sizes,
    registers,
  })
  const took = new Histogram({
    name: 'onetill_lane_batch_seconds',
    help: 'How long a batch was at the database, by step.',
    labelNames: ['step'],
    buckets: seconds,
    registers,
  })
  io.lanes.onBatch((step, size, tookMs) => {
    batches.observe({ step }, size)
    took.observe({ step }, tookMs / 1000)
  })
  new Gauge({
    name: 'onetill_lane_waiting',
    help: 'Items that wait for the next batch, by step.',
    labelNames: ['step'],
    registers,
    collect() {
      for (const [step, waiting] of Object.entries(io.lanes.waiting())) this.set({ step }, waiting)
    },
  })
  new Gauge({
    name: 'onetill_database_waiting',
    help: 'Statements that wait for a connection to the database.',
    registers,
    collect() {
      this.set(io.lanes.waitingForConnection())
    },
  })
}

function measureOutbox(io: OpenIo, registers: Registry[]): void {
  const labelNames = ['institution', 'consumer']
  const oldest = new Gauge({
    name: 'onetill_outbox_oldest_seconds',
    help: 'Age of the oldest message that is due and not delivered.',
    labelNames,
    registers,
  })
  new Gauge({
    name: 'onetill_outbox_messages',
    help: 'Messages that are due and not delivered.',
    labelNames,
    registers,
    async collect() {
      this.reset()
      oldest.reset()
      for (const { id: institution } of await readInstitutions(io.db)) {
        for (const { consumer, messages, oldestMs } of await readBacklog(
          io.db,
          institution,
          io.now(),
        )) {
          this.set({ institution, consumer }, Number(messages))
          oldest.set({ institution, consumer }, Number(oldestMs) / 1000)
        }
      }
    },
  })
}

function measureChannels(io: OpenIo, registers: Registry[]): void {
  const calls = new Counter({
    name: 'onetill_channel_calls_total',
    help: 'Calls to counterparts by channel account, and what came of them.',
    labelNames: ['account', 'operation', 'outcome'],
    registers,
  })
  const took = new Histogram({
    name: 'onetill_channel_call_seconds',
    help: 'How long counterparts took to answer, by channel account.',
    labelNames: ['account', 'operation'],
    buckets: [...seconds, 10],
    registers,
  })
  io.channels.onCalled((account, { operation, outcome, tookMs }) => {
    calls.inc({ account, operation, outcome })
    took.observe({ account, operation }, tookMs / 1000)
  })
  new Gauge({
    name: 'onetill_channel_ill',
    help: 'Whether the breaker of a channel account is open: 1, or 0.',
    labelNames: ['account'],
    registers,
    collect() {
      this.reset()
      for (const { accountId: account, health } of io.channels.health()) {
        this.set({ account }, health.state === 'healthy' ? 0 : 1)
      }
    },
  })
}
