import { useEffect, useId, useRef, useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useWords } from '../text.ts'

const pinLength = 6
const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const

type PinPadProps = {
  label: string
  /** Called once with each complete PIN; the pad is empty again afterwards. */
  onPin: (pin: string) => void
  isBusy?: boolean
  problem?: string
}

/**
 * Six digits, by the keys on the screen or by any keyboard. Behind the dots is a real input, so that
 * screen readers and hardware keyboards find what they know.
 */
export function PinPad({ label, onPin, isBusy = false, problem }: PinPadProps): ReactElement {
  const t = useWords()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [pin, setPin] = useState('')
  useEffect(() => {
    if (!isBusy) input.current?.focus({ preventScroll: true })
  }, [isBusy, label])

  function take(typed: string): void {
    if (isBusy) return
    const next = typed.replace(/\D/g, '').slice(0, pinLength)
    if (next.length < pinLength) return setPin(next)
    setPin('')
    onPin(next)
  }

  return (
    <div className="pin">
      <label htmlFor={id} className="pin-label">
        {label}
      </label>
      <div className="pin-dots">
        <input
          ref={input}
          id={id}
          type="password"
          data-first-focus
          inputMode="none"
          autoComplete="off"
          maxLength={pinLength}
          value={pin}
          disabled={isBusy}
          aria-invalid={Boolean(problem)}
          aria-describedby={`${id}-note`}
          onChange={(event) => take(event.target.value)}
        />
        {Array.from({ length: pinLength }, (_, place) => (
          <span key={place} aria-hidden className={place < pin.length ? 'dot dot-full' : 'dot'} />
        ))}
      </div>
      <p id={`${id}-note`} className="pin-note" role="alert">
        {isBusy ? t('common.loading') : problem}
      </p>
      {/* A press on a key leaves the focus in the input, so that typing goes on. */}
      <div className="pin-keys" onMouseDown={(event) => event.preventDefault()}>
        {keys.map((key) => (
          <button key={key} type="button" disabled={isBusy} onClick={() => take(pin + key)}>
            {key}
          </button>
        ))}
        <span />
        <button type="button" disabled={isBusy} onClick={() => take(`${pin}0`)}>
          0
        </button>
        <button
          type="button"
          className="pin-back"
          disabled={isBusy || pin === ''}
          aria-label={t('pin.delete')}
          onClick={() => setPin(pin.slice(0, -1))}
        >
          <Icon name="backspace" size={24} />
        </button>
      </div>
    </div>
  )
}
