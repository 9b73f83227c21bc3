import type { ReactElement } from 'react'
import { Icon, type IconName } from './icons.tsx'
import { useT } from './i18n.tsx'
import type { NextAction, PaymentState } from './types.ts'

export type ShownState = PaymentState | 'waiting' | 'scanning' | 'checking' | 'reversing'
export type Tone = 'processing' | 'waiting' | 'succeeded' | 'failed' | 'neutral'

type Look = { tone: Tone; icon: IconName; word: string }

// One colour, one icon, one word each (WCAG 1.4.1); a new state is a type error here.
const looks: Record<ShownState, Look> = {
  processing: { tone: 'processing', icon: 'spinner', word: 'state.processing' },
  waiting: { tone: 'waiting', icon: 'clock', word: 'state.waiting' },
  scanning: { tone: 'waiting', icon: 'qr', word: 'state.scanning' },
  checking: { tone: 'waiting', icon: 'spinner', word: 'state.checking' },
  reversing: { tone: 'neutral', icon: 'spinner', word: 'state.reversing' },
  succeeded: { tone: 'succeeded', icon: 'check', word: 'state.succeeded' },
  failed: { tone: 'failed', icon: 'cross', word: 'state.failed' },
  reversed: { tone: 'neutral', icon: 'undo', word: 'state.reversed' },
}

// Whom or what a payment waits for is a face of its own.
const waitsFor: Record<NonNullable<NextAction>, ShownState> = {
  payer_confirms: 'waiting',
  payer_scans: 'scanning',
  query: 'checking',
  reverse: 'reversing',
}

/** How a payment is shown: by its state, and while it is open by what it waits for. */
export function shownState(state: PaymentState, nextAction?: NextAction): ShownState {
  return state === 'processing' && nextAction ? waitsFor[nextAction] : state
}

/** Tone, icon and catalogue key of a shown state, for screens that draw it large. */
export function stateLook(state: PaymentState, nextAction?: NextAction): Look {
  return looks[shownState(state, nextAction)]
}

export type StateTagProps = { state: PaymentState; nextAction?: NextAction }

/** The state of a payment as colour, icon and word. */
export function StateTag({ state, nextAction = null }: StateTagProps): ReactElement {
  const t = useT()
  const look = stateLook(state, nextAction)
  return (
    <span className={`ot-tag ot-tone-${look.tone}`}>
      <Icon name={look.icon} size={14} />
      {t(look.word)}
    </span>
  )
}
