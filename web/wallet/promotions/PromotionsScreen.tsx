import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { SchemeMark } from '../../ui/scheme.tsx'
import type { Promotion } from '../../ui/types.ts'
import { usePayer } from '../accounts/use-sources.ts'
import { Page } from '../parts/Page.tsx'
import { Empty, Failed, Skeleton } from '../parts/states.tsx'
import { Link } from '../router.ts'
import { useWords } from '../text.ts'
import { nameText, offerText, placeText, timesText } from './promotion-words.ts'
import { usePromotions } from './use-promotions.ts'

/** What is taken off now, where, with what and until when. */
export function PromotionsScreen(): ReactElement {
  const t = useWords()
  const promotions = usePromotions()
  const payer = usePayer()
  const list = promotions.value?.data
  return (
    <Page title={t('promotions.title')} back="me">
      {!list && promotions.problem && (
        <Failed problem={promotions.problem} onRetry={promotions.reload} />
      )}
      {!list && !promotions.problem && <Skeleton rows={3} />}
      {list?.length === 0 && <Empty icon="tag" text={t('promotions.empty')} />}
      <ul className="promotions">
        {list?.map((promotion) => (
          <PromotionCard key={promotion.id} promotion={promotion} />
        ))}
      </ul>
      {list && list.length > 0 && payer.value && (
        <p className="hint">
          <Icon name="star" size={18} />
          <span>
            {t(payer.value.auto ? 'promotions.is_auto' : 'promotions.not_auto')}{' '}
            <Link to="accounts">{t('accounts.title')}</Link>
          </span>
        </p>
      )}
    </Page>
  )
}

function PromotionCard({ promotion }: { promotion: Promotion }): ReactElement {
  const t = useWords()
  const schemes = promotion.on?.schemes ?? []
  const times = timesText(promotion)
  return (
    <li className="promotion">
      <h2>{offerText(promotion)}</h2>
      <p className="promotion-ways">
        {schemes.map((scheme) => (
          <SchemeMark key={scheme} scheme={scheme} size={18} />
        ))}
        {schemes.length === 0 && <SchemeMark scheme={null} size={18} />}
      </p>
      <p className="small">
        {nameText(promotion)} · {placeText(promotion)}
      </p>
      <p className="small">{times || t('promotions.no_end')}</p>
    </li>
  )
}
