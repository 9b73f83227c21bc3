/**
 * The wallet's service worker: keeps the wallet's own files, so that it starts without network. It
 * never touches the API. No payment code passes through it.
 */

type ExtendableEvent = Event & { waitUntil(done: Promise<unknown>): void }
type FetchEvent = ExtendableEvent & { request: Request; respondWith(r: Promise<Response>): void }
type WorkerScope = {
  addEventListener(type: 'install' | 'activate', on: (event: ExtendableEvent) => void): void
  addEventListener(type: 'fetch', on: (event: FetchEvent) => void): void
  addEventListener(type: 'message', on: (event: MessageEvent) => void): void
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
}

const worker = globalThis as unknown as WorkerScope

// The build writes the hashed files and a version made from them in the place of these two.
const builtFiles = '__WALLET_FILES__' as unknown as readonly string[]
const cacheName = 'wallet-__WALLET_VERSION__'
const page = '/wallet/'
const kept = [
  page,
  '/wallet/manifest.webmanifest',
  '/wallet/icons/icon-192.png',
  '/favicon.svg',
  ...builtFiles,
]

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(cacheName).then((cache) =>
      // Past the HTTP cache: a stale page would name files that are gone.
      cache.addAll(kept.map((file) => new Request(file, { cache: 'reload' }))),
    ),
  )
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(removeOldCaches().then(() => worker.clients.claim()))
})

worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') void worker.skipWaiting()
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate' && url.pathname.startsWith(page)) {
    event.respondWith(answer(request, page))
  } else if (kept.includes(url.pathname)) {
    event.respondWith(answer(request, url.pathname))
  } else if (/^\/assets\/.*\.woff2$/.test(url.pathname)) {
    event.respondWith(answerAndKeep(request))
  }
})

async function answer(request: Request, key: string): Promise<Response> {
  const cache = await caches.open(cacheName)
  return (await cache.match(key)) ?? fetch(request)
}

/** A font is large and wanted by few machines, so it is kept when it was asked for. */
async function answerAndKeep(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  const known = await cache.match(request)
  if (known) return known
  const response = await fetch(request)
  if (response.ok) await cache.put(request, response.clone())
  return response
}

async function removeOldCaches(): Promise<void> {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith('wallet-') && name !== cacheName)
  await Promise.all(old.map((name) => caches.delete(name)))
}
