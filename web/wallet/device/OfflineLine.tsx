import { useEffect, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useLive } from '../live.tsx'
import { Link } from '../router.ts'
import { useWords } from '../text.ts'
import { LeftBadge } from './LeftBadge.tsx'
import { sync } from './fill.ts'
import { canKeepCodes, useThisDevice } from './this-device.ts'

/**
 * Under the code while there is a network: how many codes this device keeps for when there is none.
 * Whoever sees it is online, so this is also where the device is topped up and its clock measured.
 */
export function OfflineLine(): ReactElement | null {
  const t = useWords()
  const { summary } = useThisDevice()
  const { version } = useLive()
  useEffect(() => void sync(), [version])
  useEffect(() => {
    const onOnline = (): void => void sync()
    addEventListener('online', onOnline)
    return () => removeEventListener('online', onOnline)
  }, [])
  if (!summary || !canKeepCodes()) return null
  return (
    <Link to="devices" className="offline-line">
      {summary.kind === 'kept' ? (
        <LeftBadge />
      ) : (
        <>
          <Icon name="offline" size={16} />
          {t('offline.offer')}
        </>
      )}
      <Icon name="chevronRight" size={16} />
    </Link>
  )
}
