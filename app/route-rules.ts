import type { Io } from '../modules/io/io.ts'
import { readInstitutions } from '../modules/party/party.ts'
import {
  compileRules,
  readRouteRules,
  routeVersion,
  type CompiledRules,
} from '../modules/route/route.ts'
import { startFollowing, type Following } from './following.ts'

// How often the versions are looked at, so that a copy is at most 2 s old.
const LOOK_MS = 1_000

const noRules = compileRules([])

/** The routing rules of all institutions, as this process holds them. */
export type RouteRules = Following & { of(institutionId: string): CompiledRules }

export type RouteRulesOptions = Pick<Io, 'log' | 'now'> & { db: Pick<Io['db'], 'read'> }

/**
 * Holds compiled copies of the routing rules, which follow each institution's version: what is
 * made or ended in any process counts here within 2 s, without a restart.
 *
 * @throws when the database cannot be reached
 *
 * Source: P13; DESIGN §10.
 */
export async function openRouteRules({ db, log, now }: RouteRulesOptions): Promise<RouteRules> {
  const copies = new Map<string, { version: bigint; rules: CompiledRules }>()

  async function follow(): Promise<void> {
    for (const { id: institutionId } of await readInstitutions(db)) {
      // The version first: what is made in between is seen by the next look.
      const version = await routeVersion(db, institutionId)
      if (copies.get(institutionId)?.version === version) continue
      const rules = compileRules(await readRouteRules(db, institutionId, now()))
      copies.set(institutionId, { version, rules })
    }
  }

  const following = await startFollowing(follow, {
    ...{ everyMs: LOOK_MS, log, trouble: 'the routing rules cannot be read again' },
  })
  return {
    of: (institutionId) => copies.get(institutionId)?.rules ?? noRules,
    ...following,
  }
}
