import { keepFiles, type WorkerScope } from '../ui/keep-files.ts'

// The build writes the hashed files and a version made from them in the place of these two.
declare const BUILT_FILES: readonly string[]
declare const BUILT_VERSION: string

/** The till's service worker: the till starts without network, and says that it takes no payment. */
keepFiles(globalThis as unknown as WorkerScope, {
  prefix: 'till-',
  version: BUILT_VERSION,
  page: '/till/',
  files: ['/till/manifest.webmanifest', '/till/icons/icon-192.png', '/favicon.svg', ...BUILT_FILES],
})
