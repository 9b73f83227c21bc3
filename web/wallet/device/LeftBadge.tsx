import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useWords } from '../text.ts'
import { useThisDevice } from './this-device.ts'
import { monthDay } from './words.ts'

/** How many codes are left on this device and until when, or how far topping up is. */
export function LeftBadge(): ReactElement | null {
  const t = useWords()
  const { summary, filling } = useThisDevice()
  if (filling) {
    return (
      <span className="offline-badge" role="status">
        <Icon name="refresh" size={16} />
        {t('offline.filling', filling)}
      </span>
    )
  }
  if (summary?.kind !== 'kept') return null
  const { left, batchSize, expiresAtMs, isFrozen } = summary
  if (isFrozen) {
    return (
      <span className="offline-badge">
        <Icon name="lock" size={16} />
        {t('offline.frozen')}
      </span>
    )
  }
  return (
    <span className="offline-badge">
      <Icon name="offline" size={16} />
      {t('offline.left', { left, of: batchSize })}
      {expiresAtMs !== null && ` · ${t('offline.until', { date: monthDay(expiresAtMs) })}`}
    </span>
  )
}
