import { Button } from 'antd'
import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useConnection } from '../stream.tsx'
import { useText } from '../text.ts'
import { POLL_MS } from './useLiveFlow.ts'

/** Whether what is shown is live, in a dot and a word. */
export function ConnectionMark(): ReactElement {
  const t = useText()
  const { state, isBroken } = useConnection()
  const isLive = state === 'live'
  return (
    <span
      className={`ct-mark ${isLive ? 'ct-mark-live' : ''}`}
      role="status"
      data-testid="connection"
      data-state={state}
    >
      <i aria-hidden />
      {t(isLive ? 'live.live' : isBroken ? 'live.polling' : 'live.connecting')}
    </span>
  )
}

/** Says that the stream is broken, what happens meanwhile, and lets one try at once. */
export function ConnectionBar(): ReactElement | null {
  const t = useText()
  const { state, poke, isBroken } = useConnection()
  if (state === 'live' || !isBroken) return null
  return (
    <div className="ct-bar ct-bar-warn" role="alert" data-testid="stream-broken">
      <Icon name="offline" size={16} />
      {t('live.broken', { seconds: POLL_MS / 1000 })}
      <Button size="small" onClick={poke}>
        {t('live.reconnect')}
      </Button>
    </div>
  )
}
