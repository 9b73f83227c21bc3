import { AppError } from '../../modules/errors/errors.ts'
import { readInstitutions, readMerchant, readStore } from '../../modules/party/party.ts'
import {
  definitionOf,
  isSettingName,
  readSet,
  readSystemSet,
  SYSTEM,
  type Place,
  type Rung,
  type SetInInstitution,
  type SettingName,
  type WantedSettings,
} from '../../modules/settings/settings.ts'
import { readTerminal } from '../../modules/terminal/terminal.ts'
import { merchantScope, type Principal } from '../http/principal.ts'
import { found } from '../schemas/shared.ts'
import { withFixed } from '../settings.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

/** A place that the caller may look at, and the chain above it without what is set there. */
export type OpenPlace = Place & {
  merchantId: string | null
  /** From the system down to the place itself. */
  above: readonly Place[]
}

type Wanted = { scope: Place['scope']; subject?: string }

/**
 * The place that a caller means, which is theirs to look at. The operator sees all of the institution;
 * only the first institution's sees what holds for everybody; a merchant sees itself and what is its
 * own.
 *
 * @throws AppError NOT_FOUND for another's place, or one that is not there
 * @throws AppError FORBIDDEN where the caller has no business at all
 * @throws AppError INVALID_REQUEST when the place is not named and is not the caller's own
 */
export async function openPlace(
  io: Io,
  principal: Principal,
  { scope, subject }: Wanted,
): Promise<OpenPlace> {
  const { institutionId } = principal
  const system: Place = { scope: 'system', subjectId: SYSTEM }
  const institution: Place = { scope: 'institution', subjectId: institutionId }
  const at = (above: Place[], merchantId: string | null): OpenPlace => ({
    ...(above.at(-1) as Place),
    ...{ above, merchantId },
  })
  if (scope === 'system') {
    if (!(await isFirst(io, principal))) throw new AppError('FORBIDDEN')
    return at([system], null)
  }
  if (scope === 'institution') {
    if (principal.role !== 'operator') throw new AppError('FORBIDDEN')
    if (subject !== undefined && subject !== institutionId) throw new AppError('NOT_FOUND')
    return at([system, institution], null)
  }
  const own = await below(io, principal, scope, subject)
  merchantScope(principal, own.merchantId)
  return at([system, institution, ...own.places], own.merchantId)
}

/** The rest of the chain, from the merchant down. */
async function below(
  { db }: Io,
  principal: Principal,
  scope: 'merchant' | 'store' | 'terminal',
  subject: string | undefined,
): Promise<{ merchantId: string; places: Place[] }> {
  const { institutionId } = principal
  const subjectId = subject ?? (scope === 'merchant' ? principal.merchantId : null)
  if (subjectId === null) throw new AppError('INVALID_REQUEST', { param: 'subject' })
  const merchant = (id: string): Place => ({ scope: 'merchant', subjectId: id })
  const store = (id: string): Place => ({ scope: 'store', subjectId: id })
  switch (scope) {
    case 'merchant': {
      const { id, isHouse } = found(await readMerchant(db, institutionId, subjectId))
      if (isHouse) throw new AppError('NOT_FOUND')
      return { merchantId: id, places: [merchant(id)] }
    }
    case 'store': {
      const { id, merchantId } = found(await readStore(db, institutionId, subjectId))
      return { merchantId, places: [merchant(merchantId), store(id)] }
    }
    case 'terminal': {
      const { id, merchantId, storeId } = found(await readTerminal(db, institutionId, subjectId))
      const places = [merchant(merchantId), store(storeId), { scope, subjectId: id }]
      return { merchantId, places }
    }
  }
}

/** Whether it is the operator of the first institution, who looks after the whole installation. */
export async function isFirst(io: Io, { role, institutionId }: Principal): Promise<boolean> {
  if (role !== 'operator') return false
  const [first] = await readInstitutions(io.db)
  return first?.id === institutionId
}

/** All that is set, read now, for the chains of as many places as are asked for. */
export async function readChains(
  io: Io,
  institutionId: string,
): Promise<(place: Pick<OpenPlace, 'above'>) => Rung[]> {
  const [system, set, institution] = await Promise.all([
    readSystemSet(io.db),
    readSet(io.db, institutionId),
    io.institution(institutionId),
  ])
  const own: SetInInstitution = withFixed(set, institution)
  return ({ above }) =>
    above.map((place) => ({
      ...place,
      set: place.scope === 'system' ? system : own.get(place.subjectId)?.set,
    }))
}

/** Whether a caller may set a parameter at a place that is theirs. */
export function maySet(
  { role }: Principal,
  name: SettingName,
  { scope }: Pick<Place, 'scope'>,
): boolean {
  const { isReadOnly, isForMerchants, scopes } = definitionOf(name)
  if (isReadOnly || !scopes.includes(scope)) return false
  return role === 'operator' || isForMerchants === true
}

/** @throws AppError FORBIDDEN for a parameter that a merchant's people may not set */
export function refuseForeignSettings(principal: Principal, changes: WantedSettings): void {
  if (principal.role === 'operator') return
  for (const name of Object.keys(changes)) {
    // What is no setting at all is said where it is saved.
    if (isSettingName(name) && definitionOf(name).isForMerchants !== true) {
      throw new AppError('FORBIDDEN', { param: name })
    }
  }
}
