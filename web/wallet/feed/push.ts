import { api } from '../session.ts'

const kept = 'onetill.wallet.push'
const scope = '/wallet/'
const longestMs = 20_000

/** Whether this browser can be woken at all; on some phones only an installed wallet can. */
export const canBeWoken = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

/** Whether this browser is woken when a shop tells something. */
export const isWoken = (): boolean =>
  canBeWoken() && Notification.permission === 'granted' && localStorage.getItem(kept) !== null

export type Waking = 'done' | 'denied' | 'failed'

/** Asks the payer and the browser's push service. `failed`: the service cannot be reached. */
export async function wake(): Promise<Waking> {
  if ((await Notification.requestPermission()) !== 'granted') return 'denied'
  try {
    const registration = await navigator.serviceWorker.getRegistration(scope)
    if (!registration) return 'failed'
    const { public_key } = await api.get<{ public_key: string }>('/v1/web_push_key')
    const asked = registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytesOf(public_key),
    })
    // Where its maker's service is blocked a browser may say nothing for minutes.
    const subscription = await Promise.race([asked, tooLate()])
    const { endpoint, keys } = subscription.toJSON()
    const body = { endpoint, keys: { p256dh: keys?.['p256dh'], auth: keys?.['auth'] } }
    const { id } = await api.post<{ id: string }>('/v1/web_push_subscriptions', body)
    localStorage.setItem(kept, id)
    return 'done'
  } catch {
    return 'failed'
  }
}

/** Wakes this browser no more. Here it ends at once; the server also learns it when it is reached. */
export async function letSleep(): Promise<void> {
  const id = localStorage.getItem(kept)
  localStorage.removeItem(kept)
  try {
    const registration = await navigator.serviceWorker.getRegistration(scope)
    await (await registration?.pushManager.getSubscription())?.unsubscribe()
    if (id) await api.del(`/v1/web_push_subscriptions/${id}`)
  } catch {
    // The push service says to the server that this browser is gone.
  }
}

const tooLate = (): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error('The push service does not answer.')), longestMs)
  })

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0))
}
