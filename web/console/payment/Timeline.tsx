import type { ReactElement } from 'react'
import { formatTime } from '../../ui/i18n.tsx'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { stateLook } from '../../ui/state.tsx'
import type { PaymentState, PaymentView, TimelineEntry } from '../../ui/types.ts'
import { useZone } from '../session.tsx'
import { useText, useWord } from '../text.ts'

const icons: Record<string, IconName> = {
  scan: 'scan',
  parse: 'code',
  classify: 'code',
  verify: 'lock',
  route: 'gauge',
  open: 'plus',
  debit: 'card',
  book: 'bill',
  confirm: 'user',
  notice: 'bell',
  reverse: 'undo',
}

/** The steps of a payment as they happened, each with its time and how long after the first. */
export function Timeline({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const entries = payment.timeline ?? []
  const first = entries[0]
  return (
    <section className="ct-part">
      <h3>{t('detail.steps')}</h3>
      {!first && <p className="ct-muted">{t('detail.steps_none')}</p>}
      <ol className="ct-steps" data-testid="timeline">
        {entries.map((entry, place) => (
          <Step key={`${entry.at} ${place}`} entry={entry} since={first?.at ?? entry.at} />
        ))}
      </ol>
    </section>
  )
}

function Step({ entry, since }: { entry: TimelineEntry; since: string }): ReactElement {
  const t = useText()
  const word = useWord()
  const zone = useZone()
  const milliseconds = Date.parse(entry.at) - Date.parse(since)
  const changed = entry.to !== null && entry.to !== entry.from
  const state = changed ? stateLook(entry.to as PaymentState) : null
  const title = entry.step ? word('detail.step.', entry.step) : state ? word('', state.word) : '–'
  const stateWord = changed ? word('state.', entry.to) : ''
  return (
    <li className={state ? `ot-tone-${state.tone}` : ''} data-step={entry.step ?? entry.to}>
      <span className="ct-step-dot">
        <Icon name={icons[entry.step ?? ''] ?? state?.icon ?? 'check'} size={14} />
      </span>
      <div>
        <strong>{title}</strong>
        {entry.step && changed && (
          <span className="ct-became">{t('detail.became', { state: stateWord })}</span>
        )}
        <p>
          <span className="ct-muted">{actorWord(entry.actor, word)}</span> <Detail of={entry.detail} />
        </p>
      </div>
      <time dateTime={entry.at} title={entry.at}>
        {formatTime(entry.at, zone)}
        <small>{milliseconds > 0 ? `+${milliseconds.toLocaleString('en')} ms` : ''}</small>
      </time>
    </li>
  )
}

/** `terminal:trm_…` and `terminal` are both the terminal. */
function actorWord(actor: string, word: ReturnType<typeof useWord>): string {
  return word('actor.', actor.split(':')[0] ?? actor)
}

function Detail({ of }: { of: unknown }): ReactElement | null {
  const word = useWord()
  if (of === null || of === undefined || of === '') return null
  if (typeof of !== 'string') return <code>{JSON.stringify(of)}</code>
  const asDecline = word('decline.', of)
  const asNext = word('detail.reason_', of)
  return <span>{asDecline === of ? asNext : asDecline}</span>
}
