type PushEvent = Event & {
  data: { json(): unknown } | null
  waitUntil(done: Promise<unknown>): void
}
type ClickEvent = Event & {
  notification: { data: unknown; close(): void }
  waitUntil(done: Promise<unknown>): void
}
type Page = { url: string; focus(): Promise<unknown>; navigate?(url: string): Promise<unknown> }

/** What a service worker is, for those who wake it. */
export type WakingScope = {
  addEventListener(type: 'push', on: (event: PushEvent) => void): void
  addEventListener(type: 'notificationclick', on: (event: ClickEvent) => void): void
  registration: { showNotification(title: string, options: object): Promise<void> }
  clients: {
    matchAll(options: object): Promise<readonly Page[]>
    openWindow(url: string): Promise<unknown>
  }
}

const root = '/wallet/'

/** Shows what a shop tells while the wallet is closed; pressing it opens the wallet there. */
export function showPushes(worker: WakingScope): void {
  worker.addEventListener('push', (event) => {
    const told = readPush(event.data)
    // A browser wants to see a notification for each push, so there is one whatever came.
    event.waitUntil(
      worker.registration.showNotification(told.title, {
        ...{ body: told.body, icon: '/wallet/icons/icon-192.png', tag: told.path },
        data: root + told.path,
      }),
    )
  })
  worker.addEventListener('notificationclick', (event) => {
    event.notification.close()
    event.waitUntil(open(worker, String(event.notification.data)))
  })
}

type Told = { title: string; body: string; path: string }

function readPush(data: PushEvent['data']): Told {
  try {
    const { title, body, path } = data?.json() as Partial<Told>
    // Only places inside the wallet, whoever sent it.
    const isInside = typeof path === 'string' && /^[a-z]+\/[a-z0-9_]+$/.test(path)
    return { title: title ?? 'OneTill', body: body ?? '', path: isInside ? path : 'feed' }
  } catch {
    return { title: 'OneTill', body: '', path: 'feed' }
  }
}

async function open(worker: WakingScope, url: string): Promise<void> {
  const pages = await worker.clients.matchAll({ type: 'window' })
  const page = pages.find((one) => new URL(one.url).pathname.startsWith(root))
  if (!page) return void (await worker.clients.openWindow(url))
  await page.focus()
  await page.navigate?.(url)
}
