import type { ReactElement } from 'react'
import { formatTime } from '../../ui/i18n.tsx'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { stateLook } from '../../ui/state.tsx'
import type { PaymentView } from '../../ui/types.ts'
import { isOperator, usePrincipal, useZone } from '../session.tsx'
import { useText, useWord } from '../text.ts'
import { stepsOf, type Step } from './steps.ts'

const icons: Record<string, IconName> = {
  scan: 'scan',
  parse: 'code',
  classify: 'code',
  verify: 'lock',
  route: 'gauge',
  open: 'plus',
  debit: 'card',
  book: 'bill',
  wait: 'clock',
  confirm: 'user',
  decline: 'cross',
  expire: 'clock',
  notice: 'bell',
  reverse: 'undo',
  charge: 'card',
  answer: 'bell',
  marked: 'user',
}

/** The steps of a payment as they happened, each with its time and how long after the first. */
export function Timeline({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const steps = stepsOf(payment)
  const first = steps[0]
  return (
    <section className="ct-part">
      <h3>{t('detail.steps')}</h3>
      {!first && <p className="ct-muted">{t('detail.steps_none')}</p>}
      <ol className="ct-steps" data-testid="timeline">
        {steps.map((step, place) => (
          <StepRow key={`${step.name} ${place}`} step={step} since={first?.at ?? step.at} />
        ))}
      </ol>
    </section>
  )
}

function StepRow({ step, since }: { step: Step; since: string }): ReactElement {
  const t = useText()
  const word = useWord()
  const zone = useZone()
  const milliseconds = Date.parse(step.at) - Date.parse(since)
  const look = step.state && stateLook(step.state)
  return (
    <li className={look ? `ot-tone-${look.tone}` : ''} data-step={step.name}>
      <span className="ct-step-dot">
        <Icon name={icons[step.name] ?? look?.icon ?? 'check'} size={14} />
      </span>
      <div>
        <strong>{word('detail.step.', step.name)}</strong>
        {step.state && (
          <span className="ct-became">
            {t('detail.became', { state: word('state.', step.state) })}
          </span>
        )}
        <p>
          <Actor of={step.actor} /> <Detail of={step.detail} />
        </p>
      </div>
      <time dateTime={step.at} title={step.at}>
        {formatTime(step.at, zone)}
        <small>{milliseconds > 0 ? duration(milliseconds) : ''}</small>
      </time>
    </li>
  )
}

function duration(milliseconds: number): string {
  if (milliseconds < 10_000) return `+${milliseconds} ms`
  return `+${Math.round(milliseconds / 1000).toLocaleString('en')} s`
}

/** `terminal:trm_…` and `terminal` are both the terminal; a name is left as it is. */
function Actor({ of }: { of: string | null }): ReactElement | null {
  const word = useWord()
  if (!of) return null
  return <span className="ct-muted">{word('actor.', of.split(':')[0] ?? of)}</span>
}

function Detail({ of }: { of: unknown }): ReactElement | null {
  const t = useText()
  const word = useWord()
  const operator = isOperator(usePrincipal())
  if (of === null || of === undefined || of === '') return null
  if (Array.isArray(of)) return <span>{of.map((key) => word('', String(key))).join(' · ')}</span>
  if (typeof of === 'object' && 'parts' in of) {
    // A merchant sees its own parts only, so their number would mean nothing.
    return operator ? <span>{t('detail.parts', { count: Number(of.parts) })}</span> : null
  }
  if (typeof of !== 'string') return <code>{JSON.stringify(of)}</code>
  const asDecline = word('decline.', of)
  return <span>{asDecline === of ? word('detail.reason_', of) : asDecline}</span>
}
