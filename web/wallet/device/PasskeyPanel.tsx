import { useEffect, useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { PinPad } from '../parts/PinPad.tsx'
import { Sheet } from '../parts/Sheet.tsx'
import { useWords, type Words } from '../text.ts'
import { canUsePasskey, createPasskey } from './passkey.ts'
import type { Summary } from './store.ts'
import { readThisDevice, store } from './this-device.ts'

type Kept = Extract<Summary, { kind: 'kept' }>

/** Opening this device's codes by finger, face or screen lock; nothing where the machine cannot. */
export function PasskeyPanel({ summary }: { summary: Kept }): ReactElement | null {
  const t = useWords()
  const [canUse, setCanUse] = useState(false)
  const [isAsking, setAsking] = useState(false)
  useEffect(() => void canUsePasskey().then(setCanUse), [])
  if (!canUse && !summary.passkey) return null

  async function turnOff(): Promise<void> {
    await store.removePasskey()
    await readThisDevice()
  }

  return (
    <section className="panel">
      <h2>{t('passkey.title')}</h2>
      <p className="small">{t(summary.passkey ? 'passkey.is_on' : 'passkey.why')}</p>
      {summary.passkey ? (
        <button type="button" className="button" onClick={() => void turnOff()}>
          {t('passkey.turn_off')}
        </button>
      ) : (
        <button
          type="button"
          className="button"
          disabled={summary.isFrozen}
          onClick={() => setAsking(true)}
        >
          <Icon name="lock" />
          {t('passkey.turn_on')}
        </button>
      )}
      {isAsking && <TurnOn summary={summary} onClose={() => setAsking(false)} />}
    </section>
  )
}

/** The PIN first: only who knows it may let a finger stand for it. */
function TurnOn({ summary, onClose }: { summary: Kept; onClose: () => void }): ReactElement {
  const t = useWords()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')

  async function turnOn(pin: string): Promise<void> {
    setBusy(true)
    setProblem('')
    const stopped = await enable(pin, summary, t)
    await readThisDevice()
    setBusy(false)
    if (stopped === null) return onClose()
    setProblem(stopped)
  }

  return (
    <Sheet title={t('passkey.turn_on')} onClose={onClose}>
      <PinPad
        label={t('passkey.pin')}
        isBusy={isBusy}
        problem={problem}
        onPin={(pin) => void turnOn(pin)}
      />
    </Sheet>
  )
}

/** Makes the passkey and locks the keys under it; says why not in words, or null when it is on. */
async function enable(pin: string, { deviceId, name }: Kept, t: Words): Promise<string | null> {
  const wrong = (triesLeft: number): string => t('offline.pin_wrong', { count: triesLeft })
  // A passkey that a wrong PIN has made would stay with the system for nothing.
  const unlocking = await store.unlock(pin)
  if (unlocking.kind === 'wrong') return wrong(unlocking.triesLeft)
  if (unlocking.kind === 'gone') return t('offline.gone')
  const passkey = await createPasskey(deviceId, `OneTill · ${name}`)
  if (!passkey) return t('passkey.not_made')
  const added = await store.addPasskey(pin, passkey)
  if (added.kind === 'wrong') return wrong(added.triesLeft)
  return added.kind === 'gone' ? t('offline.gone') : null
}
