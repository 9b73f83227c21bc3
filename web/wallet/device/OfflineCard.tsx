import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { moneyText } from '../../ui/money.tsx'
import { CodeCard, Symbols } from '../code/CodeCard.tsx'
import { Ring } from '../code/Ring.tsx'
import type { PaymentCode } from '../code/use-payment-code.ts'
import { PinPad } from '../parts/PinPad.tsx'
import { useWords } from '../text.ts'
import { useThisDevice } from './this-device.ts'
import { useOfflineCode, type OfflineCode } from './use-offline-code.ts'
import { LeftBadge } from './LeftBadge.tsx'

const slotSeconds = 60

const whyGone = {
  damaged: 'offline.gone_damaged',
  wrong_pins: 'offline.gone_wrong_pins',
  frozen: 'offline.gone_frozen',
} as const

/** The white card while the server cannot be reached: a code from this device, after the PIN. */
export function OfflineCard({ code }: { code: PaymentCode }): ReactElement {
  const t = useWords()
  const offline = useOfflineCode()
  const { state, secondsLeft, next } = offline
  // A device that was never set up says what it always said.
  if (state.kind === 'none') return <CodeCard code={code} />
  return (
    <section className="card" aria-label={t('offline.code')}>
      <header className="card-head">
        <span className="card-title">
          <Icon name="offline" size={18} />
          {t('offline.title')}
        </span>
        {state.kind === 'live' && <Ring secondsLeft={secondsLeft} lifeSeconds={slotSeconds} />}
        <button
          type="button"
          className="card-refresh"
          aria-label={state.kind === 'live' ? t('offline.next') : t('action.retry')}
          onClick={state.kind === 'live' ? next : () => code.refresh()}
        >
          <Icon name="refresh" />
        </button>
      </header>
      <Face offline={offline} />
    </section>
  )
}

function Face({ offline }: { offline: OfflineCode }): ReactElement {
  const t = useWords()
  const { state } = offline
  if (state.kind === 'live') return <Live digits={state.code.digits} />
  if (state.kind === 'locked' || state.kind === 'opening') return <Locked offline={offline} />
  if (state.kind === 'empty') {
    return (
      <div className="no-code" role="alert">
        <Icon name="offline" size={40} />
        <h2>{t('offline.empty')}</h2>
        <p>{t('offline.empty_why')}</p>
      </div>
    )
  }
  if (state.kind === 'gone') {
    return (
      <div className="no-code" role="alert">
        <Icon name="lock" size={40} />
        <h2>{state.why === 'frozen' ? t('devices.is_frozen') : t('offline.gone')}</h2>
        <p>{t(whyGone[state.why])}</p>
      </div>
    )
  }
  return (
    <div className="no-code" role="status">
      <Icon name="spinner" size={32} />
    </div>
  )
}

/** The PIN, or what stands for it; whichever fails, the other still opens. */
function Locked({ offline }: { offline: OfflineCode }): ReactElement {
  const t = useWords()
  const { state, unlock, unlockByPasskey } = offline
  const locked = state.kind === 'locked' ? state : null
  const { triesLeft = null, passkey = null, isRefused = false } = locked ?? {}
  const wrong = triesLeft === null ? '' : t('offline.pin_wrong', { count: triesLeft })
  return (
    <div className="offline-lock">
      <PinPad
        label={t('offline.unlock')}
        isBusy={locked === null}
        problem={isRefused ? t('passkey.refused') : wrong}
        onPin={unlock}
      />
      {triesLeft !== null && <p className="small">{t('offline.old_pin')}</p>}
      {passkey && (
        <button
          type="button"
          className="button button-quiet"
          onClick={() => unlockByPasskey(passkey)}
        >
          <Icon name="lock" />
          {t('passkey.unlock')}
        </button>
      )}
      <LeftBadge />
    </div>
  )
}

function Live({ digits }: { digits: string }): ReactElement {
  const t = useWords()
  const { summary } = useThisDevice()
  const limit = summary?.kind === 'kept' ? summary.dayLimit : null
  return (
    <>
      <Symbols digits={digits} />
      <div className="offline-foot">
        <LeftBadge />
        {limit !== null && (
          <p className="small">
            {t('offline.limit', { amount: moneyText(limit.minor, limit.currency) })}
          </p>
        )}
        <p className="small">{t('offline.advice')}</p>
      </div>
    </>
  )
}
