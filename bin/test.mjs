#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { ensureInstalled, findNode, giveUp, root } from './boot.mjs'
import { ensureChromium } from './chromium.mjs'
import { ensureWeb } from './web.mjs'

// npm test: sets everything up, then runs the steps and stops at the first that fails. What reads the
// sources and what builds the pages goes on side by side. With names of steps it runs only those, one
// after the other: npm test -- types tests

const tool = (...words) => ['node_modules', ...words].join('/')
const steps = {
  format: () => run([tool('prettier', 'bin', 'prettier.cjs'), '--check', '.']),
  lint: () => run([tool('eslint', 'bin', 'eslint.js'), '.']),
  types: async () => {
    await run([tool('@typescript', 'native', 'bin', 'tsc'), '--noEmit', '-p', '.'])
    await run([tool('@typescript', 'native', 'bin', 'tsc'), '--noEmit', '-p', 'web'])
  },
  tidy: () => tests(['tidy']),
  pages: () => ensureWeb(),
  // Of the whole run the rules of the repository are a part of this: two cores are kept busy.
  tests: () => tests([...(isWhole ? ['tidy'] : []), 'unit', 'flow', 'property', 'start']),
  browser: () => tests(['e2e'], { CHROMIUM_PATH: ensureChromium() }),
}

let passed = 0

/** Runs kinds of tests and counts them. Figures that a test measured are shown, and tests that failed once. */
async function tests(kinds, more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'onetill-tests-'))
  const file = join(folder, 'results.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const projects = kinds.flatMap((kind) => ['--project', kind])
  const said = await run([tool('vitest', 'vitest.mjs'), 'run', ...reporters, ...projects], more)
  const { numPassedTests, numTotalTests, testResults } = JSON.parse(readFileSync(file, 'utf8'))
  rmSync(folder, { recursive: true })
  if (numTotalTests === 0) giveUp(`npm test found no tests of these kinds: ${kinds.join(', ')}`)
  passed += numPassedTests
  const all = testResults.flatMap(({ assertionResults }) => assertionResults)
  for (const { fullName } of all.filter((one) => one.failureMessages.length > 0))
    process.stdout.write(`  passed only when it was tried again: ${fullName}\n`)
  for (const [figure] of said.matchAll(/^measured: .*$/gm)) process.stdout.write(`  ${figure}\n`)
}

/** Runs a script on our Node. What it says is shown when it fails, and answered otherwise. */
async function run(words, more = {}) {
  const node = findNode()
  const path = `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`
  const env = { ...process.env, ...more, PATH: path, NO_COLOR: '1' }
  const child = spawn(node, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = []
  child.stdout.on('data', (part) => said.push(part))
  child.stderr.on('data', (part) => said.push(part))
  const [status] = await once(child, 'close')
  const text = Buffer.concat(said).toString('utf8')
  if (status === 0) return text
  process.stdout.write(text)
  return giveUp(`npm test stopped at: ${words.join(' ')}`)
}

const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`

const asked = process.argv.slice(2)
const isWhole = asked.length === 0
const unknown = asked.find((name) => !Object.hasOwn(steps, name))
if (unknown) giveUp(`There is no step ${unknown}; the steps are ${Object.keys(steps).join(', ')}.`)

async function inTurn(...names) {
  for (const name of names) {
    const stepMs = performance.now()
    await steps[name]()
    process.stdout.write(`${name.padEnd(8)} ${seconds(stepMs)}\n`)
  }
}

const startMs = performance.now()
ensureInstalled()
if (isWhole) {
  await Promise.all([inTurn('lint'), inTurn('types', 'format', 'pages')])
  await inTurn('tests', 'browser')
} else {
  await inTurn(...Object.keys(steps).filter((name) => asked.includes(name)))
}
process.stdout.write(`All in ${seconds(startMs)}.\n`)
if (passed > 0) process.stdout.write(`${passed} passed, 0 failed\n`)
