import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { EmptyState } from '../parts/ListStates.tsx'
import { Panel } from '../parts/Page.tsx'
import { useText } from '../text.ts'
import type { PayerDetail } from './types.ts'

/** Whether somebody tries this payer's offline codes, and on which days. */
export function AlarmPanel({ payer }: { payer: PayerDetail }): ReactElement {
  const t = useText()
  const { wrong_codes: days } = payer
  const hasAlarm = days.some(({ is_alarm: isAlarm }) => isAlarm)
  return (
    <Panel title={t('payers.alarms')}>
      {days.length === 0 && (
        <EmptyState title={t('payers.alarms_empty')} detail={t('payers.alarms_empty_detail')} />
      )}
      {hasAlarm && (
        <p className="ct-bar ct-bar-warn" role="status">
          <Icon name="warning" size={16} />
          {t('payers.alarm_advice')}
        </p>
      )}
      <ul className="ct-history" data-testid="alarms">
        {days.map(({ business_date: date, wrong_tries: count, is_alarm: isAlarm }) => (
          <li key={date}>
            {t('payers.alarm_day', { date, count })}
            {isAlarm && <div className="ct-small">{t('payers.alarm_is')}</div>}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
