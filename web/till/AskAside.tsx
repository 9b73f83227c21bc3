import { Input, type InputRef } from 'antd'
import { useEffect, useRef, useState, type ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { putAside } from './aside.ts'

/** Before the next customer is served: what holds for this one, and whom to call when it ends. */
export function AskAside({ onEnd }: { onEnd: () => void }): ReactElement {
  const t = useT()
  const [note, setNote] = useState('')
  const field = useRef<InputRef>(null)
  const box = useRef<HTMLFormElement>(null)
  useEffect(() => {
    field.current?.focus()
    box.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <form
      ref={box}
      className="till-ask-box till-ask-aside"
      role="alertdialog"
      aria-label={t('aside.ask')}
      data-testid="ask-aside"
      onSubmit={(event) => {
        event.preventDefault()
        putAside(note)
      }}
    >
      <strong>{t('aside.ask')}</strong>
      <ul>
        <li>{t('aside.no_goods')}</li>
        <li>{t('aside.no_second')}</li>
      </ul>
      <label htmlFor="aside-note">{t('aside.note')}</label>
      <Input
        id="aside-note"
        ref={field}
        size="large"
        maxLength={40}
        autoComplete="off"
        placeholder={t('aside.note_hint')}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        data-testid="aside-note"
      />
      <div className="till-choices">
        <button type="submit" className="till-pay" data-testid="ask-aside-yes">
          {t('aside.yes')} <kbd>Enter</kbd>
        </button>
        <button type="button" className="till-action" onClick={onEnd}>
          {t('waiting.no')} <kbd>Esc</kbd>
        </button>
      </div>
    </form>
  )
}
