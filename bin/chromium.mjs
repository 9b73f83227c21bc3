import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'

import { findNode, giveUp, root } from './boot.mjs'

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
]

/**
 * The path of a Chromium for the browser tests: the one of CHROMIUM_PATH, an installed one, or one
 * that is installed now, by the system as root and by playwright else.
 */
export function ensureChromium() {
  const found = findChromium() ?? (bySystem() || byPlaywright())
  if (found) return found
  return giveUp(
    'The browser tests need Chromium; run "apt-get install chromium" as root, or set CHROMIUM_PATH.',
  )
}

function findChromium() {
  const named = process.env.CHROMIUM_PATH
  if (named) return isProgram(named) ? named : giveUp(`CHROMIUM_PATH names no program: ${named}`)
  return usualPlaces.find(isProgram)
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function bySystem() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  process.stderr.write('Installing Chromium for the browser tests (once)…\n')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update'], { env })
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env })
  return usualPlaces.find(isProgram)
}

function byPlaywright() {
  process.stderr.write('Fetching Chromium for the browser tests (once)…\n')
  const node = findNode()
  const folder = join(root, 'node_modules', 'playwright-core')
  const done = spawnSync(node, [join(folder, 'cli.js'), 'install', 'chromium'], { cwd: root })
  if (done.status !== 0) return undefined
  const asked = spawnSync(node, ['-p', 'require("playwright-core").chromium.executablePath()'], {
    cwd: root,
    encoding: 'utf8',
  })
  const path = asked.stdout.trim()
  return isProgram(path) ? path : undefined
}
