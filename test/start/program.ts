import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { sleep } from '../../modules/lib/retry.ts'
import { postgresIn, signal } from '../../modules/database/processes.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

export type Place = { folder: string; port: number; url: string; remove(): Promise<void> }

/** Makes a copy of a data folder that nobody works in, with its owners and rights. */
export const copyFolder = (from: string, to: string): void =>
  void execFileSync('cp', ['-a', from, to])

/** A data folder that does not exist yet and a free port, and a way to leave nothing behind. */
export async function newPlace(): Promise<Place> {
  const outside = mkdtempSync(join(tmpdir(), 'onetill-start-'))
  const folder = join(outside, 'data')
  const port = await freePort()
  return {
    folder,
    port,
    url: `http://127.0.0.1:${port}`,
    async remove() {
      for (const pid of postgresIn(join(folder, 'postgres'))) signal(pid, 'SIGKILL')
      await sleep(50)
      rmSync(outside, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

export type Ended = { code: number | null; stdout: string; stderr: string }

export type Program = {
  /** Of the process that was started; the server is its child. */
  pid: number
  /** Sends a signal as a terminal does: to every process of the group. */
  press(name: NodeJS.Signals): void
  kill(name: NodeJS.Signals): void
  ended: Promise<Ended>
  /** What it has printed so far. */
  stdout(): string
}

type Words = readonly string[]
type Variables = Readonly<Record<string, string>>

/** Starts `onetill` as bin/onetill.mjs does, in a process group of its own. */
export function startProgram(words: Words, variables: Variables = {}, uid?: number): Program {
  const file = join(root, 'bin', 'run.mjs')
  const child = spawn(process.execPath, [file, 'app/onetill.ts', ...words], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
    env: { PATH: process.env.PATH ?? '', ...variables },
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const pid = child.pid ?? 0
  return {
    pid,
    press: (name) => signal(-pid, name),
    kill: (name) => signal(pid, name),
    ended: closed(child).then((code) => ({ code, stdout: stdout(), stderr: stderr() })),
    stdout,
  }
}

/** Why the program cannot be started as another user; null when it can. */
export function whyNotAs(uid: number): string | null {
  const done = spawnSync(process.execPath, ['--version'], { uid, gid: uid, cwd: root })
  return done.status === 0 ? null : 'another user cannot reach this folder'
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = ''
  stream?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return () => text
}

async function closed(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}

/** Runs a command to its end. */
export const runProgram = (words: Words, variables?: Variables): Promise<Ended> =>
  startProgram(words, variables).ended

export const startDemo = ({ folder, port }: Place): Program =>
  startProgram(['demo', '--data', folder, '--port', String(port)])

/** Waits until /readyz says 200 and answers how long that took, in ms. */
export async function isReady({ url }: Place, withinMs: number): Promise<number> {
  const startMs = performance.now()
  for (;;) {
    const waitedMs = performance.now() - startMs
    const answer = await fetch(`${url}/readyz`).catch(() => null)
    if (answer?.status === 200) return waitedMs
    if (waitedMs > withinMs) throw new Error(`not ready after ${withinMs} ms`)
    await sleep(50)
  }
}

/** The process that serves, which is a child of the one that was started. */
export function serverPid({ folder }: Place): number {
  const { pid } = JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8')) as { pid: number }
  return pid
}

/** The process of PostgreSQL that the others came from. */
export function postmasterPid({ folder }: Place): number {
  const text = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8')
  return Number(text.split('\n')[0])
}

/** The process that plays the counterparts of the demo in this data folder; 0 when there is none. */
export function sandboxPid(folder: string): number {
  const mine = join(folder, 'sandbox')
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const found = pids.find((pid) => {
    const words = wordsOf(pid)
    return words.some((word) => word.endsWith('sandbox/sandbox.ts')) && words.includes(mine)
  })
  return Number(found ?? 0)
}

function wordsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return [] // it has ended meanwhile
  }
}
