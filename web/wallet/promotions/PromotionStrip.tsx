import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { Link } from '../router.ts'
import { useWords } from '../text.ts'
import { offerText, waysText } from './promotion-words.ts'
import { usePromotions } from './use-promotions.ts'

/** One quiet line: the newest promotion, and how many there are besides. Nothing when none is on. */
export function PromotionStrip(): ReactElement | null {
  const t = useWords()
  const promotions = usePromotions()
  const [first, ...others] = promotions.value?.data ?? []
  if (!first) return null
  return (
    <Link to="promotions" className="strip">
      <Icon name="tag" size={16} />
      <span className="strip-words">
        {t('promotions.line', { ways: waysText(first), offer: offerText(first) })}
      </span>
      {others.length > 0 && <span>{t('promotions.more', { count: others.length })}</span>}
      <Icon name="chevronRight" size={16} />
    </Link>
  )
}
