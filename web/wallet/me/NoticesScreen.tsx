import { useEffect, useState, type ReactElement } from 'react'
import { formatDateTime } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import type { Notice } from '../../ui/types.ts'
import { Page } from '../parts/Page.tsx'
import { Empty, Failed, Skeleton } from '../parts/states.tsx'
import { Link } from '../router.ts'
import { api, markNoticesSeen, noticesSeen } from '../session.ts'
import { useWords, type WordKey } from '../text.ts'
import { isUnread, useNotices } from './use-notices.ts'

/** Every debit and every refund that this payer was told of; the inbox holds it even when no push came through. */
export function NoticesScreen(): ReactElement {
  const t = useWords()
  const notices = useNotices()
  const [seenBefore] = useState(noticesSeen)
  const list = notices.value?.data
  const newest = list?.[0]?.id
  useEffect(() => {
    if (!newest) return
    markNoticesSeen(newest)
    // The payer's other devices learn it from the server; without a network, the next time.
    void api.post(`/v1/notices/${newest}/read`, { and_older: true }).catch(() => undefined)
  }, [newest])
  return (
    <Page title={t('notices.title')} back="me">
      {!list && notices.problem && <Failed problem={notices.problem} onRetry={notices.reload} />}
      {!list && !notices.problem && <Skeleton rows={4} />}
      {list?.length === 0 && <Empty icon="bell" text={t('notices.empty')} />}
      <ul className="list">
        {list?.map((notice) => (
          <li key={notice.id}>
            <Link to={`bills/${notice.payment}`} className="bill">
              <span className="bill-icon">
                <Icon name={notice.kind === 'refund_notice' ? 'undo' : 'bell'} size={18} />
              </span>
              <span className="bill-words">
                <span className="bill-title">
                  {t(wordOf(notice), { shop: notice.merchant_name })}
                  {isUnread(notice, seenBefore) && (
                    <span className="unread">{t('notices.new')}</span>
                  )}
                </span>
                <span className="bill-time">{formatDateTime(notice.created_at)}</span>
              </span>
              <span className="bill-amount">
                <Money
                  minor={notice.kind === 'refund_notice' ? notice.amount : -notice.amount}
                  currency={notice.currency}
                  signed={notice.kind === 'refund_notice'}
                />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  )
}

const wordOf = ({ kind }: Notice): WordKey =>
  kind === 'refund_notice' ? 'notices.refund' : 'notices.debit'
