#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { ensureInstalled, findNode, giveUp, root } from './boot.mjs'
import { ensureChromium } from './chromium.mjs'
import { ensureWeb } from './web.mjs'

// npm test: sets everything up, then runs the steps in order and stops at the first that fails.
// With names of steps it runs only those: npm test -- types tests

const tool = (...words) => ['node_modules', ...words].join('/')
const steps = {
  format: () => run([tool('prettier', 'bin', 'prettier.cjs'), '--check', '.']),
  lint: () => run([tool('eslint', 'bin', 'eslint.js'), '.']),
  types: () => {
    run([tool('@typescript', 'native', 'bin', 'tsc'), '--noEmit', '-p', '.'])
    run([tool('@typescript', 'native', 'bin', 'tsc'), '--noEmit', '-p', 'web'])
  },
  tidy: () => tests(['tidy']),
  pages: () => ensureWeb(),
  tests: () => tests(['unit', 'flow', 'property', 'start']),
  browser: () => tests(['e2e'], { CHROMIUM_PATH: ensureChromium() }),
}

let passed = 0

/** Runs kinds of tests and counts them. Figures that a test measured are shown. */
function tests(kinds, more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'onetill-tests-'))
  const file = join(folder, 'results.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const projects = kinds.flatMap((kind) => ['--project', kind])
  const said = run([tool('vitest', 'vitest.mjs'), 'run', ...reporters, ...projects], more)
  const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(file, 'utf8'))
  rmSync(folder, { recursive: true })
  if (numTotalTests === 0) giveUp(`npm test found no tests of these kinds: ${kinds.join(', ')}`)
  passed += numPassedTests
  for (const [figure] of said.matchAll(/^measured: .*$/gm)) process.stdout.write(`  ${figure}\n`)
}

/** Runs a script on our Node. What it says is shown when it fails, and answered otherwise. */
function run(words, more = {}) {
  const node = findNode()
  const path = `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`
  const env = { ...process.env, ...more, PATH: path, NO_COLOR: '1' }
  const done = spawnSync(node, words, {
    cwd: root,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
  })
  if (done.status === 0) return done.stdout
  process.stdout.write(`${done.stdout}${done.stderr}`)
  return giveUp(`npm test stopped at: ${words.join(' ')}`)
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
process.stdout.write(`All in ${seconds(startMs)}.\n`)
if (passed > 0) process.stdout.write(`${passed} passed, 0 failed\n`)
