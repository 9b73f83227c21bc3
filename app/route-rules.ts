import type { Io } from '../modules/io/io.ts'
import { readInstitutions } from '../modules/party/party.ts'
import {
  compileRules,
  readRouteRules,
  routeVersion,
  type CompiledRules,
} from '../modules/route/route.ts'
import { openTrouble } from './start/trouble.ts'

// How often the versions are looked at, so that a copy is at most 2 s old.
const LOOK_MS = 1_000

const noRules = compileRules([])

/** The routing rules of all institutions, as this process holds them. */
export type RouteRules = {
  of(institutionId: string): CompiledRules
  /** Reads all that was committed before the call. */
  refresh(): Promise<void>
  stop(): Promise<void>
}

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

  // One look at a time; whoever asks for one while another is under way gets the next.
  let looking: Promise<void> = Promise.resolve()
  let waiting = 0
  const refresh = (): Promise<void> => {
    waiting += 1
    const next = looking.then(follow).finally(() => (waiting -= 1))
    looking = next.catch(() => undefined)
    return next
  }
  await refresh()

  const trouble = openTrouble(log, 'the routing rules cannot be read again')
  const timer = setInterval(() => {
    if (waiting === 0) refresh().then(trouble.isOver, trouble.happened)
  }, LOOK_MS).unref()
  return {
    of: (institutionId) => copies.get(institutionId)?.rules ?? noRules,
    refresh,
    async stop() {
      clearInterval(timer)
      await looking
    },
  }
}
