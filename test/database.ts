import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import pg from 'pg'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'

import { startEmbedded } from '../modules/database/embedded.ts'
import { migrate } from '../modules/database/migrate.ts'
import { isAlive, postgresIn, signal } from '../modules/database/processes.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a database that nobody works in; new ones are made through it. */
    adminUrl: string
    template: string
    /** How a database is copied: by files where that costs no disk, and else through the log. */
    copying: '' | 'strategy file_copy'
  }
}

export type FreshDatabase = { url: string; drop(): Promise<void> }

/**
 * Runs once before all tests: one PostgreSQL in a folder below /tmp (or the server that
 * TEST_DATABASE_URL names), and in it a migrated template for `freshDatabase`. What it answers runs
 * after the last test and leaves nothing behind.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  const server = given === undefined ? await startTemporary() : null
  const adminUrl = server?.url ?? given ?? ''
  const template = `onetill_template_${randomBytes(4).toString('hex')}`
  await admin(adminUrl, `create database ${template}`)
  await migrate(named(adminUrl, template))
  project.provide('adminUrl', adminUrl)
  project.provide('template', template)
  project.provide('copying', server && base === memory ? 'strategy file_copy' : '')
  return async () => {
    if (server) await server.stop()
    else await admin(adminUrl, `drop database ${template}`)
  }
}

/** A database of one's own with the schema of now and no rows but those of the migrations. */
export const freshDatabase = (): Promise<FreshDatabase> => copyOf(inject('template'))

/** A database as it stood, of which any number of copies can be made. */
export type KeptDatabase = { copy(): Promise<FreshDatabase>; drop(): Promise<void> }

/** Keeps a database as it stands now. Whoever works in it loses the connection and takes another. */
export async function keepDatabase(url: string): Promise<KeptDatabase> {
  const adminUrl = inject('adminUrl')
  const name = new URL(url).pathname.slice(1)
  await admin(adminUrl, `alter database ${name} allow_connections false`)
  const others = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`
  await admin(adminUrl, others)
  const kept = await copyOf(name)
  await admin(adminUrl, `alter database ${name} allow_connections true`)
  return { copy: () => copyOf(new URL(kept.url).pathname.slice(1)), drop: kept.drop }
}

async function copyOf(template: string): Promise<FreshDatabase> {
  const adminUrl = inject('adminUrl')
  const name = `onetill_test_${randomBytes(6).toString('hex')}`
  await admin(adminUrl, `create database ${name} template ${template} ${inject('copying')}`)
  return {
    url: named(adminUrl, name),
    drop: () => admin(adminUrl, `drop database if exists ${name} with (force)`),
  }
}

/** The same, with nothing in it: for tests of the migrations themselves. */
export async function emptyDatabase(): Promise<FreshDatabase> {
  const adminUrl = inject('adminUrl')
  const name = `onetill_test_${randomBytes(6).toString('hex')}`
  await admin(adminUrl, `create database ${name}`)
  return {
    url: named(adminUrl, name),
    drop: () => admin(adminUrl, `drop database if exists ${name} with (force)`),
  }
}

// Hundreds of databases are made and dropped, so they are kept in memory where there is plenty. What
// is killed and started again has servers of its own, on the disk.
const PLENTY_BYTES = 4 * 1024 ** 3
const memory = '/dev/shm'
const base = (() => {
  if (!existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > PLENTY_BYTES ? memory : tmpdir()
})()

async function startTemporary(): Promise<{ url: string; stop(): Promise<void> }> {
  endForgotten()
  const folder = mkdtempSync(join(base, `onetill-test-${process.pid}-`))
  const server = await startEmbedded({ folder })
  return {
    url: server.url,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A run that was killed could not stop its server: it is recognised by its process number. */
function endForgotten(): void {
  for (const name of readdirSync(base)) {
    const owner = /^onetill-test-(\d+)-/.exec(name)?.[1]
    if (owner === undefined || isAlive(Number(owner))) continue
    const folder = join(base, name)
    for (const pid of postgresIn(join(folder, 'postgres'))) signal(pid, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

function named(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

async function admin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
