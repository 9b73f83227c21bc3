import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { findNode, giveUp, root } from './boot.mjs'

// What the pages are made of: the web workspace, the rooms that also run in a browser (DESIGN §2), and
// the version that they name.
const sources = ['web', 'modules/lib', 'modules/money', 'modules/errors', 'modules/paycode']
const manifest = 'package.json'
const aside = new Set(['node_modules', 'dist'])

/**
 * Builds the web pages into web/dist unless they were built from these very sources. A build that is
 * killed leaves the earlier pages as they were.
 */
export function ensureWeb() {
  const dist = join(root, 'web', 'dist')
  const stamp = join(dist, '.stamp')
  const now = hashOfSources()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  if (!existsSync(vite)) {
    if (existsSync(dist)) return // a production install without the tools brings its own pages
    giveUp('The web pages are not built and vite is not installed; run "npm ci".')
  }
  process.stderr.write('Building the web pages (after a change of their sources)…\n')
  const unfinished = join(root, 'web', `dist.${process.pid}`)
  const words = [vite, 'build', '--outDir', unfinished, '--logLevel', 'warn']
  const done = spawnSync(findNode(), words, { cwd: join(root, 'web'), encoding: 'utf8' })
  if (done.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    process.stderr.write(`${done.stdout}${done.stderr}`)
    giveUp('The web pages could not be built; mend what the lines above say.')
  }
  writeFileSync(join(unfinished, '.stamp'), now)
  rmSync(dist, { recursive: true, force: true })
  renameSync(unfinished, dist)
}

function hashOfSources() {
  const hash = createHash('sha256')
  for (const file of [manifest, ...sources.flatMap((folder) => filesIn(folder)).sort()]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesIn(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    const isAside = aside.has(entry.name) || entry.name.startsWith('dist.')
    if (entry.isDirectory()) return isAside ? [] : filesIn(path)
    return entry.isFile() && !entry.name.endsWith('.test.ts') ? [path] : []
  })
}
