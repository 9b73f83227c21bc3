import { useSyncExternalStore } from 'react'

let waiting: ServiceWorker | null = null
const listeners = new Set<() => void>()

function setWaiting(worker: ServiceWorker | null): void {
  waiting = worker
  for (const listener of listeners) listener()
}

/**
 * Registers the service worker of a built app. A new version installs beside the running one and
 * waits: it takes over when the app is closed, or when the person says so, and never in the middle
 * of a payment.
 */
export function registerWorker(app: 'till' | 'wallet'): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  navigator.serviceWorker
    .register(`/${app}/sw.js`, { scope: `/${app}/`, updateViaCache: 'none' })
    .then(watchRegistration)
    .catch((cause: unknown) => {
      // Without a worker the app still works, but does not start offline.
      reportError(cause)
    })
}

function watchRegistration(registration: ServiceWorkerRegistration): void {
  if (registration.waiting) setWaiting(registration.waiting)
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing
    worker?.addEventListener('statechange', () => {
      // Without a controller this is the first one ever, and there is nothing to replace.
      if (worker.state === 'installed' && navigator.serviceWorker.controller) setWaiting(worker)
    })
  })
}

/** Whether a newer version of the app waits to take over. */
export function useUpdateReady(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => waiting !== null,
  )
}

/** Lets the newer version take over, and loads it. */
export function applyUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload())
  waiting?.postMessage('take-over')
}
