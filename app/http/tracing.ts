import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
} from '@opentelemetry/api'

import { routeOf } from './errors.ts'
import type { App } from './http.ts'
import { version } from '../version.ts'

/**
 * A span for each request, named by its route, as a child of the caller's. Who wants them loads an
 * OpenTelemetry SDK before the program (`node --import`); without one nothing is added to a request.
 *
 * Source: DESIGN §7; OpenTelemetry, "Semantic conventions for HTTP spans".
 */
export function traceRequests(app: App): void {
  const tracer = trace.getTracer('onetill', version)
  const probe = tracer.startSpan('probe')
  const isHeard = probe.isRecording()
  probe.end()
  if (!isHeard) return

  const spans = new WeakMap<object, Span>()
  app.addHook('onRequest', (request, _reply, done) => {
    const caller = propagation.extract(context.active(), request.headers)
    const route = routeOf(request)
    const attributes = { 'http.request.method': request.method, 'http.route': route }
    const named = { kind: SpanKind.SERVER, attributes }
    const span = tracer.startSpan(`${request.method} ${route}`, named, caller)
    spans.set(request, span)
    context.with(trace.setSpan(caller, span), done)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request)
    span?.setAttribute('http.response.status_code', reply.statusCode)
    span?.setAttribute('onetill.request_id', request.id)
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
    done()
  })
}
