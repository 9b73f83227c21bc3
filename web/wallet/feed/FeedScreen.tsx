import { useState, type ReactElement } from 'react'
import { formatDate, formatDateTime } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import type { FeedItem } from '../../ui/news-types.ts'
import type { List } from '../../ui/types.ts'
import { Page } from '../parts/Page.tsx'
import { Empty, Failed, Skeleton } from '../parts/states.tsx'
import { Link } from '../router.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { NewsPicture } from './NewsPicture.tsx'
import { useFeed } from './use-feed.ts'

/** What the shops tell that this payer follows. Debits are told elsewhere. */
export function FeedScreen(): ReactElement {
  const t = useWords()
  const feed = useFeed()
  const older = useOlder(feed.value)
  const list = feed.value && [...feed.value.data, ...older.items]
  return (
    <Page title={t('feed.title')} back="me" actions={<ManageLink />}>
      {!list && feed.problem && <Failed problem={feed.problem} onRetry={feed.reload} />}
      {!list && !feed.problem && <Skeleton rows={3} />}
      {list?.length === 0 && <Empty icon="shop" text={t('feed.empty')} />}
      <ul className="feed">
        {list?.map((item) => (
          <li key={item.id}>
            <NewsCard item={item} />
          </li>
        ))}
      </ul>
      {older.hasMore && (
        <button type="button" className="button" onClick={older.read} disabled={older.isBusy}>
          {t('feed.more')}
        </button>
      )}
      {list && list.length > 0 && <p className="small feed-foot">{t('feed.no_debits')}</p>}
    </Page>
  )
}

function ManageLink(): ReactElement {
  const t = useWords()
  return (
    <Link to="subscriptions" className="button button-quiet feed-manage">
      {t('feed.manage')}
    </Link>
  )
}

/** Pages behind the first one, which alone is read again when something happens. */
function useOlder(first: List<FeedItem> | null) {
  const [pages, setPages] = useState<List<FeedItem>[]>([])
  const [isBusy, setBusy] = useState(false)
  const shown = new Set(first?.data.map(({ id }) => id))
  const items = pages.flatMap(({ data }) => data).filter(({ id }) => !shown.has(id))
  const last = pages.at(-1) ?? first
  async function next(): Promise<void> {
    setBusy(true)
    try {
      const after = last?.data.at(-1)?.id
      const page = await api.get<List<FeedItem>>('/v1/feed', { limit: 50, starting_after: after })
      setPages((before) => [...before, page])
    } catch {
      // The button stays, and what is there stays.
    } finally {
      setBusy(false)
    }
  }
  return { items, isBusy, hasMore: last?.has_more ?? false, read: () => void next() }
}

function NewsCard({ item }: { item: FeedItem }): ReactElement {
  const t = useWords()
  return (
    <Link to={`feed/${item.id}`} className="news" data-testid="news">
      <span className="news-head">
        <Icon name="shop" size={16} />
        <span className="news-shop">{item.merchant_name}</span>
        {item.read_at === null && <span className="unread">{t('feed.unread')}</span>}
        <time className="small" dateTime={item.delivered_at}>
          {formatDateTime(item.delivered_at)}
        </time>
      </span>
      {item.has_picture && <NewsPicture id={item.id} />}
      <span className="news-title">{item.title}</span>
      <span className="news-text">{item.text}</span>
      <span className="news-foot">
        {item.price !== null && <Money minor={item.price} currency={item.currency} size="s" />}
        <span className="small">{t('feed.until', { date: formatDate(item.valid_until) })}</span>
      </span>
    </Link>
  )
}
