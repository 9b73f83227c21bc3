import { App, Button } from 'antd'
import type { ReactElement } from 'react'
import type { News } from '../../ui/news-types.ts'
import { useAsk } from '../parts/actions.ts'
import { InRow } from '../parts/TableRow.tsx'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'

/** Publishes a draft, or withdraws what is out. */
export function NewsButtons({ news }: { news: News }): ReactElement | null {
  const t = useText()
  const ask = useAsk()
  const { message } = App.useApp()
  const act = useChange('/v1/news', (what: 'publish' | 'withdraw') =>
    api.post<News>(`/v1/news/${news.id}/${what}`, {}),
  )
  if (news.state === 'withdrawn') return null
  const what = news.state === 'draft' ? 'publish' : 'withdraw'
  const question = {
    title: t(`news.${what}_ask`, { title: news.title }),
    note: t(`news.${what}_note`),
    ok: t(`news.${what}`),
    isDanger: what === 'withdraw',
  }
  const run = () =>
    act
      .mutateAsync(what)
      .then(() => message.success(t(what === 'publish' ? 'news.published' : 'news.withdrawn')))
  return (
    <InRow>
      <Button
        size="small"
        type={what === 'publish' ? 'primary' : 'default'}
        loading={act.isPending}
        onClick={() => ask(question, run)}
        data-testid={what}
      >
        {t(`news.${what}`)}
      </Button>
    </InRow>
  )
}
