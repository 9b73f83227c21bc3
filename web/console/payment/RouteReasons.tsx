import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { PaymentView } from '../../ui/types.ts'
import { useText, useWord } from '../text.ts'

/** Why the payment went the way it went, in the words that the server keeps. */
export function RouteReasons({ route }: { route: PaymentView['route'] }): ReactElement {
  const t = useText()
  const word = useWord()
  const isEnglish = useTranslation().i18n.language === 'en'
  const reasons = route?.reasons ?? []
  return (
    <section className="ct-part">
      <h3>
        {t('detail.route')}
        {route?.road && <span className="ct-road">{word('detail.road_', route.road)}</span>}
      </h3>
      {reasons.length === 0 && <p className="ct-muted">{t('detail.route_none')}</p>}
      <ul className="ct-reasons" data-testid="route-reasons">
        {reasons.map((reason) => (
          <li key={reason.code}>
            {isEnglish ? reason.text_en : reason.text_zh} <code>{reason.code}</code>
          </li>
        ))}
      </ul>
    </section>
  )
}
