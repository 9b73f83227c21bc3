import { useEffect, useState, type ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { Amount } from './Amount.tsx'
import type { Attempt } from './attempt.ts'
import { askNow, reverseAttempt } from './charge.ts'
import { Action } from './Collect.tsx'
import { useKeys } from './keys.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { api } from './server.ts'
import { useStore } from './store.ts'
import { till } from './till.ts'

type Phase = 'submitting' | 'unknown' | 'payer' | 'processing' | 'reversing'

// One tone, icon and sentence per phase, so that a new phase is a type error here.
const looks: Record<Phase, { tone: string; icon: 'spinner' | 'clock' | 'undo' }> = {
  submitting: { tone: 'processing', icon: 'spinner' },
  processing: { tone: 'processing', icon: 'spinner' },
  payer: { tone: 'waiting', icon: 'clock' },
  unknown: { tone: 'waiting', icon: 'spinner' },
  reversing: { tone: 'neutral', icon: 'undo' },
}

/** An attempt is open: who must act, for how long already, and the way to undo it. Nothing else. */
export function Waiting({ attempt }: { attempt: Attempt }): ReactElement {
  const t = useT()
  const [isAsking, setIsAsking] = useState(false)
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  const phase = phaseOf(attempt)
  const mayReverse = phase !== 'reversing'
  const reverse = (): void => {
    setIsAsking(false)
    reverseAttempt()
  }
  useKeys(
    {
      Escape: () => setIsAsking(mayReverse && !isAsking),
      Enter: () => isAsking && reverse(),
      F3: () => askNow(),
      F1: () => till.set({ isHelpOpen: true }),
      'Ctrl+p': () => undefined,
    },
    !isHelpOpen,
  )
  const look = looks[phase]
  return (
    <div
      className={`till-screen till-waiting ot-tone-${look.tone}`}
      data-testid="till-waiting"
      data-screen="waiting"
    >
      <main>
        <Icon name={look.icon} size={72} />
        <h1 role="status" data-testid="till-state" data-phase={phase}>
          {t(`waiting.${phase}`)}
        </h1>
        <Amount
          className="till-huge"
          minor={BigInt(attempt.amountMinor)}
          currency={attempt.currency}
        />
        <p className="till-waiting-who">{t(`waiting.${phase}_who`)}</p>
        <Seconds attempt={attempt} />
        <p className="till-waiting-order">
          <span className="ot-mono">{attempt.orderNo}</span>
          <span className="ot-mono">{attempt.masked}</span>
        </p>
        <div className="till-ask" aria-live="assertive">
          {isAsking && <AskReverse onYes={reverse} onNo={() => setIsAsking(false)} />}
        </div>
      </main>
      <NoteStrip />
      <footer className="till-actions">
        <Action
          label={t('waiting.reverse')}
          keys="Esc"
          icon="undo"
          onClick={() => setIsAsking(mayReverse)}
          testId="till-reverse"
        />
        <Action label={t('waiting.ask_now')} keys="F3" icon="refresh" onClick={askNow} />
      </footer>
    </div>
  )
}

function phaseOf({ payment, phase, wantsReverse }: Attempt): Phase {
  if (wantsReverse) return 'reversing'
  if (phase !== 'processing') return phase
  return payment?.next_action === 'payer_confirms' ? 'payer' : 'processing'
}

function Seconds({ attempt }: { attempt: Attempt }): ReactElement {
  const t = useT()
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  const elapsed = Math.max(0, Math.floor((nowMs - attempt.startedAtMs) / 1_000))
  const expiresAt = attempt.payment?.confirm_expires_at
  const offsetMs = api.serverNow() - Date.now()
  const left = expiresAt ? Math.ceil((Date.parse(expiresAt) - nowMs - offsetMs) / 1_000) : null
  return (
    <p className="till-seconds">
      <span data-testid="waiting-elapsed">{t('waiting.elapsed', { seconds: elapsed })}</span>
      {left !== null && <span>{t('waiting.left', { seconds: Math.max(0, left) })}</span>}
    </p>
  )
}

function AskReverse(props: { onYes: () => void; onNo: () => void }): ReactElement {
  const t = useT()
  return (
    <div className="till-ask-box" role="alertdialog" data-testid="ask-reverse">
      <strong>{t('waiting.ask')}</strong>
      <div className="till-choices">
        <button type="button" className="till-danger" onClick={props.onYes}>
          {t('waiting.yes')} <kbd>Enter</kbd>
        </button>
        <button type="button" className="till-quiet" onClick={props.onNo}>
          {t('waiting.no')} <kbd>Esc</kbd>
        </button>
      </div>
    </div>
  )
}
