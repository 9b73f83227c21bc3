import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { listNotices, markNoticesRead } from '../../modules/notice/notice.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { NoticeView, showNotice } from '../schemas/event.ts'
import { Body, ListOf, ListQuery, PathId, readPage, showList } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

/** The inboxes of payers and third parties. Source: P14, P15. */
export function noticeRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/notices',
    {
      schema: {
        summary: 'List what I was told',
        querystring: ListQuery({}),
        response: { 200: ListOf(NoticeView) },
      },
      config: allow('payer', 'party'),
    },
    async (request) => {
      const { institutionId, id: recipientId } = principalOf(request)
      const page = readPage(request.query)
      const notices = await listNotices(io.db, { institutionId, recipientId }, page)
      return showList(notices, request.query, { url: '/v1/notices', show: showNotice })
    },
  )

  app.post(
    '/v1/notices/:id/read',
    {
      schema: {
        summary: 'I have read this notice, or all up to it',
        params: PathId('ntc'),
        body: Body({
          and_older: Type.Optional(Type.Boolean({ description: 'Every older one as well' })),
        }),
        response: { 204: Type.Null() },
      },
      config: { ...allow('payer', 'party'), mayLackBody: true },
    },
    async (request, reply) => {
      const { institutionId, id: recipientId } = principalOf(request)
      const { id } = request.params
      const andOlder = request.body?.and_older ?? false
      const read = { institutionId, recipientId, id, andOlder }
      const isThere = await io.db.transaction((tx) => markNoticesRead(tx, read, io.now()))
      if (!isThere) throw new AppError('NOT_FOUND')
      return reply.code(204).send(null)
    },
  )
}
