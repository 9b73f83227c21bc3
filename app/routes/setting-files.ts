import { Type } from 'typebox'

import {
  differences,
  readSet,
  readSettingsFile,
  readSystemSet,
  settingsVersion,
  SYSTEM,
  wishAt,
  writeSettingsFile,
  type FilePlace,
  type SetPlace,
} from '../../modules/settings/settings.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { actorOf, merchantScope, type Principal } from '../http/principal.ts'
import { ImportBody, ImportView, showDiff } from '../schemas/settings.ts'
import type { Context } from './routes.ts'
import { isFirst, openPlace, readChains, refuseForeignSettings } from './setting-places.ts'
import { save } from './settings.ts'

type Io = Context['io']

/** Settings as a file: kept beside the installation, compared, carried to another one. Source: P19. */
export function settingFileRoutes(app: App, { io }: Context): void {
  exportRoute(app, io)
  importRoute(app, io)
}

function exportRoute(app: App, io: Io): void {
  app.get(
    '/v1/settings/export',
    {
      schema: {
        summary: 'Write everything that is set and is yours as YAML',
        response: {
          200: {
            description: 'The file',
            content: { 'text/yaml': { schema: Type.String() } },
          },
        },
      },
      config: allow('operator', 'merchant'),
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const text = writeSettingsFile(await setOf(io, principal))
      return reply
        .header('content-type', 'text/yaml; charset=utf-8')
        .header('content-disposition', 'attachment; filename="onetill-settings.yaml"')
        .send(text)
    },
  )
}

/** All places that are the caller's and at which something is set. */
async function setOf(io: Io, principal: Principal): Promise<SetPlace[]> {
  const merchantId = merchantScope(principal, undefined)
  const all = [...(await readSet(io.db, principal.institutionId)).values()]
  if (merchantId !== null) return all.filter((place) => place.merchantId === merchantId)
  if (!(await isFirst(io, principal))) return all
  const system = { scope: SYSTEM, subjectId: SYSTEM, merchantId: null } as const
  return [{ ...system, set: await readSystemSet(io.db) }, ...all]
}

function importRoute(app: App, io: Io): void {
  app.post(
    '/v1/settings/import',
    {
      schema: {
        summary: 'Take settings in from a file of YAML, or see what that would change',
        description:
          'All of it or nothing. What the file does not name stays as it is; null takes a value away.',
        body: ImportBody,
        response: { 200: ImportView },
      },
      config: {
        ...allow('operator', 'merchant'),
        // Reading one may cost seconds of a processor.
        rateLimit: { max: 20, timeWindow: 60_000 },
      },
      bodyLimit: 2_000_000,
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { yaml, reason, dry_run: isDry = false } = request.body
      const version = await settingsVersion(io.db, institutionId)
      const chainOf = await readChains(io, institutionId)
      const planned = []
      for (const place of await readSettingsFile(yaml, { institutionId, system: SYSTEM })) {
        planned.push(await plan(io, principal, place, chainOf))
      }
      const common = { reason, version, undoes: null, actor: actorOf(principal), now: io.now() }
      const wishes = planned.map(({ diff: _diff, ...place }) => wishAt({ ...place, ...common }))
      const saved = isDry ? [] : await save(io, institutionId, wishes)
      const dry = planned.filter(({ diff }) => diff.length > 0)
      return {
        object: 'settings_import' as const,
        dry_run: isDry,
        changes: isDry
          ? dry.map((one) => ({ ...showDiff(one), id: null }))
          : saved.map((one) => ({ ...showDiff(one), id: one.id })),
      }
    },
  )
}

/** What a file wants at one place, once it is known that the caller may want it there. */
async function plan(
  io: Io,
  principal: Principal,
  { changes, ...wanted }: FilePlace,
  chainOf: Awaited<ReturnType<typeof readChains>>,
) {
  const { scope, subjectId: subject } = wanted
  const { above, ...place } = await openPlace(io, principal, { scope, subject })
  refuseForeignSettings(principal, changes)
  const set = chainOf({ above }).at(-1)?.set
  return { ...place, changes, diff: differences(place, set, changes) }
}
