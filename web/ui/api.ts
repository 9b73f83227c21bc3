import { Problem, type ProblemBody } from './problem.ts'

export { asProblem, Problem } from './problem.ts'

export type AppName = 'till' | 'wallet' | 'console'

export type Query = Record<string, string | number | boolean | null | undefined>

export type Api = {
  readonly app: AppName
  token(): string | null
  /** Keeps the bearer token on this device; null signs out here and tells every listener. */
  setToken(token: string | null): void
  /** Calls back when the token is set or lost (a 401 loses it). Answers how to stop listening. */
  onToken(listener: (token: string | null) => void): () => void
  get<T>(path: string, query?: Query): Promise<T>
  post<T>(path: string, body: unknown, options?: PostOptions): Promise<T>
  patch<T>(path: string, body: unknown): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  del(path: string): Promise<void>
  /** The server's time in ms since 1970, by the Date header of its last answer; ±1 s. */
  serverNow(): number
}

export type PostOptions = { idempotencyKey?: string; signal?: AbortSignal; timeoutMs?: number }

/** What an app that signs its calls is asked to sign: everything but reading. */
export type Signable = {
  method: string
  /** Whole, with scheme and host. */
  url: string
  /** The text of the body as it is sent; empty when there is none. */
  body: string
  contentType?: string
  idempotencyKey?: string
  /** The server's time, so that a wrong clock on the device does no harm. */
  nowMs: number
}

/** Answers the headers that carry the signature; throws `Problem` when it cannot sign. */
export type Sign = (request: Signable) => Promise<Record<string, string>>

type Call = PostOptions & { method: string; path: string; query?: Query; body?: unknown }

const timeoutMs = 10_000

/** A fresh key for one intended effect; keep it and send it again when no answer came. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18))
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
}

// The first answer tells the server's time, and every try has a nonce of its own: the next one fits.
const signAgain: ReadonlySet<string> = new Set(['SIGNATURE_INVALID', 'SIGNATURE_REPLAYED'])

/**
 * The way to the API for one app. Paths are full (`/v1/payments`). Every call throws `Problem`
 * and nothing else; a 401 on a call that carried the token forgets the token, unless it was about
 * the signature: a token is not worth less for a clock that is wrong.
 */
export function createApi(app: AppName, options: { sign?: Sign } = {}): Api {
  const tokens = tokenBox(`onetill.${app}.token`)
  let clockOffsetMs = 0
  const serverNow = (): number => Date.now() + clockOffsetMs

  async function call<T>(request: Call, isSecond = false): Promise<T> {
    const token = tokens.get()
    const isSigned = request.method !== 'GET' && token !== null && options.sign !== undefined
    const signature = isSigned ? await options.sign?.(signable(request, serverNow())) : {}
    const startedAt = Date.now()
    const response = await send(request, { ...showHeaders(request, token), ...signature })
    const date = Date.parse(response.headers.get('date') ?? '')
    // The header is cut to whole seconds, and the answer was on its way for half the round trip.
    if (date) clockOffsetMs = date + 500 - (startedAt + Date.now()) / 2
    const body = await readBody(response)
    if (response.ok) return body as T
    const problem = asRefusal(response.status, body)
    if (isSigned && !isSecond && signAgain.has(problem.code)) return call<T>(request, true)
    const isOfToken = problem.status === 401 && !problem.code.startsWith('SIGNATURE_')
    if (isOfToken && token && token === tokens.get()) tokens.set(null)
    throw problem
  }

  return {
    app,
    token: tokens.get,
    setToken: tokens.set,
    onToken: tokens.listen,
    get: (path, query) => call({ method: 'GET', path, ...(query ? { query } : {}) }),
    post: (path, body, options = {}) => call({ method: 'POST', path, body, ...options }),
    patch: (path, body) => call({ method: 'PATCH', path, body }),
    put: (path, body) => call({ method: 'PUT', path, body }),
    del: (path) => call({ method: 'DELETE', path }),
    serverNow,
  }
}

async function send(request: Call, headers: Record<string, string>): Promise<Response> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort('timeout'), request.timeoutMs ?? timeoutMs)
  const onAbort = (): void => abort.abort('caller')
  request.signal?.addEventListener('abort', onAbort)
  try {
    return await fetch(request.path + showQuery(request.query), {
      method: request.method,
      headers,
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: abort.signal,
      cache: 'no-store',
    })
  } catch (cause) {
    const code = abort.signal.reason === 'timeout' ? 'TIMEOUT' : 'NETWORK'
    throw new Problem({ code, retry: 'same_key', next_action: 'query' }, { cause })
  } finally {
    clearTimeout(timer)
    request.signal?.removeEventListener('abort', onAbort)
  }
}

function signable({ method, path, query, body, idempotencyKey }: Call, nowMs: number): Signable {
  return {
    method,
    url: new URL(path + showQuery(query), location.origin).href,
    body: body === undefined ? '' : JSON.stringify(body),
    ...(body === undefined ? {} : { contentType: jsonType }),
    ...(idempotencyKey ? { idempotencyKey } : {}),
    nowMs,
  }
}

const jsonType = 'application/json'

function showHeaders(request: Call, token: string | null): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (token) headers['Authorization'] = `Bearer ${token}`
  if (request.body !== undefined) headers['Content-Type'] = jsonType
  if (request.idempotencyKey) headers['Idempotency-Key'] = request.idempotencyKey
  return headers
}

function showQuery(query: Query | undefined): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value != null && value !== '')
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return text && `?${text}`
}

async function readBody(response: Response): Promise<unknown> {
  let text: string
  try {
    text = await response.text()
  } catch (cause) {
    throw new Problem({ code: 'NETWORK', retry: 'same_key', next_action: 'query' }, { cause })
  }
  try {
    return text ? JSON.parse(text) : undefined
  } catch (cause) {
    // A proxy or a captive portal answered instead of the server.
    throw new Problem({ code: 'NETWORK', status: response.status, retry: 'same_key' }, { cause })
  }
}

function asRefusal(status: number, body: unknown): Problem {
  const given = (body && typeof body === 'object' ? body : {}) as ProblemBody
  return new Problem({ code: status >= 500 ? 'BUSY' : 'UNKNOWN', ...given, status })
}

type TokenBox = {
  get: () => string | null
  set: (token: string | null) => void
  listen: (listener: (token: string | null) => void) => () => void
}

function tokenBox(key: string): TokenBox {
  let token = localStorage.getItem(key)
  const listeners = new Set<(token: string | null) => void>()
  const tell = (): void => listeners.forEach((listener) => listener(token))
  // Signing out in one tab signs out in all of them.
  addEventListener('storage', (event) => {
    if (event.key !== key) return
    token = event.newValue
    tell()
  })
  return {
    get: () => token,
    set(next) {
      token = next
      if (next === null) localStorage.removeItem(key)
      else localStorage.setItem(key, next)
      tell()
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
