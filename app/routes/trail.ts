import { Type, type Static } from 'typebox'

import { readTrail, type RecordedEntry, type TrailFilter } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { ListOf, ListQuery, readPage, showList, Text, Time } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const EntryView = Type.Object(
  {
    object: Type.Literal('trail_entry'),
    id: Type.String({ examples: ['trl_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    at: Time(),
    actor: Type.String({ examples: ['person:per_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    action: Type.String({ examples: ['merchant.create'] }),
    subject: Type.String({ examples: ['mch_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    detail: Type.Object({}, { additionalProperties: true }),
  },
  { title: 'TrailEntry' },
)

const TrailQuery = ListQuery({
  actor: Type.Optional(Text(80, { examples: ['person:per_01kaqb2m5vf7esx3d9w8r6t4yz'] })),
  action: Type.Optional(
    Type.String({
      pattern: '^[a-z][a-z0-9_.]{0,63}$',
      description: 'What the action begins with: `merchant.` or `merchant.create`',
      examples: ['merchant.create'],
    }),
  ),
  since: Type.Optional(Time()),
  until: Type.Optional(Time({ description: 'Before this time' })),
})

const readFilter = ({ actor, action, since, until }: Static<typeof TrailQuery>): TrailFilter => ({
  ...(actor !== undefined && { actor }),
  ...(action !== undefined && { action }),
  ...(since !== undefined && { since: new Date(since) }),
  ...(until !== undefined && { until: new Date(until) }),
})

const showEntry = (entry: RecordedEntry) => ({
  object: 'trail_entry' as const,
  id: entry.id,
  at: entry.at.toISOString(),
  actor: entry.actor,
  action: entry.action,
  subject: entry.subject,
  detail: entry.detail,
})

/** Who did what, for the operator. */
export function trailRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/trail',
    {
      schema: {
        summary: 'Who did what, the newest first',
        querystring: TrailQuery,
        response: { 200: ListOf(EntryView) },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const page = { ...readPage(request.query), ...readFilter(request.query) }
      const entries = await readTrail(io.db, institutionId, page)
      return showList(entries, request.query, { url: '/v1/trail', show: showEntry })
    },
  )
}
