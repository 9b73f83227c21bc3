import { createHash } from 'node:crypto'

import { loadSql } from '../../modules/database/database.ts'
import type { Io } from '../../modules/io/io.ts'
import { assert } from '../../modules/lib/assert.ts'
import { readCredential, readMerchant, readParty, readPerson } from '../../modules/party/party.ts'
import type { Credential } from '../../modules/party/party.ts'
import { readTerminal } from '../../modules/terminal/terminal.ts'
import { readPayer } from '../../modules/wallet/wallet.ts'
import { deviceKeyOf } from './device-key.ts'
import type { Principal } from './principal.ts'
import { openTrouble } from '../start/trouble.ts'

const sql = loadSql(new URL('./auth.sql', import.meta.url))

// A token that was revoked is refused after this at the latest.
const TRUSTED_MS = 2_000
const RECHECK_EVERY_MS = 800
// Tokens in use are looked up again all at once; one that rests for longer is looked up when it
// comes back, and one that rests for long is forgotten.
const IN_USE_MS = 15_000
const FORGOTTEN_MS = 60_000
// Names around a token, which hardly ever change, are read again after this.
const NAMES_MS = 300_000
const ROOM = 50_000

export type Holder = { token: string; principal: Principal }

type Entry = { principal: Principal; readMs: number; checkedMs: number; usedMs: number }

/** The owners of bearer tokens, as this process knows them: never more than 2 s old. */
export type Principals = {
  /** The owner, when he is known without asking; the answer costs no turn of the event loop. */
  peek(token: string): Principal | null
  /** The owner, or null when the token is good for nothing. */
  find(token: string): Promise<Principal | null>
  /** Which of these tokens are still good, looked up now and in bulk. */
  live(holders: readonly Holder[]): Promise<Set<string>>
  /** Forgets a token that this process has just ended. */
  forget(token: string): void
  close(): void
}

/**
 * Opens the cache. Every request needs its principal, so tokens in use are looked up again in
 * bulk, one statement an institution, and a request seldom waits for the database.
 */
export function openPrincipals(io: Io, nowMs: () => number = () => performance.now()): Principals {
  const entries = new Map<string, Entry>()
  const coming = new Map<string, Promise<Principal | null>>()

  async function look(token: string): Promise<Principal | null> {
    const checkedMs = nowMs()
    const credential = await readCredential(io.db, token, io.now())
    const known = entries.get(token)
    const isKnown = known !== undefined && isLasting(known.principal)
    const principal =
      credential && (isKnown ? known.principal : await readPrincipal(io, credential))
    entries.delete(token) // The newest stand at the end, the first to be forgotten at the front.
    if (!principal) return null
    const readMs = isKnown ? known.readMs : checkedMs
    entries.set(token, { principal, readMs, checkedMs, usedMs: checkedMs })
    if (entries.size > ROOM) entries.delete(entries.keys().next().value as string)
    return principal
  }

  async function recheck(): Promise<void> {
    const startedMs = nowMs()
    const inUse: Holder[] = []
    for (const [token, { principal, readMs, usedMs }] of entries) {
      const restedMs = startedMs - usedMs
      if (restedMs > FORGOTTEN_MS || startedMs - readMs > NAMES_MS) entries.delete(token)
      else if (restedMs <= IN_USE_MS && isLasting(principal)) inUse.push({ token, principal })
    }
    const live = await readLive(io, inUse)
    for (const { token } of inUse) {
      const entry = entries.get(token)
      if (!live.has(token)) entries.delete(token)
      else if (entry) entry.checkedMs = startedMs
    }
  }

  function find(token: string): Promise<Principal | null> {
    const found = coming.get(token) ?? look(token).finally(() => coming.delete(token))
    coming.set(token, found)
    return found
  }

  async function live(holders: readonly Holder[]): Promise<Set<string>> {
    const found = await readLive(
      io,
      holders.filter(({ principal }) => isLasting(principal)),
    )
    for (const { token } of holders.filter(({ principal }) => !isLasting(principal)))
      if (await find(token)) found.add(token)
    return found
  }

  const trouble = openTrouble(io.log, 'tokens cannot be looked up again')
  let isChecking = false
  const timer = setInterval(() => {
    if (isChecking) return
    isChecking = true
    recheck()
      .then(trouble.isOver, trouble.happened)
      .finally(() => (isChecking = false))
  }, RECHECK_EVERY_MS).unref()

  return {
    peek(token) {
      const entry = entries.get(token)
      const atMs = nowMs()
      if (!entry || atMs - entry.checkedMs > TRUSTED_MS) return null
      entry.usedMs = atMs
      return entry.principal
    },
    find,
    live,
    forget: (token) => void entries.delete(token),
    close: () => clearInterval(timer),
  }
}

/** Whose standing is in the token alone; people and parties may lose theirs in other ways. */
const isLasting = ({ kind }: Principal) => kind !== 'staff' && kind !== 'party_key'

async function readLive(io: Io, holders: readonly Holder[]): Promise<Set<string>> {
  const live = new Set<string>()
  const byInstitution = Map.groupBy(holders, ({ principal }) => principal.institutionId)
  for (const [institutionId, group] of byInstitution) {
    const hashes = group.map(({ token }) => createHash('sha256').update(token).digest())
    type Row = { token_hash: Buffer }
    const rows = await io.db.read<Row>(sql('read_live'), [institutionId, hashes, io.now()])
    const found = new Set(rows.map((row) => row.token_hash.toString('base64')))
    group.forEach(({ token }, at) => {
      if (found.has(hashes[at]?.toString('base64') ?? '')) live.add(token)
    })
  }
  return live
}

const nobody = { merchantId: null, storeId: null, terminalId: null, payerId: null, partyId: null }

/** Who a credential's subject is, or null when he is closed. */
export async function readPrincipal(
  io: Pick<Io, 'db'>,
  { kind, subjectId, institutionId }: Pick<Credential, 'kind' | 'subjectId' | 'institutionId'>,
): Promise<Principal | null> {
  const base = { kind, id: subjectId, institutionId, ...nobody }
  switch (kind) {
    case 'merchant_key': {
      const merchant = await readMerchant(io.db, institutionId, subjectId)
      assert(merchant, 'a key belongs to a merchant')
      return { ...base, name: merchant.name, role: 'merchant', merchantId: merchant.id }
    }
    case 'party_key': {
      const party = await readParty(io.db, institutionId, subjectId)
      if (party?.state !== 'active') return null
      return { ...base, name: party.name, role: 'party', partyId: party.id }
    }
    case 'terminal': {
      const terminal = await readTerminal(io.db, institutionId, subjectId)
      assert(terminal, 'a terminal token belongs to a terminal')
      const { id: terminalId, name, merchantId, storeId, publicKey } = terminal
      const deviceKey = publicKey && deviceKeyOf(publicKey)
      return { ...base, name, role: 'terminal', merchantId, storeId, terminalId, deviceKey }
    }
    case 'payer': {
      const payer = await readPayer(io.db, institutionId, subjectId)
      if (!payer || payer.state === 'closed') return null
      return { ...base, name: payer.name, role: 'payer', payerId: payer.id }
    }
    case 'staff': {
      const person = await readPerson(io.db, institutionId, subjectId)
      if (person?.state !== 'active') return null
      const { name, role, merchantId, partyId } = person
      return { ...base, name, role, merchantId, partyId }
    }
  }
}
