import { useRef, useState, useSyncExternalStore, type ReactElement } from 'react'
import { schemeText } from '../../ui/scheme.tsx'
import { Icon } from '../../ui/icons.tsx'
import { playSound } from '../../ui/sound.ts'
import { Field } from '../parts/Field.tsx'
import { Page } from '../parts/Page.tsx'
import { navigate } from '../router.ts'
import { useWords } from '../text.ts'
import { Camera } from './Camera.tsx'
import { readQr } from './reader.ts'
import { readScanned, type Scanned } from './scanned.ts'

type Wrong = Exclude<Scanned, { token: string }>

/** Scan to pay: what a merchant shows, by the camera, from a picture, typed or pasted. */
export function ScanScreen(): ReactElement {
  const t = useWords()
  const isLookedAt = useIsLookedAt()
  const [wrong, setWrong] = useState<Wrong | null>(null)

  function take(text: string): void {
    const scanned = readScanned(text)
    if (!('token' in scanned)) return setWrong(scanned)
    playSound('accepted')
    navigator.vibrate?.(40)
    navigate(`pay/${scanned.token}`)
  }

  return (
    <Page title={t('scan.title')}>
      {/* A camera that nobody looks through is let go. */}
      {isLookedAt ? <Camera onText={take} /> : <div className="lens" />}
      {wrong && (
        <p className="problem" role="alert">
          {t(wrong.wrong, { scheme: schemeText(wrong.scheme ?? null) })}
        </p>
      )}
      <FromPicture onText={take} onNothing={() => setWrong({ wrong: 'scan.no_code_in_picture' })} />
      <Typed onText={take} />
    </Page>
  )
}

function useIsLookedAt(): boolean {
  return useSyncExternalStore(
    (listener) => {
      document.addEventListener('visibilitychange', listener)
      return () => document.removeEventListener('visibilitychange', listener)
    },
    () => document.visibilityState === 'visible',
  )
}

type FromPictureProps = { onText: (text: string) => void; onNothing: () => void }

/** A code that somebody sent as a picture, or where there is no camera. */
function FromPicture({ onText, onNothing }: FromPictureProps): ReactElement {
  const t = useWords()
  const input = useRef<HTMLInputElement>(null)
  const [isBusy, setBusy] = useState(false)

  async function onFile(file: File | undefined): Promise<void> {
    if (!file) return
    setBusy(true)
    try {
      const text = await readQr(file)
      if (text) onText(text)
      else onNothing()
    } catch {
      // A file that is no picture at all, or a decoder that could not be loaded.
      onNothing()
    } finally {
      setBusy(false)
    }
  }

  return (
    <>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        aria-label={t('scan.picture')}
        onChange={(event) => void onFile(event.target.files?.[0])}
      />
      <button
        type="button"
        className="button"
        disabled={isBusy}
        onClick={() => input.current?.click()}
      >
        <Icon name={isBusy ? 'spinner' : 'image'} />
        {t('scan.picture')}
      </button>
    </>
  )
}

function Typed({ onText }: { onText: (text: string) => void }): ReactElement {
  const t = useWords()
  const [typed, setTyped] = useState('')
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault()
        onText(typed)
      }}
    >
      <Field
        label={t('scan.link')}
        hint={t('scan.link_hint')}
        name="link"
        inputMode="url"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="https://…/c/…"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <button type="submit" className="button button-main" disabled={typed.trim() === ''}>
        {t('scan.go')}
      </button>
    </form>
  )
}
