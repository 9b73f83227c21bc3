import { loadSql, type Db, type Sql } from '../database/database.ts'
import { keyIdOf, newestOf, openKeys, sealAnew, type MasterKey } from './seal.ts'

const sql = loadSql(new URL('./channel.sql', import.meta.url))

// Where sealed secrets lie, so that all of them can be looked through and sealed anew. A room that has
// some says where; whoever walks through them needs to know no more of them than this.

/** A column with sealed secrets. */
export type SealedPlace = {
  /** `table.column`, for people. */
  name: string
  /** The values after the row $2, in the order of their rows, $3 at most: `id`, `owner`, `sealed` or null. */
  page: Sql
  /** Puts values ($4) for the rows $2 where they are still the old ones ($3); answers their `id`. */
  put: Sql
}

/** The keys of the channel accounts. */
export const sealedInChannel: readonly SealedPlace[] = [
  { name: 'channel_account.sealed_keys', page: sql('page_sealed'), put: sql('put_sealed') },
]

/** How values of one place stand. `lost`: no key that is here opens them. */
export type SealedCount = { newest: number; older: number; lost: number }

// Small enough that a transaction of the program waits for one no longer than it would for another.
const VALUES_AT_ONCE = 200

type Row = { id: string; owner: string; sealed: Buffer }

/** A row of a page: some have nothing that is sealed. */
type PageRow = Omit<Row, 'sealed'> & { sealed: Buffer | null }

async function* pagesOf(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { page }: SealedPlace,
): AsyncGenerator<Row[]> {
  let after = ''
  for (;;) {
    const rows = await db.read<PageRow>(page, [institutionId, after, VALUES_AT_ONCE])
    const last = rows.at(-1)
    if (!last) return
    yield rows.flatMap(({ sealed, ...row }) => (sealed ? [{ ...row, sealed }] : []))
    after = last.id
  }
}

/** Counts the values of a place by the key that opens them. */
export async function countSealed(
  db: Pick<Db, 'read'>,
  institutionId: string,
  place: SealedPlace,
  masterKey: MasterKey,
): Promise<SealedCount> {
  const count: SealedCount = { newest: 0, older: 0, lost: 0 }
  for await (const rows of pagesOf(db, institutionId, place)) {
    for (const row of rows) count[standingOf(row, institutionId, masterKey)] += 1
  }
  return count
}

function standingOf(
  { sealed, owner }: Row,
  institutionId: string,
  masterKey: MasterKey,
): keyof SealedCount {
  const newest = newestOf(masterKey)
  const id = keyIdOf(sealed)
  if (id?.equals(newest.id)) return 'newest'
  const isHeld = id && masterKey.held().some((key) => key.id.equals(id))
  if (isHeld) return 'older'
  const whose = { institutionId, id: owner }
  const only = { held: () => [newest], fresh: () => [newest] }
  // Only the format before, which has no id of a key, has to be tried.
  if (id === null && isOpenable(sealed, whose, only)) return 'newest'
  return id === null && isOpenable(sealed, whose, masterKey) ? 'older' : 'lost'
}

function isOpenable(...[sealed, whose, masterKey]: Parameters<typeof openKeys>): boolean {
  try {
    openKeys(sealed, whose, masterKey)
    return true
  } catch {
    // That is the question.
    return false
  }
}

/** What sealing a place anew came to; `changed` meanwhile by the program: whoever comes next sees. */
export type SealedAnew = { sealed: number; changed: number; lost: string[] }

/**
 * Seals the values of a place under the newest key, some at a time, beside a running program: a value
 * that the program changes meanwhile stays as the program has it. Done again it goes on where it
 * ended. Values that no key opens stay as they are and are named.
 */
export async function sealPlaceAnew(
  db: Pick<Db, 'read' | 'transaction'>,
  institutionId: string,
  place: SealedPlace,
  { masterKey, onProgress }: { masterKey: MasterKey; onProgress(sealed: number): void },
): Promise<SealedAnew> {
  const done: SealedAnew = { sealed: 0, changed: 0, lost: [] }
  for await (const rows of pagesOf(db, institutionId, place)) {
    const anew = rows.flatMap((row) => {
      const fresh = valueAnew(row, institutionId, masterKey)
      if (fresh === 'lost') done.lost.push(row.id)
      return fresh instanceof Uint8Array ? [{ ...row, fresh }] : []
    })
    if (anew.length === 0) continue
    const values = [anew.map(({ id }) => id), anew.map(({ sealed }) => sealed)]
    const put = await db.transaction((tx) =>
      tx.many<{ id: string }>(place.put, [
        ...[institutionId, ...values, anew.map(({ fresh }) => fresh)],
      ]),
    )
    done.sealed += put.length
    done.changed += anew.length - put.length
    onProgress(put.length)
  }
  return done
}

function valueAnew({ owner, sealed }: Row, institutionId: string, masterKey: MasterKey) {
  try {
    return sealAnew(sealed, { institutionId, id: owner }, masterKey)
  } catch {
    // Damaged, or of a key that is gone: there is nothing in it that could be kept.
    return 'lost' as const
  }
}
