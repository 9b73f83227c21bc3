import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import type { Page } from './page.ts'
import { isPassword } from './password.ts'

const sql = loadSql(new URL('./party.sql', import.meta.url))

/** What a login of the staff looks like, before any @. */
export const staffLogin = '^[a-z0-9._-]{3,32}$'

/** Of a password of the staff, in characters. */
export const passwordLength = { minLength: 8, maxLength: 200 } as const

/** Somebody on the staff who signs in to the console: of the institution, a merchant or an agent. */
export type Person = {
  id: string
  login: string
  name: string
  role: 'operator' | 'merchant' | 'agent' | 'bank'
  /** Set for role `merchant`. */
  merchantId: string | null
  /** Set for role `agent`. */
  partyId: string | null
  state: 'active' | 'closed'
}

export type NewPerson = Pick<Person, 'id' | 'login' | 'name' | 'role'> & {
  institutionId: string
  /** From `hashPassword`, made before the transaction. */
  passwordHash: string
  merchantId?: string | null
  partyId?: string | null
}

/**
 * Adds a person. Logins are unique in the institution and kept in lower case. The same id again
 * changes nothing.
 *
 * @throws AppError LOGIN_TAKEN
 */
export async function createPerson(tx: Tx, person: NewPerson, now: Date): Promise<void> {
  const { institutionId, id, login, name, passwordHash, role } = person
  const { merchantId = null, partyId = null } = person
  const who = [institutionId, id, login.toLowerCase(), name, passwordHash, role]
  await tx.many(sql('create_person'), [...who, merchantId, partyId, now])
  const [row] = await tx.many<{ id: string }>(sql('read_person'), [institutionId, id])
  if (!row) throw new AppError('LOGIN_TAKEN', { param: 'login' })
}

/** Null when there is none in this institution. */
export async function readPerson(
  db: Pick<Db, 'read'>,
  institutionId: string,
  id: string,
): Promise<Person | null> {
  const [row] = await db.read<PersonRow>(sql('read_person'), [institutionId, id])
  return row ? readRow(row) : null
}

export type ListedPerson = Person & { createdAt: Date }

type PeoplePage = Page & { merchantId: string | null; q: string | null }

/** A page of the staff, the newest first, closed ones too: of one merchant, or of all (null). */
export async function readPeople(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { startingAfter, limit, merchantId, q }: PeoplePage,
): Promise<ListedPerson[]> {
  const values = [institutionId, startingAfter ?? 'per_z', limit, merchantId, q]
  const rows = await db.read<PersonRow & { created_at: Date }>(sql('read_people'), values)
  return rows.map((row) => ({ ...readRow(row), createdAt: row.created_at }))
}

export type PersonChange = {
  name?: string
  state?: Person['state']
  /** From `hashPassword`. */
  passwordHash?: string
}

/**
 * Changes somebody on the staff; what is left out stays.
 *
 * @throws AppError NOT_FOUND
 */
export async function changePerson(
  tx: Tx,
  { institutionId, id }: { institutionId: string; id: string },
  { name, state, passwordHash }: PersonChange,
): Promise<void> {
  const values = [institutionId, id, name ?? null, state ?? null, passwordHash ?? null]
  const [changed] = await tx.many(sql('change_person'), values)
  if (!changed) throw new AppError('NOT_FOUND')
}

/** Whether the password is this person's, who is still on the staff. Takes as long for anybody. */
export async function isPasswordOf(
  db: Pick<Db, 'read'>,
  { institutionId, id }: { institutionId: string; id: string },
  password: string,
): Promise<boolean> {
  const [row] = await db.read<{ password_hash: string }>(sql('read_password'), [institutionId, id])
  return isPassword(password, row?.password_hash ?? null)
}

/**
 * Checks a login and password. Null when they are wrong or the person is closed; it takes as long
 * for a login that nobody has.
 */
export async function signIn(
  db: Pick<Db, 'read'>,
  institutionId: string,
  { login, password }: { login: string; password: string },
): Promise<Person | null> {
  const values = [institutionId, login.toLowerCase()]
  const [row] = await db.read<PersonRow & { password_hash: string }>(
    sql('read_person_by_login'),
    values,
  )
  const isRight = await isPassword(password, row?.password_hash ?? null)
  return row && isRight && row.state === 'active' ? readRow(row) : null
}

type PersonRow = {
  id: string
  login: string
  name: string
  role: Person['role']
  merchant_id: string | null
  party_id: string | null
  state: Person['state']
}

const readRow = (row: PersonRow): Person => ({
  id: row.id,
  login: row.login,
  name: row.name,
  role: row.role,
  merchantId: row.merchant_id,
  partyId: row.party_id,
  state: row.state,
})
