import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { sleep } from '../lib/retry.ts'
import { startEmbedded, type Embedded } from './embedded.ts'
import { isAlive, postgresIn } from './processes.ts'

let folder: string
let running: Embedded | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onetill-embedded-'))
})
afterEach(async () => {
  await running?.stop()
  running = undefined
  rmSync(folder, { recursive: true })
})

const start = async (settings = {}) => (running = await startEmbedded({ folder, settings }))

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined) // it may be this server that a test kills
  await client.connect()
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

/** Asks again until the server answers, for at most 10 s. */
async function patiently(url: string, text: string): Promise<unknown[]> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await query(url, text)
    } catch (error) {
      if (tries === 100) throw error
      await sleep(100)
    }
  }
}

/** Starts a server in another process and kills that process; answers the server's number. */
async function leaveOrphan(): Promise<number> {
  const code = `import { startEmbedded } from ${JSON.stringify(import.meta.resolve('./embedded.ts'))}
    const { url, pid } = await startEmbedded({ folder: ${JSON.stringify(folder)} })
    process.stdout.write(String(pid()))
    setInterval(() => undefined, 1000)`
  const words = ['--input-type=module', '--eval', code]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [pid] = (await once(child.stdout, 'data')) as [Buffer]
  child.kill('SIGKILL')
  await once(child, 'exit')
  return Number(pid)
}

test('it is durable, speaks UTF-8 and UTC, and listens on a private socket alone', async () => {
  const { url, socketFolder } = await start()
  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums']
  const settings = names.map((name) => `current_setting('${name}')`).join(', ')
  expect(await query(url, `select ${settings}`)).toEqual(['on', 'on', 'on', 'on'])
  const others = `select current_setting('server_encoding'), current_setting('timezone'),
    current_setting('listen_addresses')`
  expect(await query(url, others)).toEqual(['UTF8', 'UTC', ''])
  expect(statSync(socketFolder).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'postgres')).mode & 0o077).toBe(0)
})

test('what was written is there after a stop and a start, and the stop leaves no process', async () => {
  const first = await start()
  await query(first.url, 'create table kept as select 7 as id')
  await first.stop()
  expect(postgresIn(join(folder, 'postgres'))).toEqual([])
  const second = await start()
  expect(await query(second.url, 'select id from kept')).toEqual([7])
})

test('a server that a killed process left is taken over, sessions and all', async () => {
  const orphan = await leaveOrphan()
  expect(isAlive(orphan)).toBe(true)
  const { url, pid } = await start()
  expect(pid()).toBe(orphan)
  expect(await query(url, 'select 1')).toEqual([1])
})

test('a left server with other settings is replaced', async () => {
  const orphan = await leaveOrphan()
  const { url, pid } = await start({ synchronous_commit: 'off' })
  expect(pid()).not.toBe(orphan)
  expect(isAlive(orphan)).toBe(false)
  expect(await query(url, 'show synchronous_commit')).toEqual(['off'])
})

test('a server that is killed is started again, and committed rows are there', async () => {
  const { url, pid, restarts } = await start()
  await query(url, 'create table kept as select 7 as id')
  process.kill(pid(), 'SIGKILL')
  await sleep(200)
  expect(await patiently(url, 'select id from kept')).toEqual([7])
  expect(restarts()).toBe(1)
})

test('a server that is killed in the middle of a statement is started again', async () => {
  const { url, pid } = await start()
  const busy = query(url, 'select pg_sleep(30)')
  await sleep(200)
  process.kill(pid(), 'SIGKILL')
  await expect(busy).rejects.toThrow()
  expect(await patiently(url, 'select 1')).toEqual([1])
})

test('a pid file whose number is another process now does not stop the start', async () => {
  const first = await start()
  await first.stop()
  const file = join(folder, 'postgres', 'postmaster.pid')
  writeFileSync(file, `${process.pid}\n${join(folder, 'postgres')}\n`)
  const { url } = await start()
  expect(await query(url, 'select 1')).toEqual([1])
  expect(isAlive(process.pid)).toBe(true)
})

test('a first start that was killed half-way is begun anew', async () => {
  writeFileSync(join(folder, 'postgres.new'), 'half of a cluster')
  const { url } = await start()
  expect(await query(url, 'select 1')).toEqual([1])
  expect(existsSync(join(folder, 'postgres.new'))).toBe(false)
})

test('a folder with a long name has its socket elsewhere', async () => {
  const deep = join(folder, 'x'.repeat(100))
  running = await startEmbedded({ folder: deep })
  expect(running.socketFolder.startsWith(tmpdir())).toBe(true)
  expect(await query(running.url, 'select 1')).toEqual([1])
  await running.stop()
  rmSync(running.socketFolder, { recursive: true })
})

test('a cluster of another major version is refused in one sentence', async () => {
  const first = await start()
  await first.stop()
  writeFileSync(join(folder, 'postgres', 'PG_VERSION'), '15\n')
  await expect(start()).rejects.toThrow(/is of PostgreSQL 15 and this OneTill brings 18/)
})

test('a server that cannot start says why in one sentence', async () => {
  await expect(start({ shared_buffers: 'plenty' })).rejects.toThrow(
    /PostgreSQL could not start in .* \(invalid value for parameter "shared_buffers": "plenty"\)/,
  )
})

test('its log names starts and stops and not the statements that failed', async () => {
  const { url, stop } = await start()
  await expect(query(url, 'select secret')).rejects.toThrow()
  await stop()
  const log = readFileSync(join(folder, 'postgres.log'), 'utf8')
  expect(log).toContain('ready to accept connections')
  expect(log).not.toContain('secret')
})
