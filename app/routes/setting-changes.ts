import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import {
  listSettingChanges,
  readSettingChange,
  settingsVersion,
  undoing,
  wishAt,
} from '../../modules/settings/settings.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { actorOf, merchantScope } from '../http/principal.ts'
import { ChangeView, RollbackBody, showChange } from '../schemas/settings.ts'
import { found, ListOf, ListQuery, PathId, readPage, showList } from '../schemas/shared.ts'
import type { Context } from './routes.ts'
import { openPlace, readChains, refuseForeignSettings } from './setting-places.ts'
import { save } from './settings.ts'

type Io = Context['io']

/** Who changed which settings and why, and the way back. Source: P19. */
export function settingChangeRoutes(app: App, { io }: Context): void {
  listRoute(app, io)
  rollbackRoute(app, io)
}

function listRoute(app: App, io: Io): void {
  app.get(
    '/v1/settings/changes',
    {
      schema: {
        summary: 'List changes of settings, the newest first',
        querystring: ListQuery({
          subject: Type.Optional(
            Type.String({
              pattern: '^(system|[a-z]{3}_[0-9a-z]{1,26})$',
              description: 'Of this place only',
            }),
          ),
        }),
        response: { 200: ListOf(ChangeView) },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { query } = request
      const changes = await listSettingChanges(io.db, principal.institutionId, {
        merchantId: merchantScope(principal, undefined),
        subjectId: query.subject ?? null,
        ...readPage(query),
      })
      return showList(changes, query, { url: '/v1/settings/changes', show: showChange })
    },
  )
}

function rollbackRoute(app: App, io: Io): void {
  app.post(
    '/v1/settings/changes/:id/rollback',
    {
      schema: {
        summary: 'Take a change of settings back; it is a change itself',
        description: 'SETTINGS_CHANGED when any of its settings was changed again since.',
        params: PathId('sch'),
        body: RollbackBody,
        response: { 200: ChangeView },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const change = found(await readSettingChange(io.db, institutionId, request.params.id))
      const { scope, subjectId: subject } = change
      const { above, ...place } = await openPlace(io, principal, { scope, subject })
      const version = await settingsVersion(io.db, institutionId)
      const chainOf = await readChains(io, institutionId)
      const set = chainOf({ above }).at(-1)?.set
      const changes = undoing(change, (name) => set?.get(name) ?? null)
      refuseForeignSettings(principal, changes)
      const wish = wishAt({
        ...{ ...place, changes, reason: request.body.reason, undoes: change.id },
        ...{ version, actor: actorOf(principal), now: io.now() },
      })
      const [undone] = await save(io, institutionId, [wish])
      if (!undone) throw new AppError('SETTINGS_CHANGED')
      return showChange(undone)
    },
  )
}
