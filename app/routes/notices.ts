import { listNotices } from '../../modules/notice/notice.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { NoticeView, showNotice } from '../schemas/event.ts'
import { ListOf, ListQuery, readPage, showList } from '../schemas/shared.ts'
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
}
