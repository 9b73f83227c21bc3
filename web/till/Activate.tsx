import { Button, Checkbox, Input } from 'antd'
import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react'
import { LanguageSwitch, problemText, useT } from '../ui/i18n.tsx'
import { Icon, Logo } from '../ui/icons.tsx'
import { asProblem, type Problem } from '../ui/problem.ts'
import { ThemeSwitch } from '../ui/ThemeSwitch.tsx'
import { activate, codeIn, isDemo, readActivationHash, readDemoCode } from './activation.ts'
import { Camera } from './Camera.tsx'
import { watchPosition } from './position.ts'

type ActivateProps = {
  code: string | null
  /** The browser has thrown away the device key: only a new activation helps. */
  isKeyLost: boolean
}

/** A device becomes a terminal: a one-time code, typed, scanned, or brought by the address. */
export function Activate({ code: given, isKeyLost }: ActivateProps): ReactElement {
  const t = useT()
  const [code, setCode] = useState(given ?? '')
  const [sharesPosition, setSharesPosition] = useState(true)
  const { isBusy, problem, run } = useActivation(given)
  const take = (text: string) => run(() => activate(codeIn(text)), sharesPosition)
  const submit = () => take(code)
  const demo = () => run(async () => activate(await readDemoCode()), sharesPosition)
  const takeFromCamera = (text: string): void => {
    setCode(codeIn(text))
    take(text)
  }
  return (
    <main className="till-door" data-testid="till-activate">
      <Logo size={48} />
      <h1>{t('activate.title')}</h1>
      <p>{t('activate.how')}</p>
      {isKeyLost && (
        <p className="till-door-warning" role="alert" data-testid="activate-key-lost">
          <Icon name="warning" size={16} /> {t('activate.key_lost')}
        </p>
      )}
      <form
        className="till-door-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (code.trim()) submit()
        }}
      >
        <CodeField code={code} onChange={setCode} onCamera={takeFromCamera} />
        <Checkbox
          checked={sharesPosition}
          onChange={(event) => setSharesPosition(event.target.checked)}
        >
          {t('activate.position')}
        </Checkbox>
        <p className="till-why">{t('activate.position_why')}</p>
        <ProblemLine problem={problem} />
        <Button
          type="primary"
          size="large"
          htmlType="submit"
          block
          loading={isBusy}
          disabled={!code.trim()}
          data-testid="activate-submit"
        >
          {t('activate.submit')} <kbd>Enter</kbd>
        </Button>
        <DemoButton onClick={demo} isBusy={isBusy} />
      </form>
      <footer className="till-door-foot">
        <LanguageSwitch />
        <ThemeSwitch />
      </footer>
    </main>
  )
}

type CodeFieldProps = {
  code: string
  onChange: (code: string) => void
  onCamera: (text: string) => void
}

/** The code by hand, by a scanner that types the QR code's address, or by the camera. */
function CodeField({ code, onChange, onCamera }: CodeFieldProps): ReactElement {
  const t = useT()
  const [isCameraOn, setIsCameraOn] = useState(false)
  const take = (text: string): void => {
    setIsCameraOn(false)
    onCamera(text)
  }
  return (
    <>
      <label htmlFor="activation-code">{t('activate.code')}</label>
      <Input
        id="activation-code"
        data-testid="activation-code"
        className="till-code-input"
        size="large"
        autoFocus
        autoComplete="one-time-code"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={300}
        placeholder="XXXX-XXXX-XXXX"
        value={code}
        onChange={(event) => onChange(codeIn(event.target.value))}
      />
      {isCameraOn && <Camera onText={take} reading={t('activate.camera_hint')} />}
      <Button
        size="large"
        block
        aria-pressed={isCameraOn}
        onClick={() => setIsCameraOn(!isCameraOn)}
        data-testid="activate-camera"
      >
        <Icon name="qr" size={18} /> {t('activate.camera')}
      </Button>
    </>
  )
}

function ProblemLine({ problem }: { problem: Problem | null }): ReactElement {
  const t = useT()
  return (
    <p className="till-problem" role="alert" data-testid="activate-problem">
      {problem && (
        <>
          <Icon name="warning" size={16} /> {problemText(problem)}
          {problem.requestId && (
            <small>
              {t('common.request_id')} {problem.requestId}
            </small>
          )}
        </>
      )}
    </p>
  )
}

function DemoButton(props: { onClick: () => void; isBusy: boolean }): ReactElement | null {
  const t = useT()
  const [isHere, setIsHere] = useState(false)
  useEffect(() => {
    void isDemo().then(setIsHere)
  }, [])
  if (!isHere) return null
  return (
    <Button
      size="large"
      block
      onClick={props.onClick}
      disabled={props.isBusy}
      data-testid="activate-demo"
    >
      {t('activate.demo')}
    </Button>
  )
}

function useActivation(given: string | null): {
  isBusy: boolean
  problem: Problem | null
  run: (act: () => Promise<void>, sharesPosition: boolean) => void
} {
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const run = useCallback((act: () => Promise<void>, sharesPosition: boolean) => {
    setIsBusy(true)
    setProblem(null)
    // Asked beside the reason on the screen, in the gesture that also lets the sounds out.
    if (sharesPosition) watchPosition()
    act()
      .catch((thrown: unknown) => setProblem(asProblem(thrown)))
      .finally(() => setIsBusy(false))
  }, [])
  const isBegun = useRef(false)
  useEffect(() => {
    // The address brought the code: nobody has read the reason yet, so no position is asked for.
    const begin = (code: string): void => run(() => activate(code), false)
    if (given && !isBegun.current) begin(given)
    isBegun.current = true
    const onHash = (): void => {
      const code = readActivationHash()
      if (code) begin(code)
    }
    addEventListener('hashchange', onHash)
    return () => removeEventListener('hashchange', onHash)
  }, [given, run])
  return { isBusy, problem, run }
}
