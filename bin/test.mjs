#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'

import { ensureInstalled, findNode, giveUp, root } from './boot.mjs'
import { ensureChromium } from './chromium.mjs'
import { ensureWeb } from './web.mjs'

// npm test: sets everything up, then runs the steps in order and stops at the first that fails.
// With names of steps it runs only those: npm test -- types tests

const tool = (...words) => ['node_modules', ...words].join('/')
const vitest = (...projects) => [
  tool('vitest', 'vitest.mjs'),
  'run',
  ...projects.flatMap((name) => ['--project', name]),
]

const steps = {
  format: () => run([tool('prettier', 'bin', 'prettier.cjs'), '--check', '.']),
  lint: () => run([tool('eslint', 'bin', 'eslint.js'), '.']),
  types: () => {
    run([tool('@typescript', 'native', 'bin', 'tsc'), '--noEmit', '-p', '.'])
    run([tool('@typescript', 'native', 'bin', 'tsc'), '--noEmit', '-p', 'web'])
  },
  pages: () => ensureWeb(),
  tests: () => run(vitest('unit', 'tidy', 'flow', 'property', 'start')),
  browser: () => {
    const CHROMIUM_PATH = ensureChromium()
    run([...vitest('e2e'), '--passWithNoTests'], { CHROMIUM_PATH })
  },
}

/** Runs a script on our Node. What it says is shown when it fails, and kept quiet otherwise. */
function run(words, more = {}) {
  const node = findNode()
  const path = `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`
  const env = { ...process.env, ...more, PATH: path }
  const done = spawnSync(node, words, {
    cwd: root,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
  })
  if (done.status === 0) return
  process.stdout.write(`${done.stdout}${done.stderr}`)
  giveUp(`npm test stopped at: ${words.join(' ')}`)
}

const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !Object.hasOwn(steps, name))
if (unknown) giveUp(`There is no step ${unknown}; the steps are ${Object.keys(steps).join(', ')}.`)
const startMs = performance.now()
ensureInstalled()
for (const [name, step] of Object.entries(steps)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const stepMs = performance.now()
  step()
  process.stdout.write(`${name.padEnd(8)} ${seconds(stepMs)}\n`)
}
process.stdout.write(`All passed in ${seconds(startMs)}.\n`)
