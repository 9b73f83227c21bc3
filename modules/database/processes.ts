import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

import { sleep } from '../lib/retry.ts'
import { OperatorError } from './operator-error.ts'

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

/**
 * Sends the signal; a process that is gone already is no error.
 *
 * @throws OperatorError when the process is another user's.
 */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPERM') {
      throw new OperatorError(`Process ${pid} is another user’s and in the way; stop it first.`)
    }
    if (code !== 'ESRCH') throw error
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
 * What a server is called whose files are in `cluster`. PostgreSQL shows the name in the title of
 * each of its processes, which anybody may read, whoever they run as.
 */
export const serverName = (cluster: string): string =>
  `onetill-${createHash('sha256').update(cluster).digest('hex').slice(0, 12)}`

/**
 * The processes of the PostgreSQL whose files are in `cluster`, its children too. A process number
 * alone proves nothing, since numbers are used again after a restart of a container.
 */
export function postgresIn(cluster: string): number[] {
  const name = serverName(cluster)
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => isPostgresCalled(name, pid) && isAlive(pid))
}

function isPostgresCalled(name: string, pid: number): boolean {
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(name)
  } catch {
    return false // ended meanwhile
  }
}
