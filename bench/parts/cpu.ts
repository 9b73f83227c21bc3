import { readFileSync, readdirSync } from 'node:fs'

// Linux counts processor time in hundredths of a second. Source: proc(5), USER_HZ.
const TICKS_PER_SECOND = 100

/**
 * The processor time that a process and its children have used so far, in seconds; of a PostgreSQL
 * server that is all of its backends. On a machine that others use too this says more than the
 * clock.
 */
export function cpuSeconds(pid: number): number {
  let ticks = ticksOf(pid, true)
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name) && parentOf(Number(name)) === pid) ticks += ticksOf(Number(name), false)
  }
  return ticks / TICKS_PER_SECOND
}

// Fields of /proc/<pid>/stat behind the name, which may hold spaces: state, ppid, …, utime, stime,
// and the two of the children that have ended.
function fieldsOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return [] // it has ended meanwhile
  }
}

const parentOf = (pid: number): number => Number(fieldsOf(pid)[1] ?? 0)

function ticksOf(pid: number, withEnded: boolean): number {
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fieldsOf(pid)
    .slice(11, 15)
    .map(Number)
  return user + system + (withEnded ? endedUser + endedSystem : 0)
}
