import type { ReactElement } from 'react'
import { formatDate } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import type { Subscription } from '../../ui/news-types.ts'
import { Page } from '../parts/Page.tsx'
import { Empty, Failed, Skeleton } from '../parts/states.tsx'
import { useWords } from '../text.ts'
import { FollowChoice } from './FollowChoice.tsx'
import { PushPanel } from './PushPanel.tsx'
import { useSubscriptions } from './use-feed.ts'

/** The shops that this payer follows, mutes or has left. */
export function SubscriptionsScreen(): ReactElement {
  const t = useWords()
  const subscriptions = useSubscriptions()
  const list = subscriptions.value?.data
  return (
    <Page title={t('follow.title')} back="feed">
      {!list && subscriptions.problem && (
        <Failed problem={subscriptions.problem} onRetry={subscriptions.reload} />
      )}
      {!list && !subscriptions.problem && <Skeleton rows={3} />}
      {list?.length === 0 && <Empty icon="shop" text={t('follow.empty')} />}
      {list && list.length > 0 && (
        <>
          <ul className="list">
            {list.map((one) => (
              <Shop key={one.id} subscription={one} onChange={subscriptions.reload} />
            ))}
          </ul>
          <p className="hint">
            <Icon name="bell" size={18} />
            <span>{t('follow.why')}</span>
          </p>
        </>
      )}
      <PushPanel />
    </Page>
  )
}

type ShopProps = { subscription: Subscription; onChange: () => void }

function Shop({ subscription, onChange }: ShopProps): ReactElement {
  const t = useWords()
  const { id, merchant_name, state, reached_by, since } = subscription
  return (
    <li className="follow-shop" data-testid="subscription" data-state={state}>
      <span className="bill-icon">
        <Icon name="shop" size={18} />
      </span>
      <span className="bill-words">
        <span className="bill-title">{merchant_name}</span>
        <span className="bill-time">{t(`follow.${reached_by}`, { date: formatDate(since) })}</span>
      </span>
      <FollowChoice merchant={id} name={merchant_name} state={state} onChange={onChange} />
    </li>
  )
}
