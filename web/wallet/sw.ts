import { showPushes, type WakingScope } from './feed/wake.ts'
import { keepFiles, type WorkerScope } from '../ui/keep-files.ts'

// The build writes the hashed files and a version made from them in the place of these two.
declare const BUILT_FILES: readonly string[]
declare const BUILT_VERSION: string

/** The wallet's service worker: the wallet starts without network, and shops are heard while it is closed. */
keepFiles(globalThis as unknown as WorkerScope, {
  prefix: 'wallet-',
  version: BUILT_VERSION,
  page: '/wallet/',
  files: [
    '/wallet/manifest.webmanifest',
    '/wallet/icons/icon-192.png',
    '/favicon.svg',
    ...BUILT_FILES,
  ],
})

showPushes(globalThis as unknown as WakingScope)
