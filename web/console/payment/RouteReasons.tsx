import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { PaymentView } from '../../ui/types.ts'
import { schemeText } from '../../ui/scheme.tsx'
import { CandidateList } from '../routing/CandidateList.tsx'
import { useText, useWord } from '../text.ts'

/** Why the payment went the way it went, in the words that the server keeps, and what else there was. */
export function RouteReasons({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const word = useWord()
  const isEnglish = useTranslation().i18n.language === 'en'
  const { route } = payment
  const reasons = route?.reasons ?? []
  const candidates = route?.candidates ?? []
  const road = route?.road === 'book' ? word('detail.road_', 'book') : schemeText(route?.road ?? '')
  return (
    <section className="ct-part">
      <h3>
        {t('detail.route')}
        {route?.road && <span className="ct-road">{road}</span>}
      </h3>
      {reasons.length === 0 && <p className="ct-muted">{t('detail.route_none')}</p>}
      <ul className="ct-reasons" data-testid="route-reasons">
        {reasons.map((reason) => (
          <li key={reason.code}>
            {isEnglish ? reason.text_en : reason.text_zh} <code>{reason.code}</code>
          </li>
        ))}
      </ul>
      {candidates.length > 0 && (
        <CandidateList candidates={candidates} currency={payment.currency} />
      )}
    </section>
  )
}
