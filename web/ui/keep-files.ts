/** What the service workers of the till and the wallet do: keep the app's own files. */

export type ExtendableEvent = Event & { waitUntil(done: Promise<unknown>): void }
type FetchEvent = ExtendableEvent & { request: Request; respondWith(r: Promise<Response>): void }
export type WorkerScope = {
  addEventListener(type: 'install' | 'activate', on: (event: ExtendableEvent) => void): void
  addEventListener(type: 'fetch', on: (event: FetchEvent) => void): void
  addEventListener(type: 'message', on: (event: MessageEvent) => void): void
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
}

export type Kept = {
  /** Caches of the same prefix and another version are thrown away. */
  prefix: string
  version: string
  /** The one page that stands for every address below it. */
  page: string
  files: readonly string[]
}

/**
 * Keeps the files of an app, so that it starts without network. It never touches the API: no payment
 * code passes through it. A new version waits until the app is closed, or says `take-over`.
 */
export function keepFiles(worker: WorkerScope, { prefix, version, page, files }: Kept): void {
  const cacheName = `${prefix}${version}`
  const kept = [page, ...files]
  worker.addEventListener('install', (event) => {
    event.waitUntil(
      caches.open(cacheName).then((cache) =>
        // Past the HTTP cache: a stale page would name files that are gone.
        cache.addAll(kept.map((file) => new Request(file, { cache: 'reload' }))),
      ),
    )
  })
  worker.addEventListener('activate', (event) => {
    event.waitUntil(removeOldCaches(prefix, cacheName).then(() => worker.clients.claim()))
  })
  worker.addEventListener('message', (event) => {
    if (event.data === 'take-over') void worker.skipWaiting()
  })
  worker.addEventListener('fetch', (event) => {
    const { request } = event
    const url = new URL(request.url)
    if (request.method !== 'GET' || url.origin !== location.origin) return
    if (request.mode === 'navigate' && url.pathname.startsWith(page)) {
      event.respondWith(answer(cacheName, request, page))
    } else if (kept.includes(url.pathname)) {
      event.respondWith(answer(cacheName, request, url.pathname))
    } else if (/^\/assets\/.*\.(woff2|wasm)$/.test(url.pathname)) {
      event.respondWith(answerAndKeep(cacheName, request))
    }
  })
}

async function answer(cacheName: string, request: Request, key: string): Promise<Response> {
  const cache = await caches.open(cacheName)
  return (await cache.match(key)) ?? fetch(request)
}

/** A font or a decoder is large and wanted by few machines, so it is kept when it was asked for. */
async function answerAndKeep(cacheName: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  const known = await cache.match(request)
  if (known) return known
  const response = await fetch(request)
  if (response.ok) await cache.put(request, response.clone())
  return response
}

async function removeOldCaches(prefix: string, cacheName: string): Promise<void> {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith(prefix) && name !== cacheName)
  await Promise.all(old.map((name) => caches.delete(name)))
}
