import { createHash, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openIo, type OpenIo } from '../app/io.ts'
import { keysOf } from '../app/keys.ts'
import { insertRuleVersion } from '../modules/allocation/allocation.ts'
import { startEmbedded, type Embedded } from '../modules/database/embedded.ts'
import { migrate } from '../modules/database/migrate.ts'
import type { Sql } from '../modules/database/database.ts'
import { createInstitution, createMerchant, createParty } from '../modules/party/party.ts'

export const institutionId = 'ins_bench'

/** A database of its own with very many payers and merchants, all in one institution. */
export type World = {
  io: OpenIo
  server: Embedded
  merchants: readonly Till[]
  payerCount: number
  /** The number of the first payer; 0 when left out. */
  payerFrom?: number
  close(): Promise<void>
}

/** One merchant, with the terminal that pays for it and that terminal's bearer. */
export type Till = {
  merchantId: string
  storeId: string
  terminalId: string
  token: string
  /** The merchant's own key, which pays through a virtual terminal and signs nothing. */
  merchantKey: string
  /** What its device signs with. */
  privateKey: KeyObject
  publicKey: Buffer
}

export type WorldOptions = {
  /** 32 bytes in base64, shared with a server that another process runs. */
  root?: string
  /** Of the PostgreSQL server, beside ours. */
  settings?: Readonly<Record<string, string>>
}

/** Each payer's balance at the start: enough for every payment of the longest run. */
const BALANCE_MINOR = 1_000_000_000n

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Starts an embedded PostgreSQL with full durability in a temporary folder and fills it. Rows that
 * a person would make one by one are written in bulk here; everything that is measured goes through
 * the rooms.
 */
export async function openWorld(
  size: { payers: number; merchants: number },
  options: WorldOptions = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'onetill-bench-'))
  const server = await startEmbedded({ folder, settings: options.settings ?? {} })
  await migrate(server.url)
  const keys = keysOf(options.root ?? randomBytes(32).toString('base64'))
  const io = await openIo({ databaseUrl: server.url, keys, log: quiet, poolSize: 24, role: null })
  const merchants = await fill(io, size)
  return {
    io,
    server,
    merchants,
    payerCount: size.payers,
    async close() {
      await io.close()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The id that a kind of thing with this number has in the world. */
export const idOf = (kind: string, number: number) => `${kind}_${String(number).padStart(26, '0')}`
export const payerId = (number: number) => idOf('pyr', number)
/** The agent who has a share of every payment. */
export const agentId = idOf('pty', 1)

async function fill(io: OpenIo, { payers, merchants }: { payers: number; merchants: number }) {
  const now = io.now()
  const platformId = idOf('pty', 2)
  await io.db.transaction(async (tx) => {
    const terms = { currency: 'CNY', timeZone: 'Asia/Shanghai', codePrefix: '80' } as const
    const named = { id: institutionId, name: '压测', nameEn: 'Bench' }
    await createInstitution(tx, { ...named, ...terms, houseMerchantId: idOf('mch', 999_999) }, now)
    await createParty(tx, { institutionId, id: agentId, kind: 'agent', name: 'Agent' }, now)
    await createParty(tx, { institutionId, id: platformId, kind: 'platform', name: 'P' }, now)
  })
  const tills: Till[] = []
  for (let from = 0; from < merchants; from += 200) {
    const count = Math.min(200, merchants - from)
    await io.db.transaction(async (tx) => {
      for (let number = from; number < from + count; number++) {
        const merchantId = idOf('mch', number)
        const merchant = { institutionId, id: merchantId, name: `Shop ${number}`, category: '5411' }
        await createMerchant(tx, { ...merchant, agentId, platformId }, now)
        const line = { base: 'gross', minimumMinor: 0n, capMinor: null } as const
        await insertRuleVersion(tx, institutionId, {
          ...{ merchantId, effectiveAt: now, createdBy: 'bench', createdAt: now, currency: 'CNY' },
          lines: [
            { role: 'fee', partyId: null, bps: 38, ...line },
            { role: 'agent', partyId: agentId, bps: 10, ...line },
          ],
        })
      }
    })
  }
  for (let number = 0; number < merchants; number++) {
    const token = `tk_bench_${randomBytes(32).toString('base64url')}`
    tills.push({
      merchantId: idOf('mch', number),
      storeId: idOf('str', number),
      terminalId: idOf('trm', number),
      token,
      merchantKey: `sk_bench_${randomBytes(32).toString('base64url')}`,
      ...newDevice(),
    })
  }
  await io.db.transaction(async (tx) => {
    await tx.many(stores, [
      institutionId,
      tills.map((t) => t.storeId),
      tills.map((t) => t.merchantId),
      now,
    ])
    await tx.many(terminals, [
      institutionId,
      tills.map((t) => t.terminalId),
      tills.map((t) => t.merchantId),
      tills.map((t) => t.storeId),
      now,
      tills.map((t) => t.publicKey),
    ])
    const hashes = tills.map(({ token }) => createHash('sha256').update(token).digest())
    await tx.many(credentials, [institutionId, hashes, tills.map((t) => t.terminalId), now])
    const keys = tills.map(({ merchantKey }) => createHash('sha256').update(merchantKey).digest())
    await tx.many(merchantKeys, [institutionId, keys, tills.map((t) => t.merchantId), now])
  })
  for (let from = 0; from < payers; from += 10_000)
    await io.db.transaction(async (tx) => {
      const values = [institutionId, from, Math.min(from + 10_000, payers) - 1, now]
      for (const sql of [payerRows, sourceRows, mandateRows]) await tx.many(sql, values)
      await tx.many(accountRows, [...values, BALANCE_MINOR])
      await tx.many(openingRows, [...values, BALANCE_MINOR])
    })
  await io.db.transaction(async (tx) => {
    await tx.many(longGrace, [institutionId])
    await tx.many(cashRow, [institutionId, BALANCE_MINOR * BigInt(payers)])
  })
  return tills
}

// Where the raw key begins in the DER form of an Ed25519 public key. Source: RFC 8410 §4.
const RAW_FROM = 12

/** A key as a device would make it. */
function newDevice() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const der = publicKey.export({ format: 'der', type: 'spki' })
  return { privateKey, publicKey: der.subarray(RAW_FROM) }
}

const bulk = (name: string, text: string): Sql => ({ name: `world.${name}`, text })
const numbered = "lpad(n::text, 26, '0')"

const stores = bulk(
  'stores',
  `insert into store (institution_id, id, merchant_id, name, kind, created_at, latitude, longitude)
   select $1, s.id, s.merchant_id, 'Store', 'small_store', $4, 31.2304, 121.4737
   from unnest($2::text[], $3::text[]) as s (id, merchant_id)`,
)
const terminals = bulk(
  'terminals',
  `insert into terminal (institution_id, id, merchant_id, store_id, name, activated_at, created_at, public_key)
   select $1, t.id, t.merchant_id, t.store_id, 'Till', $5, $5, t.public_key
   from unnest($2::text[], $3::text[], $4::text[], $6::bytea[]) as t (id, merchant_id, store_id, public_key)`,
)
const credentials = bulk(
  'credentials',
  `insert into credential (institution_id, token_hash, kind, subject_id, created_at)
   select $1, c.token_hash, 'terminal', c.subject_id, $4
   from unnest($2::bytea[], $3::text[]) as c (token_hash, subject_id)`,
)
const merchantKeys = bulk(
  'merchant_keys',
  `insert into credential (institution_id, token_hash, kind, subject_id, created_at)
   select $1, c.token_hash, 'merchant_key', c.subject_id, $4
   from unnest($2::bytea[], $3::text[]) as c (token_hash, subject_id)`,
)
const payerRows = bulk(
  'payers',
  `insert into payer (institution_id, id, login, name, password_hash, pin_hash, chosen_source_id, mandate_id, created_at)
   select $1, 'pyr_' || ${numbered}, 'payer' || n, 'Payer ' || n, '-', '-', 'src_' || ${numbered}, 'mnd_' || ${numbered}, $4
   from generate_series($2::int, $3::int) as n`,
)
const sourceRows = bulk(
  'sources',
  `insert into source (institution_id, id, payer_id, kind, label, ledger_account_id, created_at)
   select $1, 'src_' || ${numbered}, 'pyr_' || ${numbered}, 'balance', 'Balance', 'wallet:pyr_' || ${numbered} || ':balance', $4
   from generate_series($2::int, $3::int) as n`,
)
const mandateRows = bulk(
  'mandates',
  `insert into mandate (institution_id, id, payer_id, currency, per_payment_minor, per_day_minor, per_month_minor, no_pin_minor, created_at, updated_at)
   select $1, 'mnd_' || ${numbered}, 'pyr_' || ${numbered}, 'CNY', 1000000000, 1000000000, 1000000000, 1000000000, $4, $4
   from generate_series($2::int, $3::int) as n`,
)
const accountRows = bulk(
  'accounts',
  `insert into ledger_account (institution_id, id, currency, normal_side, floor_minor, credits_posted_minor, created_at)
   select $1, 'wallet:pyr_' || ${numbered} || ':balance', 'CNY', 'credit', 0, $5, $4
   from generate_series($2::int, $3::int) as n`,
)
const openingRows = bulk(
  'openings',
  `insert into ledger_transfer (institution_id, subject_id, leg, kind, debit_account_id, credit_account_id, currency, amount_minor, event_at)
   select $1, 'src_' || ${numbered}, 1, 'opening_balance', 'bank:cash', 'wallet:pyr_' || ${numbered} || ':balance', 'CNY', $5, $4
   from generate_series($2::int, $3::int) as n`,
)
// A payer's code lives on for a minute after the next one, so that many can be issued beforehand.
const longGrace = bulk(
  'grace',
  `insert into setting_value (institution_id, scope, subject_id, name, value)
   values ($1, 'institution', $1, 'code.grace_seconds', '60')`,
)
const cashRow = bulk(
  'cash',
  `update ledger_account set debits_posted_minor = debits_posted_minor + $2
   where institution_id = $1 and id = 'bank:cash'`,
)

/** Bounds the first `payers` mandates by all that a payer may bound: count, kinds of shop, area, hours. */
export async function boundMandates({ io }: World, payers: number): Promise<void> {
  await io.db.transaction((tx) => tx.many(boundRows, [institutionId, payers - 1]))
}

/** Gives the stores of these tills a fence, hours and a limit, which their terminals then obey. */
export async function fenceStores({ io }: World, tills: readonly Till[]): Promise<void> {
  const stores = tills.map(({ storeId }) => storeId)
  await io.db.transaction((tx) => tx.many(fenceRows, [institutionId, stores, io.now()]))
}

const boundRows = bulk(
  'bounds',
  `update mandate
   set level = 'A', granted_level = 'A', per_day_count = 1000000, shop_kinds = '{small_store,supermarket}',
     areas = '[{"latitude": 31.2304, "longitude": 121.4737, "radiusM": 5000, "name": "Home"}]',
     hours = '[{"days": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "until": "00:00"}]'
   where institution_id = $1 and id <= 'mnd_' || lpad($2::text, 26, '0')`,
)
const fenceRows = bulk(
  'fences',
  `insert into terminal_permission (institution_id, subject_id, scope, fence_radius_m, fence_action,
     limit_per_payment_minor, hours, updated_by, updated_at)
   select $1, s.id, 'store', 500, 'refuse', 1000000,
     '[{"days": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "until": "00:00"}]', 'bench', $3
   from unnest($2::text[]) as s (id)`,
)
