import { mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'

import { findKeys } from '../../app/keys.ts'
import { everySealedPlace, sealedPlaces } from '../../app/sealed-places.ts'
import { countSealed, openKeys, sealKeys } from '../../modules/channel/channel.ts'
import type { MasterKey, SealedPlace } from '../../modules/channel/channel.ts'
import { openDb, type Db } from '../../modules/database/database.ts'
import { createInstitution } from '../../modules/party/party.ts'
import { aliasOf } from '../../modules/wallet/wallet.ts'
import { freshDatabase } from '../database.ts'
import { runProgram, startProgram } from '../start/program.ts'

const institutionId = 'ins_test'
const DEVICES = 2_000
const at = new Date('2026-11-23T02:00:00Z')

/** A database with a sealed value in every column that has them, and very many devices. */
async function openVault() {
  const database = await freshDatabase()
  const dataFolder = mkdtempSync(join(tmpdir(), 'onetill-rotate-'))
  const db = openDb({ url: database.url })
  onTestFinished(async () => {
    await db.close()
    await database.drop()
    rmSync(dataFolder, { recursive: true })
  })
  // As a server finds them that is started before, and runs on.
  const keys = findKeys({ key: null, dataFolder })
  await db.transaction((tx) =>
    createInstitution(
      tx,
      {
        ...{ id: institutionId, name: '测试', nameEn: 'Test', currency: 'CNY', codePrefix: '80' },
        ...{ timeZone: 'Asia/Shanghai', houseMerchantId: 'mch_house' },
      },
      at,
    ),
  )
  await fill(database.url, (owner) =>
    sealKeys({ of: owner }, { institutionId, id: owner }, keys.masterKey),
  )
  const variables = { DATABASE_URL: database.url, DATA_DIR: dataFolder }
  return { db, url: database.url, dataFolder, keys, variables }
}

async function fill(url: string, seal: (owner: string) => Buffer): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const put = (into: string, values: unknown[]) =>
    client.query(
      `insert into ${into} values ($1, ${values.map((_, i) => `$${i + 2}`).join(', ')})`,
      [institutionId, ...values],
    )
  const numbers = Array.from({ length: DEVICES }, (_, i) => i + 1)
  const ids = numbers.map((number) => `dev_${String(number).padStart(5, '0')}`)
  await client.query(
    `insert into payer_device (institution_id, id, payer_id, number, name, platform, sealed_key, created_at)
     select $1, d.id, 'pyr_1', d.number, 'n', 'p', d.sealed, $5
     from unnest($2::text[], $3::int[], $4::bytea[]) as d (id, number, sealed)`,
    [institutionId, ids, numbers, ids.map(seal), at],
  )
  await put(
    'source (institution_id, id, payer_id, kind, label, channel_account_id, sealed_token, created_at)',
    ['src_1', 'pyr_1', 'linked', 'l', 'cha_1', seal('src_1'), at],
  )
  await put(
    `peer_institution (institution_id, id, name, public_key, sealed_private_key, next_answer_key,
       sealed_next_key, created_at, updated_at)`,
    ['ins_city', 'c', '-', seal('ins_city'), '-', seal('ins_city'), at, at],
  )
  await put(
    `channel_account (institution_id, id, channel, scheme, name, settlement, state, cost_bps, concurrency,
       settings, sealed_keys, key_hints, created_at, updated_at)`,
    [
      ...['cha_1', 'wechat', 'wechat', 'w', 'direct', 'active', 0, 1, '{}', seal('cha_1'), '{}'],
      ...[at, at],
    ],
  )
  await put(
    `webhook_endpoint (institution_id, id, owner_id, url, event_types, sealed_secrets,
       secret_changed_at, tells_from, created_at, updated_at)`,
    ['wbh_1', 'mch_1', 'https://shop.example', ['*'], seal('wbh_1'), at, at, at, at],
  )
  const hash = Buffer.alloc(32, 5)
  await put(
    'web_push_subscription (institution_id, id, payer_id, address_hash, sealed_address, created_at)',
    ['wps_1', 'pyr_1', hash, seal(hash.toString('hex')), at],
  )
  await put('web_push_key (institution_id, public_key, sealed_private_key, contact, created_at)', [
    ...['-', seal('web_push_key'), 'mailto:a@b.invalid', at],
  ])
  await client.end()
}

/** Opens every value as the program does, and answers how many there are. */
async function openAll(db: Db, masterKey: MasterKey): Promise<number> {
  let opened = 0
  for (const { place } of await everySealedPlace(db)) {
    type Row = { owner: string; sealed: Buffer | null }
    const rows = await db.read<Row>(place.page, [institutionId, '', DEVICES])
    const sealedRows = rows.filter((row) => row.sealed !== null)
    for (const { owner, sealed } of sealedRows) {
      expect(openKeys(sealed!, { institutionId, id: owner }, masterKey)).toEqual({ of: owner })
    }
    opened += sealedRows.length
  }
  return opened
}

const countOf = async (db: Db, place: SealedPlace, masterKey: MasterKey) =>
  countSealed(db, institutionId, place, masterKey)

test('every sealed column of the schema is one that is sealed anew', async () => {
  const database = await freshDatabase()
  onTestFinished(database.drop)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = 'public' and column_name like 'sealed%' order by 1`,
  )
  await client.end()
  expect(rows.map(({ name }) => name)).toEqual(sealedPlaces.map(({ name }) => name).toSorted())
})

test('the key is changed beside a running server; a kill half-way costs nothing, and the rest follows', async () => {
  const { db, dataFolder, keys, variables } = await openVault()
  const terms = { institutionId, prefix: '80', aliasKey: keys.aliasKey }
  const alias = aliasOf(terms, { epoch: 5, number: 7, seq: 1 })
  const total = await openAll(db, keys.masterKey)
  expect(total).toBe(DEVICES + sealedPlaces.length - 1)

  const halfway = startProgram(['rotate-key', '--one-file'], variables)
  await expect.poll(halfway.stdout, { timeout: 20_000, interval: 1 }).toContain('payer_device')
  halfway.press('SIGKILL')
  expect((await halfway.ended).stdout).not.toContain('all that open are under')
  const devices = sealedPlaces.find(({ name }) => name === 'payer_device.sealed_key')!
  const { newest, older, lost } = await countOf(db, devices, keys.masterKey)
  expect([newest > 0, older > 0, lost, newest + older]).toEqual([true, true, 0, DEVICES])
  // The server opens both, and what it seals from now on is under the new key.
  expect(await openAll(db, keys.masterKey)).toBe(total)

  backdated(dataFolder)
  const early = await runProgram(['rotate-key', '--one-file', '--forget-old'], variables)
  expect(early.stderr).toMatch(
    /^\d+ values are under an old key; run "onetill rotate-key" first\.$/m,
  )
  const said = await runProgram(['doctor'], variables)
  expect(said.stdout).toMatch(/^look {3}still under an old key.*\d+ payer_device\.sealed_key/m)

  const rest = await runProgram(['rotate-key', '--one-file'], variables)
  expect([rest.code, rest.stderr]).toEqual([0, ''])
  expect(await openAll(db, findKeys({ key: null, dataFolder }).masterKey)).toBe(total)
  for (const place of sealedPlaces) {
    expect(await countOf(db, place, keys.masterKey)).toMatchObject({ older: 0, lost: 0 })
  }

  backdated(dataFolder)
  const forgot = await runProgram(['rotate-key', '--one-file', '--forget-old'], variables)
  expect([forgot.code, forgot.stderr]).toEqual([0, ''])
  const after = findKeys({ key: null, dataFolder })
  expect(after.masterKey.held()).toHaveLength(1)
  expect(await openAll(db, after.masterKey)).toBe(total)
  expect([after.pepper, after.aliasKey]).toEqual([keys.pepper, keys.aliasKey])
  expect(aliasOf({ ...terms, aliasKey: after.aliasKey }, { epoch: 5, number: 7, seq: 1 })).toBe(
    alias,
  )
})

/** As if the new key had come a minute ago, so that nobody has to wait for transactions of before. */
function backdated(dataFolder: string): void {
  const minuteAgo = new Date(Date.now() - 60_000)
  utimesSync(join(dataFolder, 'key'), minuteAgo, minuteAgo)
}

test('keys that other machines may hold are not changed by the way', async () => {
  const { variables, dataFolder } = await openVault()
  const key = readFileSync(join(dataFolder, 'key'), 'utf8')
  const refused = await runProgram(['rotate-key'], variables)
  expect(refused.stderr).toMatch(/^Other machines may hold copies of the key file/)
  expect(readFileSync(join(dataFolder, 'key'), 'utf8')).toBe(key)

  // With the keys in the environment the first of the list is the one to seal under.
  const newKey = Buffer.alloc(32, 9).toString('base64')
  const ring = { ONETILL_KEY: key.trim(), ONETILL_SEALING_KEYS: `${newKey},first` }
  const done = await runProgram(['rotate-key'], { ...variables, ...ring })
  expect([done.code, done.stderr]).toEqual([0, ''])
  expect(done.stdout).toContain(`${DEVICES + sealedPlaces.length - 1} values are sealed anew`)
})
