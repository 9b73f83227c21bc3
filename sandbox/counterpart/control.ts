import type { VirtualClock } from './clock.ts'
import type { CodeMint } from './codes.ts'
import type { FaultBook, FaultKind, FaultRule, Operation, Profile } from './faults.ts'
import { befalls, operations } from './faults.ts'
import type { Answer, Call } from './http.ts'
import { json } from './http.ts'

type Route = (call: Call) => Answer | Promise<Answer>

export type ControlOptions = {
  clock: VirtualClock
  faults: FaultBook
  codes: CodeMint
  books: () => unknown
  notices?: () => unknown
  /** What a client must be set up with: keys, numbers, payers. */
  accounts?: () => unknown
  /** More, each under its method and path: `POST /control/payers`. */
  routes?: Record<string, Route>
}

/**
 * The control API of a counterpart, for demos and tests; it has no password and so listens where
 * only they can reach it. Undefined: the call is not the control's.
 */
export function controlApi(options: ControlOptions): (call: Call) => Promise<Answer> | undefined {
  const routes: Record<string, Route> = {
    ...faultRoutes(options.faults),
    ...clockRoutes(options.clock),
    'POST /control/codes': ({ text }) => json(201, mintCodes(options.codes, JSON.parse(text))),
    'GET /control/books': () => json(200, options.books()),
    ...(options.notices && { 'GET /control/notices': () => json(200, options.notices?.()) }),
    ...(options.accounts && { 'GET /control/accounts': () => json(200, options.accounts?.()) }),
    ...options.routes,
  }
  return (call) => {
    if (!call.path.startsWith('/control')) return undefined
    const route = routes[`${call.method} ${call.path}`]
    return route
      ? answer(route, call)
      : Promise.resolve(json(404, { message: 'no such control', routes: Object.keys(routes) }))
  }
}

class Refused extends Error {}

/**
 * Refuses a control call with a reason.
 *
 * @throws always; the control API answers 422 with the reason.
 */
export function refuseControl(reason: string): never {
  throw new Refused(reason)
}

async function answer(route: Route, call: Call): Promise<Answer> {
  try {
    return await route(call)
  } catch (error) {
    if (error instanceof Refused || error instanceof SyntaxError) {
      return json(422, { message: error.message })
    }
    throw error
  }
}

function faultRoutes(faults: FaultBook): Record<string, Route> {
  return {
    'GET /control/faults': () => json(200, faults.rules().map(showRule)),
    'POST /control/faults': ({ text }) => {
      const body: unknown = JSON.parse(text)
      const rules = (Array.isArray(body) ? body : [body]).map(readRule)
      rules.forEach((rule) => faults.add(rule))
      return json(201, faults.rules().map(showRule))
    },
    'DELETE /control/faults': () => {
      faults.clear()
      return { status: 204 }
    },
    'GET /control/profile': () => json(200, faults.profile()),
    'PUT /control/profile': ({ text }) => {
      faults.setProfile(readProfile(JSON.parse(text)))
      return json(200, faults.profile())
    },
    'PUT /control/magic': ({ text }) => {
      const { on } = fieldsOf(JSON.parse(text))
      if (typeof on !== 'boolean') refuseControl('on is true or false')
      faults.setMagic(on)
      return json(200, { on })
    },
    'PUT /control/draws': ({ text }) => {
      const { by } = fieldsOf(JSON.parse(text))
      if (by !== 'order_no' && by !== 'amount') refuseControl('by is order_no or amount')
      faults.setDraws(by)
      return json(200, { by })
    },
  }
}

function clockRoutes(clock: VirtualClock): Record<string, Route> {
  const show = () => json(200, { now: clock.now().toISOString() })
  return {
    'GET /control/clock': show,
    'POST /control/clock': async ({ text }) => {
      const { advance_ms: byMs } = fieldsOf(JSON.parse(text))
      if (typeof byMs !== 'number' || byMs < 0) refuseControl('advance_ms is a number from 0')
      await clock.advance(byMs)
      return show()
    },
  }
}

const MOST_CODES = 20_000

/** A stock of codes for a load test, which live as long as it lasts. */
function mintCodes(mint: CodeMint, wanted: unknown): { codes: string[] } {
  const { payer, count, life_ms: lifeMs } = fieldsOf(wanted)
  if (typeof payer !== 'string') refuseControl('payer is a name')
  if (!isWhole(count) || count > MOST_CODES) refuseControl(`count is from 1 to ${MOST_CODES}`)
  if (!isWhole(lifeMs)) refuseControl('life_ms is a whole number from 1')
  return { codes: Array.from({ length: count }, () => mint.show(payer, lifeMs).code) }
}

const isWhole = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0

/** The fields of a JSON object. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuseControl('a JSON object is expected')
  }
  return value as Record<string, unknown>
}

function readRule(value: unknown): FaultRule {
  const { kind, value: number, operation, order_no: orderNo, times, ...more } = fieldsOf(value)
  const strange = Object.keys(more)
  if (strange.length > 0) refuseControl(`unknown: ${strange.join(', ')}`)
  if (!isFaultKind(kind)) refuseControl(`kind is one of ${Object.keys(befalls).join(', ')}`)
  if (operation !== undefined && !isOperation(operation)) {
    refuseControl(`operation is one of ${operations.join(', ')}`)
  }
  if (number !== undefined && typeof number !== 'number') refuseControl('value is a number')
  if (orderNo !== undefined && typeof orderNo !== 'string') refuseControl('order_no is a text')
  if (times !== undefined && times !== null && typeof times !== 'number') {
    refuseControl('times is a number, or null for always')
  }
  return {
    kind,
    ...(number !== undefined && { value: number }),
    ...(operation !== undefined && { operation }),
    ...(orderNo !== undefined && { orderNo }),
    ...(times !== undefined && { times }),
  }
}

function showRule({ orderNo, ...rule }: FaultRule): Record<string, unknown> {
  return { ...rule, ...(orderNo !== undefined && { order_no: orderNo }) }
}

function readProfile(value: unknown): Profile {
  for (const [operation, weights] of Object.entries(fieldsOf(value))) {
    if (operation !== 'any' && !isOperation(operation)) {
      refuseControl(`${operation} is no operation`)
    }
    for (const [kind, weight] of Object.entries(fieldsOf(weights))) {
      if (!isFaultKind(kind)) refuseControl(`${kind} is no fault`)
      if (typeof weight !== 'number' || weight < 0 || weight > 1) {
        refuseControl(`${kind} has a probability from 0 to 1`)
      }
    }
  }
  return value as Profile
}

const isFaultKind = (value: unknown): value is FaultKind =>
  typeof value === 'string' && Object.hasOwn(befalls, value)

const isOperation = (value: unknown): value is Operation =>
  operations.some((operation) => operation === value)
