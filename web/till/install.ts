import { makeStore } from './store.ts'

/** Chromium's offer to install the page as a program of its own. */
type InstallPrompt = Event & { prompt: () => Promise<unknown> }

export const installStore = makeStore<{ mayInstall: boolean }>({ mayInstall: false })

let offer: InstallPrompt | undefined

/** Keeps the browser's offer for the page of settings, instead of a bar over the sale. */
export function watchInstall(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    offer = event as InstallPrompt
    installStore.set({ mayInstall: true })
  })
  addEventListener('appinstalled', () => installStore.set({ mayInstall: false }))
}

/** Asks the browser to install the till; call it in a gesture. */
export function install(): void {
  installStore.set({ mayInstall: false })
  // An offer is good for one answer, whatever it is; the browser makes another one later.
  void offer?.prompt()
  offer = undefined
}
