import { Input, type InputRef } from 'antd'
import { lazy, Suspense, useEffect, useRef, useState, type ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { Amount } from './Amount.tsx'
import { totalMinor } from './cart.ts'
import { useKeys } from './keys.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { confirmWaiting, forgetWaiting, takeScan, takeTyped } from './scans.ts'
import { useStore } from './store.ts'
import { hush, show, till } from './till.ts'

// The reader is a megabyte that a shop with a scanner never needs.
const Camera = lazy(async () => ({ default: (await import('./Camera.tsx')).Camera }))

type Way = 'scanner' | 'camera' | 'manual'

/** The amount, as large as the screen allows, and the one thing to do: scan the customer's code. */
export function Collect(): ReactElement {
  const t = useT()
  const { cart, currency, confirming, isHelpOpen } = useStore(till, (state) => state)
  const [way, setWay] = useState<Way>('scanner')
  const back = (): void => {
    if (way !== 'scanner') return setWay('scanner')
    forgetWaiting()
    show('sell')
  }
  const toggle = (next: Way) => (): void => {
    hush()
    setWay(way === next ? 'scanner' : next)
  }
  useKeys(
    {
      Escape: confirming ? forgetWaiting : back,
      F2: toggle('manual'),
      F3: toggle('camera'),
      F1: () => till.set({ isHelpOpen: true }),
      '?': () => till.set({ isHelpOpen: true }),
      Enter: confirmWaiting,
      // Everything that would begin something else stands still here.
      F7: () => undefined,
      F9: () => undefined,
      'Ctrl+p': () => undefined,
    },
    !isHelpOpen,
  )
  return (
    <div
      className="till-screen till-collect"
      data-testid="till-collect-screen"
      data-screen="collect"
    >
      <main>
        <p className="till-collect-label">{t('collect.label')}</p>
        <Amount className="till-huge" minor={totalMinor(cart.lines)} currency={currency} />
        <div className="till-collect-way">
          {confirming ? (
            <Confirm masked={confirming.masked} />
          ) : (
            <WayPanel way={way} onEnd={() => setWay('scanner')} />
          )}
        </div>
      </main>
      <NoteStrip />
      <footer className="till-actions">
        <Action label={t('action.back')} keys="Esc" onClick={back} icon="back" />
        <Action
          label={t('collect.manual')}
          keys="F2"
          onClick={toggle('manual')}
          icon="code"
          isOn={way === 'manual'}
        />
        <Action
          label={t('collect.camera')}
          keys="F3"
          onClick={toggle('camera')}
          icon="qr"
          isOn={way === 'camera'}
        />
      </footer>
    </div>
  )
}

function WayPanel({ way, onEnd }: { way: Way; onEnd: () => void }): ReactElement {
  const t = useT()
  if (way === 'manual') return <ManualEntry onEnd={onEnd} />
  if (way === 'scanner') {
    return (
      <p className="till-prompt" data-testid="collect-prompt" role="status">
        <Icon name="scan" size={72} />
        <strong>{t('collect.prompt')}</strong>
        <span>{t('collect.prompt_hint')}</span>
      </p>
    )
  }
  return (
    <Suspense fallback={<p className="till-prompt">{t('common.loading')}</p>}>
      <Camera onText={(text) => void takeScan(text)} />
    </Suspense>
  )
}

function Confirm({ masked }: { masked: string }): ReactElement {
  const t = useT()
  return (
    <div className="till-prompt till-confirm" role="alertdialog" data-testid="collect-confirm">
      <strong>{t('collect.confirm', { masked })}</strong>
      <span>{t('collect.confirm_hint')}</span>
      <div className="till-choices">
        <button type="button" className="till-pay" onClick={confirmWaiting}>
          {t('collect.charge')} <kbd>Enter</kbd>
        </button>
        <button type="button" className="till-quiet" onClick={forgetWaiting}>
          {t('action.cancel')} <kbd>Esc</kbd>
        </button>
      </div>
    </div>
  )
}

function ManualEntry({ onEnd }: { onEnd: () => void }): ReactElement {
  const t = useT()
  const [text, setText] = useState('')
  const field = useRef<InputRef>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <form
      className="till-prompt"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() === '') return
        onEnd()
        takeTyped(text)
      }}
    >
      <label htmlFor="manual-code">{t('collect.manual_hint')}</label>
      <Input
        ref={field}
        id="manual-code"
        className="till-code-input"
        size="large"
        inputMode="numeric"
        autoComplete="off"
        spellCheck={false}
        maxLength={64}
        data-testid="manual-code"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="till-quiet">
        {t('collect.charge')} <kbd>Enter</kbd>
      </button>
    </form>
  )
}

type ActionProps = {
  label: string
  keys: string
  onClick: () => void
  icon: 'back' | 'code' | 'qr' | 'print' | 'undo' | 'refresh' | 'scan' | 'check'
  isOn?: boolean
  /** The one that Enter presses. */
  isPrimary?: boolean
  testId?: string
}

/** A large button with its key; a press does not leave the focus on it. */
export function Action(props: ActionProps): ReactElement {
  const { label, keys, onClick, icon, isOn, isPrimary, testId } = props
  return (
    <button
      type="button"
      className={`till-action ${isPrimary ? 'till-action-primary' : ''}`}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onClick}
      {...(isOn === undefined ? {} : { 'aria-pressed': isOn })}
      {...(testId ? { 'data-testid': testId } : {})}
    >
      <Icon name={icon} size={20} />
      {label}
      <kbd>{keys}</kbd>
    </button>
  )
}
