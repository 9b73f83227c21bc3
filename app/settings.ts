import type { Io } from '../modules/io/io.ts'
import { readInstitutions, type InstitutionRecord } from '../modules/party/party.ts'
import { ownIssuers } from '../modules/paycode/paycode.ts'
import {
  readSet,
  readSystemSet,
  settingsAt,
  settingsVersion,
  SYSTEM,
  systemSettingsVersion,
  type Rung,
  type SetHere,
  type SetInInstitution,
} from '../modules/settings/settings.ts'
import { startFollowing, type Following } from './following.ts'

// How often the versions are looked at, so that a copy is at most 2 s old. Source: DESIGN §10.
const LOOK_MS = 500

/** The settings of all institutions, as this process holds them. */
export type OpenSettings = Following & { at: Io['settings'] }

export type SettingsOptions = Pick<Io, 'log'> & { db: Pick<Io['db'], 'read'> }

type Copy = { version: bigint; set: SetInInstitution }

/**
 * Holds a copy of what is set, which follows each institution's version: what is saved in any process
 * counts here within 2 s, without a restart. An institution that is not in the copy yet has what holds
 * for all.
 *
 * @throws when the database cannot be reached
 *
 * Source: P19; DESIGN §10.
 */
export async function openSettings({ db, log }: SettingsOptions): Promise<OpenSettings> {
  const copies = new Map<string, Copy>()
  let system: { version: bigint; set: SetHere } = { version: -1n, set: new Map() }

  async function follow(): Promise<void> {
    // The version first: what is saved in between is seen by the next look.
    const version = await systemSettingsVersion(db)
    if (version !== system.version) system = { version, set: await readSystemSet(db) }
    const institutions = await readInstitutions(db)
    await Promise.all(institutions.map(followOne))
  }

  async function followOne(institution: InstitutionRecord): Promise<void> {
    const version = await settingsVersion(db, institution.id)
    if (copies.get(institution.id)?.version === version) return
    const set = withFixed(await readSet(db, institution.id), institution)
    copies.set(institution.id, { version, set })
  }

  const following = await startFollowing(follow, {
    ...{ everyMs: LOOK_MS, log, trouble: 'the settings cannot be read again' },
  })

  return {
    at(institutionId, { merchantId, storeId, terminalId } = {}) {
      const set = copies.get(institutionId)?.set
      const chain: Rung[] = [{ scope: 'system', subjectId: SYSTEM, set: system.set }]
      const add = (scope: Rung['scope'], subjectId: string | undefined) => {
        if (subjectId !== undefined) chain.push({ scope, subjectId, set: set?.get(subjectId)?.set })
      }
      add('institution', institutionId)
      add('merchant', merchantId)
      add('store', storeId)
      add('terminal', terminalId)
      return settingsAt(chain)
    },
    ...following,
  }
}

/** What an institution was opened with stands among its settings, to be read and not to be set. */
export function withFixed(
  places: SetInInstitution,
  { id, codePrefix, createdAt }: Pick<InstitutionRecord, 'id' | 'codePrefix' | 'createdAt'>,
): SetInInstitution {
  const own = new Map(places.get(id)?.set)
  own.set('code.prefix', codePrefix)
  const [offline = ''] = ownIssuers(id, codePrefix, createdAt).offline.prefixes
  own.set('code.offline_prefix', offline)
  return new Map(places).set(id, {
    scope: 'institution',
    subjectId: id,
    merchantId: null,
    set: own,
  })
}
