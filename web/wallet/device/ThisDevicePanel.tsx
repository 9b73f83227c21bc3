import { useState, type ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { moneyText } from '../../ui/money.tsx'
import { Field } from '../parts/Field.tsx'
import { PinPad } from '../parts/PinPad.tsx'
import { Sheet } from '../parts/Sheet.tsx'
import { Skeleton } from '../parts/states.tsx'
import { useWords } from '../text.ts'
import { enrol, fill, suggestedName } from './fill.ts'
import type { Summary } from './store.ts'
import { canKeepCodes, useThisDevice, type Filling } from './this-device.ts'
import { useAct } from './use-act.ts'
import { monthDay } from './words.ts'

type PanelProps = { onChanged: () => void }

/** This device: set it up, or how many codes it has. */
export function ThisDevicePanel({ onChanged }: PanelProps): ReactElement {
  const t = useWords()
  const { summary, filling } = useThisDevice()
  if (summary && canKeepCodes() && summary.kind !== 'kept') {
    return <SetUp isDamaged={summary.kind === 'damaged'} onChanged={onChanged} />
  }
  return (
    <section className="panel">
      <h2>{t('devices.this')}</h2>
      {!summary && <Skeleton rows={1} />}
      {summary && !canKeepCodes() && <p>{t('devices.cannot')}</p>}
      {summary?.kind === 'kept' && <Codes summary={summary} filling={filling} />}
    </section>
  )
}

function SetUp({ isDamaged, onChanged }: PanelProps & { isDamaged: boolean }): ReactElement {
  const t = useWords()
  const [name, setName] = useState(suggestedName)
  const [isAsking, setAsking] = useState(false)
  const { isBusy, problem, run } = useAct(onChanged)
  return (
    <>
      <section className="panel">
        <h2>{t('devices.this')}</h2>
        <p>{isDamaged ? t('offline.gone_damaged') : t('devices.why')}</p>
        <Field
          label={t('devices.name')}
          hint={t('devices.name_hint')}
          maxLength={40}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <button
          type="button"
          className="button button-main"
          disabled={name.trim() === ''}
          onClick={() => setAsking(true)}
        >
          {isDamaged ? t('devices.enrol_again') : t('devices.enrol')}
        </button>
      </section>
      {isAsking && (
        <Sheet title={t('devices.enrol')} onClose={() => setAsking(false)}>
          <PinPad
            label={t('devices.enrol_pin')}
            isBusy={isBusy}
            problem={problem}
            onPin={(pin) => run(() => enrol(name.trim(), pin))}
          />
        </Sheet>
      )}
    </>
  )
}

type Kept = Extract<Summary, { kind: 'kept' }>
type CodesProps = { summary: Kept; filling: Filling | null }

function Codes({ summary, filling }: CodesProps): ReactElement {
  const t = useWords()
  const [problem, setProblem] = useState('')
  const { left, batchSize, expiresAtMs, dayLimit, name, isFrozen } = summary
  const words = filling ? t('offline.filling', filling) : t('offline.left', { left, of: batchSize })

  async function onFill(): Promise<void> {
    setProblem('')
    const stopped = await fill()
    if (stopped) setProblem(problemText(stopped))
  }

  return (
    <>
      <div className="used">
        <p>
          <span>{name}</span>
          {expiresAtMs !== null && (
            <span>{t('offline.until', { date: monthDay(expiresAtMs) })}</span>
          )}
        </p>
        <progress
          value={filling ? filling.done : left}
          max={filling ? filling.wanted : batchSize}
          aria-label={words}
        />
        <p role="status">
          <strong>{words}</strong>
        </p>
      </div>
      {isFrozen && (
        <p className="banner banner-failed">
          <Icon name="lock" />
          {t('devices.is_frozen')}
        </p>
      )}
      {dayLimit !== null && (
        <p className="small">
          {t('offline.limit', { amount: moneyText(dayLimit.minor, dayLimit.currency) })}
        </p>
      )}
      <p className="small">{t('devices.install')}</p>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <button
        type="button"
        className="button"
        disabled={filling !== null || left >= batchSize || isFrozen}
        onClick={() => void onFill()}
      >
        {left >= batchSize ? t('devices.full') : t('devices.fill')}
      </button>
    </>
  )
}
