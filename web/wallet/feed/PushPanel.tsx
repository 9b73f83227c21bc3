import { useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useWords } from '../text.ts'
import { canBeWoken, isWoken, letSleep, wake, type Waking } from './push.ts'

/** Alerts while the wallet is closed; not there where the browser knows nothing of them. */
export function PushPanel(): ReactElement | null {
  const t = useWords()
  const [isOn, setOn] = useState(isWoken)
  const [isBusy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Waking>('done')
  if (!canBeWoken()) return null
  async function onPress(): Promise<void> {
    setBusy(true)
    if (isOn) await letSleep()
    setOutcome(isOn ? 'done' : await wake())
    setOn(isWoken())
    setBusy(false)
  }
  return (
    <section className="panel settings">
      <div>
        <Icon name="bell" />
        <span id="push-label">{t('push.title')}</span>
        <button
          type="button"
          role="switch"
          className="switch"
          aria-checked={isOn}
          aria-labelledby="push-label"
          disabled={isBusy}
          onClick={() => void onPress()}
        />
      </div>
      <p className="small" role="status">
        {t(outcome === 'done' ? 'push.why' : `push.${outcome}`)}
      </p>
    </section>
  )
}
