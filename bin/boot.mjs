import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Runs on any Node from 20 on, with nothing installed: it installs the packages when they are not
// those of the lock file, and hands over to the Node that the lock file names.

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const NODE_NEEDED = 24

/** Ends the program with one sentence that says what to do. */
export function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

/** Installs the packages unless they are those of package-lock.json. Needs the network only then. */
export function ensureInstalled() {
  if (isInstalled()) return
  process.stderr.write('Installing the packages of package-lock.json (the first time, a minute)…\n')
  const flags = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  // Under npm the same npm is taken; it is a script, and its place is told.
  const npm = process.env.npm_execpath
  const [program, ...words] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm']
  // The caller's npm would otherwise hand down its own settings, --workspace among them.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_config_(workspace|prefix)/i.test(name)),
  )
  const stdio = ['ignore', process.stderr, process.stderr]
  const done = spawnSync(program, [...words, ...flags], { cwd: root, stdio, env })
  if (done.status === 0) return writeFileSync(join(root, stamp), hashOfLock())
  giveUp(
    'The packages could not be installed; look at the lines above, then run "npm ci" yourself.',
  )
}

// After an install of ours: which lock file it was made from.
const stamp = 'node_modules/.onetill-lock'

const hashOfLock = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')

/**
 * Whether node_modules holds what the lock file says. Compared by content: times differ after a
 * checkout, and then an installed copy would need the network again for nothing.
 */
function isInstalled() {
  const place = join(root, stamp)
  if (existsSync(place) && readFileSync(place, 'utf8') === hashOfLock()) return true
  const read = (file) => {
    try {
      return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
    } catch {
      return undefined
    }
  }
  const wanted = read('package-lock.json')
  const found = read('node_modules/.package-lock.json')
  if (!wanted || !found) return false
  return Object.entries(wanted).every(([path, entry]) => {
    const { version, integrity, link, optional, extraneous } = entry
    // Our own folders are there anyway; a package for another kind of machine need not be.
    if (!path.includes('node_modules/') || link || extraneous) return true
    const there = found[path]
    if (!there) return optional === true
    return there.version === version && there.integrity === integrity
  })
}

/** The Node to run on: the pinned one, else the one that runs this, if it is new enough. */
export function findNode() {
  const pinned = join(
    root,
    'node_modules',
    `node-${process.platform}-${process.arch}`,
    'bin',
    'node',
  )
  if (existsSync(pinned) && spawnSync(pinned, ['--version']).status === 0) return pinned
  if (Number(process.versions.node.split('.')[0]) >= NODE_NEEDED) return process.execPath
  return giveUp(
    `This machine (${process.platform} ${process.arch}) has no Node ${NODE_NEEDED} in the packages; ` +
      `install Node ${NODE_NEEDED} or newer and start again.`,
  )
}

/**
 * Runs one of our TypeScript files on that Node, passes signals on, and ends as it ends. Should this
 * process be killed, the other sees its channel close and stops by itself.
 */
export function handOver(file, words) {
  const node = findNode()
  // Compiled code is kept between starts: half of what a start costs the processor.
  const cache = join(root, 'node_modules', '.cache', 'node')
  const child = spawn(node, [join(root, file), ...words], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      NODE_COMPILE_CACHE: cache,
      ...process.env,
      PATH: `${dirname(node)}:${process.env.PATH ?? ''}`,
    },
  })
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name))
  child.once('error', (error) => giveUp(`${node} could not be started: ${error.message}`))
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
  endWithNpm(child)
}

/** npm that was killed cannot tell us; we are somebody else's child then. */
function endWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return
  const npm = process.ppid
  setInterval(() => {
    if (process.ppid !== npm) child.kill('SIGTERM')
  }, 250).unref()
}
