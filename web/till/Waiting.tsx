import { useEffect, useState, type ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { SchemeMark, schemeText } from '../ui/scheme.tsx'
import { Action } from './Action.tsx'
import { Amount } from './Amount.tsx'
import { Ask } from './Ask.tsx'
import type { Attempt } from './attempt.ts'
import { AskPlace } from './AskPlace.tsx'
import { askNow, reverseAttempt } from './charge.ts'
import { useKeys } from './keys.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { Discount } from './PaymentWords.tsx'
import { mayReverse, phaseLooks, phaseOf, type Phase } from './phase.ts'
import { api } from './server.ts'
import { ShownCode } from './ShownCode.tsx'
import { useStore } from './store.ts'
import { till } from './till.ts'

/** An attempt is open: who must act, for how long already, and the way to undo it. Nothing else. */
export function Waiting({ attempt }: { attempt: Attempt }): ReactElement {
  const t = useT()
  const phase = phaseOf(attempt)
  const may = mayReverse(phase)
  const { isAsking, setIsAsking, reverse } = useReverse(may, phase !== 'place')
  const look = phaseLooks[phase]
  const isQr = attempt.way === 'qr'
  return (
    <div
      className={`till-screen till-waiting ot-tone-${look.tone}`}
      data-testid="till-waiting"
      data-screen="waiting"
      data-way={attempt.way}
    >
      <main>
        {isQr ? (
          <ShownCode text={phase === 'scans' ? attempt.qrText : null} icon={look.icon} />
        ) : (
          <Icon name={look.icon} size={72} />
        )}
        <div className="till-waiting-words">
          <Words attempt={attempt} phase={phase} />
          <div className="till-ask" aria-live="assertive">
            {phase === 'place' && <AskPlace position={attempt.position} />}
            {isAsking && (
              <Ask
                question={t(isQr ? 'waiting.ask_qr' : 'waiting.ask')}
                hint={t('waiting.ask_hint')}
                yes={t('waiting.yes')}
                no={t('waiting.no')}
                onYes={reverse}
                onNo={() => setIsAsking(false)}
                testId="ask-reverse"
              />
            )}
          </div>
        </div>
      </main>
      <NoteStrip />
      <footer className="till-actions">
        <Action
          label={t(isQr ? 'waiting.cancel_qr' : 'waiting.reverse')}
          keys="Esc"
          icon="undo"
          isDisabled={!may}
          onClick={() => setIsAsking(may)}
          testId="till-reverse"
        />
        <Action
          label={t('waiting.ask_now')}
          keys="F3"
          icon="refresh"
          isDisabled={phase === 'place'}
          onClick={askNow}
          testId="till-ask-now"
        />
      </footer>
    </div>
  )
}

function useReverse(may: boolean, enabled: boolean) {
  const [isAsking, setIsAsking] = useState(false)
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  const reverse = (): void => {
    setIsAsking(false)
    reverseAttempt()
  }
  useKeys(
    {
      Escape: () => setIsAsking(may && !isAsking),
      Enter: () => isAsking && may && reverse(),
      F3: () => askNow(),
      F1: () => till.set({ isHelpOpen: true }),
      'Ctrl+p': () => undefined,
    },
    enabled && !isHelpOpen,
  )
  return { isAsking: isAsking && may, setIsAsking, reverse }
}

function Words({ attempt, phase }: { attempt: Attempt; phase: Phase }): ReactElement {
  const t = useT()
  const { payment, amountMinor, currency, orderNo, masked } = attempt
  // The one who is asked: the road's scheme once the server has chosen it.
  const asked = askedOf(attempt)
  const name = asked ? schemeText(asked) : t('waiting.road')
  return (
    <>
      <h1 role="status" data-testid="till-state" data-phase={phase}>
        {t(`waiting.${phase}`, { scheme: name })}
      </h1>
      <Amount
        className="till-huge"
        minor={BigInt(payment?.charged ?? amountMinor)}
        currency={currency}
      />
      <p className="till-waiting-off">
        <Discount payment={payment} />
      </p>
      <p className="till-waiting-who" data-testid="waiting-who">
        {t(`waiting.${phase}_who`, { scheme: name })}
      </p>
      <Seconds attempt={attempt} phase={phase} asked={asked} />
      <p className="till-waiting-order">
        <span className="ot-mono">{orderNo}</span>
        <span className="ot-mono">{masked}</span>
      </p>
    </>
  )
}

function askedOf({ payment, scheme }: Attempt): string | null {
  if (!payment) return scheme
  const { road } = payment
  return road === null || road === 'book' ? payment.scheme : road
}

type SecondsProps = { attempt: Attempt; phase: Phase; asked: string | null }

// A channel that has not answered by then is likely down, and the cashier needs to know what to do.
const longMs = 30_000

/** How long it lasts already, how long it may last, and from half a minute on what may be done. */
function Seconds({ attempt, phase, asked }: SecondsProps): ReactElement {
  const t = useT()
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  const elapsedMs = Math.max(0, nowMs - attempt.startedAtMs)
  const expiresAt = attempt.payment?.confirm_expires_at
  const offsetMs = api.serverNow() - Date.now()
  const left = expiresAt ? Math.ceil((Date.parse(expiresAt) - nowMs - offsetMs) / 1_000) : null
  const isLong = elapsedMs >= longMs
  const advice = phase === 'reversing' ? 'waiting.long_reversing' : 'waiting.long'
  const mayAdvise = phase === 'reversing' || phase === 'query' || phase === 'unknown'
  return (
    <>
      <p className="till-seconds">
        {asked && <SchemeMark scheme={asked} size={18} />}
        <span data-testid="waiting-elapsed">
          {t('waiting.elapsed', { seconds: Math.floor(elapsedMs / 1_000) })}
        </span>
        {left !== null && (
          <span data-testid="waiting-left">
            {t('waiting.left', { seconds: Math.max(0, left) })}
          </span>
        )}
      </p>
      <p className="till-waiting-long" aria-live="polite" data-testid="waiting-advice">
        {isLong && mayAdvise && t(advice)}
      </p>
    </>
  )
}
