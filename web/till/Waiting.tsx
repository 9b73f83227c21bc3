import { useEffect, useState, type ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { SchemeMark, schemeText } from '../ui/scheme.tsx'
import { Action } from './Action.tsx'
import { Amount } from './Amount.tsx'
import { Ask } from './Ask.tsx'
import type { Attempt } from './attempt.ts'
import { AskPlace } from './AskPlace.tsx'
import { AskAside } from './AskAside.tsx'
import { askNow, reverseAttempt } from './charge.ts'
import { configurationStore, mayReversePayment } from './configuration.ts'
import { useKeys } from './keys.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { Discount } from './PaymentWords.tsx'
import { mayReverse, phaseLooks, phaseOf, type Phase } from './phase.ts'
import { mayPutAside } from './put-aside.ts'
import { api } from './server.ts'
import { ShownCode } from './ShownCode.tsx'
import { useStore } from './store.ts'
import { say, till } from './till.ts'

/** An attempt is open: who must act, for how long already, and the way to undo it. Nothing else. */
export function Waiting({ attempt }: { attempt: Attempt }): ReactElement {
  const t = useT()
  const phase = phaseOf(attempt)
  const isPermitted = useStore(configurationStore, mayReversePayment)
  const may = mayReverse(phase) && isPermitted
  const mayAside = mayPutAside(attempt, useNowMs(1_000))
  const { asking, ask, reverse } = useQuestions({ may, mayAside, enabled: phase !== 'place' })
  const look = phaseLooks[phase]
  const isQr = attempt.way === 'qr'
  return (
    <div
      className={`till-screen till-waiting ot-tone-${look.tone}`}
      data-testid="till-waiting"
      data-screen="waiting"
      data-way={attempt.way}
      data-asking={asking ?? ''}
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
            {asking === 'aside' && <AskAside onEnd={() => ask(null)} />}
            {asking === 'reverse' && (
              <Ask
                question={t(isQr ? 'waiting.ask_qr' : 'waiting.ask')}
                hint={t('waiting.ask_hint')}
                yes={t('waiting.yes')}
                no={t('waiting.no')}
                onYes={reverse}
                onNo={() => ask(null)}
                testId="ask-reverse"
              />
            )}
          </div>
        </div>
      </main>
      <NoteStrip />
      <Actions isQr={isQr} may={may} mayAside={mayAside} isPlace={phase === 'place'} ask={ask} />
    </div>
  )
}

type ActionsProps = {
  isQr: boolean
  may: boolean
  mayAside: boolean
  isPlace: boolean
  ask: (question: Question) => void
}

function Actions({ isQr, may, mayAside, isPlace, ask }: ActionsProps): ReactElement {
  const t = useT()
  return (
    <footer className="till-actions">
      <Action
        label={t(isQr ? 'waiting.cancel_qr' : 'waiting.reverse')}
        keys="Esc"
        icon="undo"
        isDisabled={!may}
        onClick={() => ask('reverse')}
        testId="till-reverse"
      />
      <Action
        label={t('waiting.put_aside')}
        keys="F6"
        icon="clock"
        isDisabled={!mayAside}
        onClick={() => ask('aside')}
        testId="till-put-aside"
      />
      <Action
        label={t('waiting.ask_now')}
        keys="F3"
        icon="refresh"
        isDisabled={isPlace}
        onClick={askNow}
        testId="till-ask-now"
      />
    </footer>
  )
}

type Question = 'reverse' | 'aside'
type QuestionOptions = { may: boolean; mayAside: boolean; enabled: boolean }

/** Which of the two questions stands on the screen, and its keys; one that came to an end is gone. */
function useQuestions({ may, mayAside, enabled }: QuestionOptions) {
  const [asked, setAsked] = useState<Question | null>(null)
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  const isOpen = (asked === 'reverse' && may) || (asked === 'aside' && mayAside)
  const asking = isOpen ? asked : null
  const ask = (next: Question | null): void => {
    if (next === 'reverse' && !mayReversePayment()) {
      return say({ tone: 'bad', key: 'waiting.may_not_reverse' })
    }
    if (next === 'reverse' && !may) return
    if (next === 'aside' && !mayAside) return
    setAsked(next)
  }
  const reverse = (): void => {
    setAsked(null)
    reverseAttempt()
  }
  useKeys(
    {
      Escape: () => ask(asking ? null : 'reverse'),
      Enter: () => asking === 'reverse' && reverse(),
      F6: () => ask('aside'),
      F3: () => askNow(),
      F1: () => till.set({ isHelpOpen: true }),
      'Ctrl+p': () => undefined,
    },
    enabled && !isHelpOpen,
  )
  return { asking, ask, reverse }
}

/** The time, told again every so often, in ms since 1970. */
function useNowMs(everyMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return nowMs
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

/** How long it lasts already, how long it may last, and once that is long what may be done. */
function Seconds({ attempt, phase, asked }: SecondsProps): ReactElement {
  const t = useT()
  const nowMs = useNowMs(250)
  const elapsedMs = Math.max(0, nowMs - attempt.startedAtMs)
  const expiresAt = attempt.payment?.confirm_expires_at
  const offsetMs = api.serverNow() - Date.now()
  const left = expiresAt ? Math.ceil((Date.parse(expiresAt) - nowMs - offsetMs) / 1_000) : null
  const advice = phase === 'reversing' ? 'waiting.long_reversing' : 'waiting.long'
  const mayAdvise = mayPutAside(attempt, nowMs)
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
        {mayAdvise && t(advice)}
      </p>
    </>
  )
}
