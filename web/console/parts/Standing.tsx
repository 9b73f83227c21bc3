import type { ReactElement } from 'react'
import { Icon, type IconName } from '../../ui/icons.tsx'
import type { Tone } from '../../ui/state.tsx'
import { useWord } from '../text.ts'

// The states of things that stand for a while, in the tones of the payments' states.
const looks: Record<string, { tone: Tone; icon: IconName }> = {
  active: { tone: 'succeeded', icon: 'check' },
  new: { tone: 'waiting', icon: 'clock' },
  locked: { tone: 'failed', icon: 'lock' },
  frozen: { tone: 'failed', icon: 'lock' },
  closed: { tone: 'neutral', icon: 'cross' },
  current: { tone: 'succeeded', icon: 'check' },
  planned: { tone: 'waiting', icon: 'clock' },
  past: { tone: 'neutral', icon: 'undo' },
  healthy: { tone: 'succeeded', icon: 'check' },
  ill: { tone: 'failed', icon: 'warning' },
  probing: { tone: 'waiting', icon: 'refresh' },
  paused: { tone: 'waiting', icon: 'clock' },
  disabled: { tone: 'failed', icon: 'cross' },
  upcoming: { tone: 'waiting', icon: 'clock' },
  ended: { tone: 'neutral', icon: 'cross' },
  open: { tone: 'failed', icon: 'warning' },
  resolved: { tone: 'succeeded', icon: 'check' },
  pending: { tone: 'waiting', icon: 'clock' },
  second_approval: { tone: 'waiting', icon: 'user' },
  query: { tone: 'waiting', icon: 'spinner' },
  processing: { tone: 'processing', icon: 'spinner' },
  succeeded: { tone: 'succeeded', icon: 'check' },
  failed: { tone: 'failed', icon: 'cross' },
  draft: { tone: 'neutral', icon: 'clock' },
  published: { tone: 'succeeded', icon: 'check' },
  withdrawn: { tone: 'neutral', icon: 'undo' },
  answered: { tone: 'succeeded', icon: 'check' },
}

/** How a merchant, a terminal, a payer or a rule stands: colour, icon and word. */
export function Standing({ group, word }: { group: string; word: string }): ReactElement {
  const wordOf = useWord()
  const look = looks[word] ?? { tone: 'neutral', icon: 'clock' }
  return (
    <span className={`ot-tag ot-tone-${look.tone}`} data-state={word}>
      <Icon name={look.icon} size={14} />
      {wordOf(group, word)}
    </span>
  )
}
