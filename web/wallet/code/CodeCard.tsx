import { useEffect, useState, type ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { useWords } from '../text.ts'
import { FullCode, type FullKind } from './FullCode.tsx'
import { Ring } from './Ring.tsx'
import { Barcode, QrCode } from '../../ui/symbols.tsx'
import type { PaymentCode } from './use-payment-code.ts'

/** 18 digits as 4-4-4-6, only the last four in clear unless asked for. */
export function groupDigits(digits: string, isShown: boolean): string {
  const text = isShown ? digits : '•'.repeat(digits.length - 4) + digits.slice(-4)
  const cuts = [0, 4, 8, 12]
  return cuts.map((cut, place) => text.slice(cut, cuts[place + 1] ?? text.length)).join(' ')
}

function useQrModule(): number {
  const [isRoomy] = useState(() => innerHeight >= 760 && innerWidth >= 360)
  return isRoomy ? 9 : 8
}

/** The white card with the code on it, or with the reason why there is none. */
export function CodeCard({ code }: { code: PaymentCode }): ReactElement {
  const t = useWords()
  const { state, secondsLeft, refresh } = code
  const shown = state.kind === 'live' ? state.code : null
  return (
    <section className="card" aria-label={t('code.title')}>
      <header className="card-head">
        <span className="card-title">
          <Icon name="shop" size={18} />
          {t('code.show_to_cashier')}
        </span>
        {shown && <Ring secondsLeft={secondsLeft} lifeSeconds={shown.life_seconds} />}
        <button
          type="button"
          className="card-refresh"
          aria-label={t('code.refresh')}
          onClick={() => refresh()}
        >
          <Icon name="refresh" />
        </button>
      </header>
      {shown ? <Symbols digits={shown.code} /> : <NoCode code={code} />}
    </section>
  )
}

/** The digits as a barcode, in figures and as a QR code; pressed, they fill the screen. */
export function Symbols({ digits }: { digits: string }): ReactElement {
  const t = useWords()
  const qrModule = useQrModule()
  const [isShown, setShown] = useState(false)
  const [full, setFull] = useState<FullKind | null>(null)
  useEffect(() => {
    const hide = (): void => setShown(false)
    document.addEventListener('visibilitychange', hide)
    return () => document.removeEventListener('visibilitychange', hide)
  }, [])
  return (
    <div className="symbols">
      <button type="button" className="symbol-button" onClick={() => setFull('bar')}>
        <Barcode digits={digits} module={2} height={80} label={t('code.barcode')} />
        <span className="ot-hidden">{t('code.enlarge')}</span>
      </button>
      <p className="digits">
        <span aria-hidden={!isShown}>{groupDigits(digits, isShown)}</span>
        <button type="button" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? t('code.hide_digits') : t('code.show_digits')}
        </button>
      </p>
      <button type="button" className="symbol-button" onClick={() => setFull('qr')}>
        <QrCode text={digits} module={qrModule} label={t('code.qr')} />
        <span className="ot-hidden">{t('code.enlarge')}</span>
      </button>
      {full && <FullCode kind={full} digits={digits} onClose={() => setFull(null)} />}
    </div>
  )
}

function NoCode({ code: { state, refresh } }: { code: PaymentCode }): ReactElement {
  const t = useWords()
  if (state.kind !== 'none') {
    return (
      <div className="no-code" role="status">
        <Icon name="spinner" size={32} />
        <p>{t('code.making')}</p>
      </div>
    )
  }
  const { problem } = state
  const isFrozen = problem.code === 'PAYER_FROZEN'
  return (
    <div className="no-code" role="alert">
      <Icon name={isFrozen ? 'lock' : problem.isUnanswered ? 'offline' : 'warning'} size={40} />
      <h2>
        {isFrozen
          ? t('code.frozen')
          : problem.isUnanswered
            ? t('code.offline')
            : t('code.not_made')}
      </h2>
      <p>
        {isFrozen
          ? t('code.frozen_why')
          : problem.isUnanswered
            ? t('code.offline_why')
            : problemText(problem)}
      </p>
      <button type="button" className="button" onClick={() => refresh()}>
        {t('action.retry')}
      </button>
    </div>
  )
}
