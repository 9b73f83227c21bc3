import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

import { sleep } from '../lib/retry.ts'

/**
 * Whether the process runs. A dead one that nobody has reaped yet does not count: in a container
 * without an init it stays in the table for ever.
 */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/^ [ZX]/.test(stat.slice(stat.lastIndexOf(')') + 1))
  } catch {
    return false
  }
}

/** Sends the signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Waits until none of the processes runs; false when the time, in ms, was not enough. */
export async function haveEnded(pids: readonly number[], withinMs: number): Promise<boolean> {
  for (let waitedMs = 0; pids.some(isAlive); waitedMs += 20) {
    if (waitedMs >= withinMs) return false
    await sleep(20)
  }
  return true
}

/**
 * The processes of the PostgreSQL whose files are in `folder`: all of them work in it. A process
 * number alone proves nothing, since numbers are used again after a restart of a container.
 */
export function postgresIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isPostgresOf(pid, folder) && isAlive(pid))
}

function isPostgresOf(pid: number, folder: string): boolean {
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false
    return readlinkSync(`/proc/${pid}/cwd`) === folder
  } catch {
    return false // ended meanwhile, or another person's
  }
}
