import { useEffect, type ReactElement } from 'react'
import { currentLanguage, formatDate, formatDateTime } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import type { FeedItem } from '../../ui/news-types.ts'
import { useLive } from '../live.tsx'
import { Page } from '../parts/Page.tsx'
import { Empty, Failed, Skeleton } from '../parts/states.tsx'
import { Link } from '../router.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { useLoad } from '../use-load.ts'
import { FollowChoice } from './FollowChoice.tsx'
import { NewsPicture } from './NewsPicture.tsx'

/** One piece of news, whole. Opening it is reading it. */
export function NewsScreen({ id }: { id: string }): ReactElement {
  const t = useWords()
  const { version } = useLive()
  const loaded = useLoad(() => api.get<FeedItem>(`/v1/feed/${id}`), `${id} ${version}`)
  const item = loaded.value
  const isGone = loaded.problem?.code === 'NOT_FOUND'
  const isUnread = item?.read_at === null
  useEffect(() => {
    if (!isUnread) return
    api.post(`/v1/feed/${id}/read`, {}).catch(() => {
      // It stays unread, and the next time it is opened it is said again.
    })
  }, [id, isUnread])
  return (
    <Page title={t('feed.title')} back="feed">
      {!item && loaded.problem && !isGone && (
        <Failed problem={loaded.problem} onRetry={loaded.reload} />
      )}
      {!item && !loaded.problem && <Skeleton rows={4} />}
      {isGone && (
        <Empty icon="clock" text={t('feed.gone')}>
          <Link to="feed" className="button button-main">
            {t('feed.to_list')}
          </Link>
        </Empty>
      )}
      {item && !isGone && <Whole item={item} onChange={loaded.reload} />}
    </Page>
  )
}

function Whole({ item, onChange }: { item: FeedItem; onChange: () => void }): ReactElement {
  const t = useWords()
  const { product } = item
  const productName =
    currentLanguage() === 'en' ? (product?.name_en ?? product?.name) : product?.name
  return (
    <>
      <article className="news news-whole">
        <p className="news-head">
          <Icon name="shop" size={16} />
          <span className="news-shop">{item.merchant_name}</span>
          <time className="small" dateTime={item.delivered_at}>
            {formatDateTime(item.delivered_at)}
          </time>
        </p>
        {item.has_picture && <NewsPicture id={item.id} />}
        <h2 className="news-title">{item.title}</h2>
        <p className="news-text">{item.text}</p>
        {item.price !== null && (
          <p className="news-price">
            <span className="small">{productName ?? t('feed.price')}</span>
            <Money minor={item.price} currency={item.currency} size="l" />
          </p>
        )}
        <p className="small">
          {t('feed.period', {
            from: formatDate(item.valid_from),
            until: formatDate(item.valid_until),
          })}
        </p>
      </article>
      <section className="panel">
        <h2>{t('feed.about')}</h2>
        <FollowChoice
          merchant={item.merchant}
          name={item.merchant_name}
          state={item.subscription}
          onChange={onChange}
        />
      </section>
    </>
  )
}
