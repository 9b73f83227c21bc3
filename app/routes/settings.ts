import { AppError } from '../../modules/errors/errors.ts'
import type { Tx } from '../../modules/database/database.ts'
import {
  differences,
  saveSettings,
  settingsVersion,
  wishAt,
  type SettingChange,
  type SettingsWish,
} from '../../modules/settings/settings.ts'
import { tellTerminals } from '../../modules/terminal/terminal.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { actorOf } from '../http/principal.ts'
import {
  ChangeView,
  namesAt,
  PlaceQuery,
  PreviewBody,
  PreviewView,
  SaveBody,
  SettingsView,
  showChange,
  showPreviewed,
  showSetting,
} from '../schemas/settings.ts'
import type { Context } from './routes.ts'
import { settingChangeRoutes } from './setting-changes.ts'
import { settingFileRoutes } from './setting-files.ts'
import { isFirst, maySet, openPlace, readChains, refuseForeignSettings } from './setting-places.ts'

type Io = Context['io']

/** Parameters at a place, what a change would do, and the change. Source: P19. */
export function settingRoutes(app: App, context: Context): void {
  const { io } = context
  listRoute(app, io)
  previewRoute(app, io)
  saveRoute(app, io)
  settingChangeRoutes(app, context)
  settingFileRoutes(app, context)
}

const whoseScope =
  'The operator reads and sets all of the institution; a merchant’s people read their own merchant, ' +
  'stores and terminals and set what is theirs to set. Scope `system` holds for every institution ' +
  'and is the first one’s operator’s alone.'

function listRoute(app: App, io: Io): void {
  app.get(
    '/v1/settings',
    {
      schema: {
        summary: 'Look at the settings of a place: what each is there, and where that was set',
        description: whoseScope,
        querystring: PlaceQuery,
        response: { 200: SettingsView },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const place = await openPlace(io, principal, request.query)
      const { scope, subjectId } = place
      // The version first: a save in between is then refused as SETTINGS_CHANGED, never lost.
      const version = await settingsVersion(io.db, institutionId)
      const chain = (await readChains(io, institutionId))(place)
      const { currency } = await io.institution(institutionId)
      return {
        object: 'settings' as const,
        ...{ scope, subject: subjectId, version: Number(version), currency },
        is_system_yours: await isFirst(io, principal),
        data: namesAt(scope).map((name) =>
          showSetting(name, chain, maySet(principal, name, place)),
        ),
      }
    },
  )
}

function previewRoute(app: App, io: Io): void {
  app.post(
    '/v1/settings/preview',
    {
      schema: {
        summary: 'See what a change of settings would do, without saving it',
        body: PreviewBody,
        response: { 200: PreviewView },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { changes, ...wanted } = request.body
      const place = await openPlace(io, principal, wanted)
      refuseForeignSettings(principal, changes)
      const version = await settingsVersion(io.db, institutionId)
      const chain = (await readChains(io, institutionId))(place)
      const diff = differences(place, chain.at(-1)?.set, changes)
      return {
        object: 'settings_preview' as const,
        ...{ scope: place.scope, subject: place.subjectId, version: Number(version) },
        diff: diff.map((one) => showPreviewed(one, chain)),
      }
    },
  )
}

function saveRoute(app: App, io: Io): void {
  app.post(
    '/v1/settings',
    {
      schema: {
        summary: 'Change settings at a place, with the reason; all processes follow within 2 s',
        description: whoseScope,
        body: SaveBody,
        response: { 200: ChangeView },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { changes, reason, version, ...wanted } = request.body
      const { above: _above, ...place } = await openPlace(io, principal, wanted)
      refuseForeignSettings(principal, changes)
      const wish = wishAt({
        ...{ ...place, changes, reason, version: BigInt(version), undoes: null },
        ...{ actor: actorOf(principal), now: io.now() },
      })
      const [change] = await save(io, principal.institutionId, [wish])
      if (!change) throw new AppError('INVALID_REQUEST', { param: 'changes', reason: 'no change' })
      return showChange(change)
    },
  )
}

/** Saves, and answers when this process works by it. Throws as `saveSettings` does. */
export async function save(
  io: Io,
  institutionId: string,
  wishes: readonly SettingsWish[],
): Promise<SettingChange[]> {
  const changes = await io.db.transaction(async (tx) => {
    const saved = await saveSettings(tx, institutionId, wishes)
    await tellTills(tx, institutionId, saved)
    return saved
  })
  if (changes.length === 0) return changes
  await io.refreshSettings()
  io.poke(institutionId)
  return changes
}

/** What terminals follow they are told to read again; the system's own reaches them by their heartbeat. */
async function tellTills(
  tx: Tx,
  institutionId: string,
  changes: readonly SettingChange[],
): Promise<void> {
  for (const { subjectId, diff, reason, changedAt: now } of changes) {
    if (!diff.some(({ name }) => /^(till|terminal)\./.test(name))) continue
    await tellTerminals(tx, institutionId, { subjectIds: [subjectId], reason, now })
  }
}
