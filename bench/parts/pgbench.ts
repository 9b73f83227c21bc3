import { execFile } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { promisify } from 'node:util'

import pg from 'pg'

import type { Embedded } from '../../modules/database/embedded.ts'
import { cpuSeconds } from './cpu.ts'

const run = promisify(execFile)

const SCALE = '20'
const CLIENTS = ['-M', 'prepared', '-c', '8', '-j', '2']

/** One measurement of TPC-B: transactions a second, and what one cost the processors. */
export type Measured = { tps: number; cpuUs: number }

/** The yardstick: `pgbench -M prepared -c 8 -j 2` at scale 20 in a database of its own. */
export type Yardstick = { measure(seconds: number): Promise<Measured> }

/**
 * Fills a database for pgbench on the server that is measured, so that both have the same settings.
 *
 * @throws when the machine has no pgbench.
 */
export async function openYardstick(server: Embedded): Promise<Yardstick> {
  const program = findPgbench()
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query('create database pgbench')
  await client.end()
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...{ PGHOST: server.socketFolder, PGPORT: '5432', PGUSER: 'onetill', PGDATABASE: 'pgbench' },
  }
  await run(program, ['-i', '-q', '-s', SCALE], { env })

  return {
    async measure(seconds) {
      // The shell waits for pgbench and so knows what it cost; the server's part is asked beside it.
      const words = [program, ...CLIENTS, '-T', String(seconds)].join(' ')
      const before = cpuSeconds(server.pid())
      const script = `TIMEFORMAT='cpu %U %S'; time ${words}`
      const { stdout, stderr } = await run('bash', ['-c', script], { env })
      const tps = Number(/tps = ([\d.]+)/.exec(stdout)?.[1])
      const [, user = '', system = ''] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr) ?? []
      const cpu = cpuSeconds(server.pid()) - before + Number(user) + Number(system)
      return { tps, cpuUs: (cpu * 1e6) / (tps * seconds) }
    },
  }
}

function findPgbench(): string {
  const places = ['/usr/bin/pgbench', ...globSync('/usr/lib/postgresql/*/bin/pgbench')]
  const found = places.find((place) => existsSync(place))
  if (found) return found
  throw new Error('The bench is a ratio to pgbench; install it with "apt-get install postgresql".')
}
