import { openDb, type Db } from '../../modules/database/database.ts'
import { OperatorError } from '../../modules/database/operator-error.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import { newId } from '../../modules/lib/ids.ts'
import { currencies, isCurrency } from '../../modules/money/money.ts'
import {
  createInstitution,
  createPerson,
  hashPassword,
  isPrefixFree,
  readInstitutions,
  slugOf,
  staffLogin,
  type NewInstitution,
} from '../../modules/party/party.ts'
import { record } from '../../modules/trail/trail.ts'
import { refuseUnnamedPlace, type Config } from '../config.ts'
import { ensureSchema, shareDatabase } from '../start/database.ts'
import { askNewPassword, newPassword, type Asking } from '../start/password.ts'
import { print } from '../start/print.ts'
import { refuseOtherRoot } from '../start/root.ts'

export type InstitutionSaid = {
  id: string
  name: string
  nameEn?: string
  currency: string
  timeZone: string
  codePrefix: string
  operator: string
  operatorName?: string
  generatePassword?: boolean
}

type Wish = {
  institution: Omit<NewInstitution, 'houseMerchantId'>
  operator: { login: string; name: string }
}

/**
 * Opens an institution and its first operator, who lets everybody else in. A program that runs on the
 * same database knows it within 2 s.
 *
 * Source: DESIGN §4 (an institution is the tenant); docs/operations.md.
 *
 * @throws OperatorError for a value that cannot be, an institution or a prefix that is there already, or
 *   another root; nothing is written then
 */
export async function addInstitution(
  config: Config,
  said: InstitutionSaid,
  asking?: Asking,
): Promise<void> {
  refuseUnnamedPlace(config)
  const wish = readWish(said)
  await withDatabase(config, async (db, pepper) => {
    await refuseOtherRoot({ db, pepper })
    await refuseTaken(db, wish)
    const password = said.generatePassword ? newPassword() : await askNewPassword(asking)
    await open(db, wish, await hashPassword(password))
    await refuseOtherRoot({ db, pepper }) // which notes the root that the new one is made with
    const { id, name, currency, timeZone, codePrefix } = wish.institution
    const offlinePrefix = String(Number(codePrefix) + 1).padStart(2, '0')
    print(`${id} is open: ${name}, ${currency}, ${timeZone}.`)
    print(`Its payment codes begin with ${codePrefix}, and offline with ${offlinePrefix}.`)
    print(`Sign in to the console as ${wish.operator.login}@${slugOf(id)}.`)
    if (said.generatePassword) print(`password, shown this once: ${password}`)
  })
}

/** Says which institutions there are, the oldest first; changes nothing. */
export async function listInstitutions(config: Config): Promise<void> {
  refuseUnnamedPlace(config)
  await withDatabase(config, async (db) => {
    const institutions = await readInstitutions(db)
    if (institutions.length === 0) print('There is none yet; see "onetill institution add --help".')
    for (const { id, state, codePrefix, currency, timeZone, name, nameEn } of institutions)
      print(
        [id.padEnd(20), state, codePrefix, currency, timeZone, `${name} (${nameEn})`].join('  '),
      )
  })
}

async function withDatabase(
  config: Config,
  work: (db: Db, pepper: Uint8Array) => Promise<void>,
): Promise<void> {
  const database = await shareDatabase(config)
  try {
    const role = await ensureSchema(database, { mayMigrate: false })
    const db = openDb({ url: database.url, poolSize: 2, role })
    try {
      await work(db, database.keys.pepper)
    } finally {
      await db.close()
    }
  } finally {
    await database.close()
  }
}

/** Everything that can be judged without the database. */
function readWish(said: InstitutionSaid): Wish {
  const { id, currency, timeZone, codePrefix } = said
  const name = readName('name', said.name)
  const nameEn = readName('name-en', said.nameEn ?? name)
  must(/^ins_[a-z0-9]{1,16}$/.test(id), 'id', 'ins_ and 1 to 16 small letters or digits', id)
  if (!isCurrency(currency)) throw wrong('currency', `one of ${currencies.join(', ')}`, currency)
  must(isTimeZone(timeZone), 'time-zone', 'an IANA name like Asia/Shanghai', timeZone)
  const even = 'two digits, the second of them even (the odd one after it is for offline codes)'
  must(/^[0-9][02468]$/.test(codePrefix), 'code-prefix', even, codePrefix)
  const [login = '', slug = slugOf(id), ...rest] = said.operator.split('@')
  const like = `3 to 32 of a-z, 0-9, ".", "_" and "-", perhaps with @${slugOf(id)} after it`
  const isLogin = new RegExp(staffLogin).test(login) && slug === slugOf(id) && rest.length === 0
  must(isLogin, 'operator', like, said.operator)
  const operatorName = readName('operator-name', said.operatorName ?? login)
  return {
    institution: { id, name, nameEn, currency, timeZone, codePrefix },
    operator: { login, name: operatorName },
  }
}

function readName(option: string, typed: string): string {
  const text = typed.trim()
  must(text !== '' && [...text].length <= 64, option, '1 to 64 characters', typed)
  return text
}

/** Names only: of an offset like +08:00, PostgreSQL and JavaScript think opposite things. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false // RangeError: there is no such zone
  }
}

function must(isRight: boolean, option: string, what: string, typed: string): void {
  if (!isRight) throw wrong(option, what, typed)
}

const wrong = (option: string, what: string, typed: string) =>
  new OperatorError(`The option --${option} must be ${what}, and not "${typed}".`)

const isThere = (id: string) =>
  new OperatorError(`The institution ${id} is there already; nothing was changed.`)

async function refuseTaken(
  db: Pick<Db, 'read'>,
  { institution: { id, codePrefix } }: Wish,
): Promise<void> {
  const others = await readInstitutions(db)
  if (others.some((other) => other.id === id)) throw isThere(id)
  if (await isPrefixFree(db, codePrefix, systemClock())) return
  throw new OperatorError(
    `Codes that begin with ${codePrefix}, or with the number after it, are somebody else's already; ` +
      'take another --code-prefix.',
  )
}

async function open(db: Db, { institution, operator }: Wish, passwordHash: string): Promise<void> {
  const now = systemClock()
  const [houseMerchantId, personId] = [newId('mch', now.getTime()), newId('per', now.getTime())]
  const by = { at: now, actor: 'command:institution' }
  const { id, name, nameEn: name_en, currency, timeZone, codePrefix } = institution
  const terms = { name, name_en, currency, time_zone: timeZone, code_prefix: codePrefix }
  const person = { ...operator, role: 'operator' } as const
  const opened = { ...by, id: newId('trl', now.getTime()), action: 'institution.create' }
  const hired = { ...by, id: newId('trl', now.getTime()), action: 'person.create' }
  await db.transaction(async (tx) => {
    // Of two who open it, or take the prefix, at once the second finds it taken: looked at once more.
    await refuseTaken({ read: tx.many }, { institution, operator })
    if (!(await createInstitution(tx, { ...institution, houseMerchantId }, now))) throw isThere(id)
    await createPerson(tx, { institutionId: id, id: personId, ...person, passwordHash }, now)
    await record(tx, id, [
      { ...opened, subject: id, detail: terms },
      { ...hired, subject: personId, detail: { ...person, merchantId: null } },
    ])
  })
}
