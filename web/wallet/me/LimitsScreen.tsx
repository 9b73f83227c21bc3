import { useState, type FormEvent, type ReactElement } from 'react'
import { moneyText } from '../../ui/money.tsx'
import type { Mandate } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { Field } from '../parts/Field.tsx'
import { Page } from '../parts/Page.tsx'
import { PinPad } from '../parts/PinPad.tsx'
import { Sheet } from '../parts/Sheet.tsx'
import { Failed, Skeleton } from '../parts/states.tsx'
import { pinProblem } from '../pay/pin-problem.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { useLoad } from '../use-load.ts'
import { amountText, readAmount } from './amount-text.ts'

const limitNames = ['per_payment', 'per_day', 'per_month', 'no_pin'] as const
type LimitName = (typeof limitNames)[number]
type Typed = Record<LimitName, string>
type Limits = Record<LimitName, number>

/** What one code may take at most, for one payment, a day and a month, and what needs no PIN. */
export function LimitsScreen(): ReactElement {
  const t = useWords()
  const { version } = useLive()
  const mandate = useLoad(() => api.get<Mandate>('/v1/mandates/current'), version)
  const [isSaved, setSaved] = useState(false)
  function onSaved(): void {
    setSaved(true)
    mandate.reload()
  }
  return (
    <Page title={t('limits.title')} back="me">
      {!mandate.value && mandate.problem && (
        <Failed problem={mandate.problem} onRetry={mandate.reload} />
      )}
      {!mandate.value && !mandate.problem && <Skeleton rows={5} />}
      {mandate.value && (
        <>
          <Used mandate={mandate.value} />
          <LimitsForm
            key={limitNames.map((name) => mandate.value![name]).join()}
            mandate={mandate.value}
            isSaved={isSaved}
            onChange={() => setSaved(false)}
            onSaved={onSaved}
          />
        </>
      )}
    </Page>
  )
}

function Used({ mandate }: { mandate: Mandate }): ReactElement {
  const t = useWords()
  const bars = [
    { name: t('limits.today'), used: mandate.used_today, limit: mandate.per_day },
    { name: t('limits.this_month'), used: mandate.used_this_month, limit: mandate.per_month },
  ]
  return (
    <section className="panel">
      {bars.map(({ name, used, limit }) => (
        <div key={name} className="used">
          <p>
            <span>{name}</span>
            <span>
              <strong>{moneyText(used, mandate.currency)}</strong>
              {` / ${moneyText(limit, mandate.currency)}`}
            </span>
          </p>
          <progress value={Math.min(used, limit)} max={Math.max(limit, 1)} aria-label={name} />
        </div>
      ))}
    </section>
  )
}

type LimitsFormProps = {
  mandate: Mandate
  isSaved: boolean
  onChange: () => void
  onSaved: () => void
}

function LimitsForm({ mandate, isSaved, onChange, onSaved }: LimitsFormProps): ReactElement {
  const t = useWords()
  const before = eachLimit((name) => amountText(mandate[name], mandate.currency))
  const [typed, setTyped] = useState<Typed>(before)
  const [limits, setLimits] = useState<Limits | null>(null)
  const read = eachLimit((name) => readAmount(typed[name], mandate.currency))
  const isChanged = limitNames.some((name) => typed[name] !== before[name])
  const isRight = limitNames.every((name) => read[name] !== null)

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    if (isRight && isChanged) setLimits(read as Limits)
  }

  return (
    <>
      <form className="panel" onSubmit={onSubmit}>
        <h2>{t('limits.change')}</h2>
        {limitNames.map((name) => (
          <Field
            key={name}
            label={t(`limits.${name}`)}
            before="¥"
            inputMode="decimal"
            autoComplete="off"
            value={typed[name]}
            {...(name === 'no_pin' ? { hint: t('limits.no_pin_hint') } : {})}
            {...(read[name] === null ? { problem: t('limits.not_amount') } : {})}
            onChange={(event) => {
              onChange()
              setTyped({ ...typed, [name]: event.target.value })
            }}
          />
        ))}
        <button type="submit" className="button button-main" disabled={!isChanged || !isRight}>
          {t('action.save')}
        </button>
        {isSaved && (
          <p className="saved" role="status">
            {t('limits.saved')}
          </p>
        )}
      </form>
      {limits && (
        <PinSheet
          limits={limits}
          onClose={() => setLimits(null)}
          onSaved={() => {
            setLimits(null)
            onSaved()
          }}
        />
      )}
    </>
  )
}

type PinSheetProps = { limits: Limits; onClose: () => void; onSaved: () => void }

function PinSheet({ limits, onClose, onSaved }: PinSheetProps): ReactElement {
  const t = useWords()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  async function onPin(pin: string): Promise<void> {
    setBusy(true)
    setProblem('')
    try {
      await api.patch('/v1/mandates/current', { ...limits, pin })
      onSaved()
    } catch (thrown) {
      setProblem(pinProblem(thrown))
      setBusy(false)
    }
  }
  return (
    <Sheet title={t('limits.needs_pin')} onClose={onClose}>
      <PinPad
        label={t('pin.label')}
        isBusy={isBusy}
        problem={problem}
        onPin={(pin) => void onPin(pin)}
      />
    </Sheet>
  )
}

function eachLimit<T>(make: (name: LimitName) => T): Record<LimitName, T> {
  return Object.fromEntries(limitNames.map((name) => [name, make(name)])) as Record<LimitName, T>
}
