import { Button, Checkbox, Input } from 'antd'
import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react'
import { LanguageSwitch, problemText, useT } from '../ui/i18n.tsx'
import { Icon, Logo } from '../ui/icons.tsx'
import { asProblem, type Problem } from '../ui/problem.ts'
import { ThemeSwitch } from '../ui/ThemeSwitch.tsx'
import { activate, isDemo, readDemoCode } from './activation.ts'
import { watchPosition } from './position.ts'

/** A device becomes a terminal: a one-time code, typed, or brought by the address. */
export function Activate({ code: given }: { code: string | null }): ReactElement {
  const t = useT()
  const [code, setCode] = useState(given ?? '')
  const [sharesPosition, setSharesPosition] = useState(true)
  const { isBusy, problem, run } = useActivation(given)
  const submit = () => run(() => activate(code), sharesPosition)
  const demo = () => run(async () => activate(await readDemoCode()), sharesPosition)
  return (
    <main className="till-door" data-testid="till-activate">
      <Logo size={48} />
      <h1>{t('activate.title')}</h1>
      <p>{t('activate.how')}</p>
      <form
        className="till-door-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (code.trim()) submit()
        }}
      >
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
          maxLength={64}
          placeholder="XXXX-XXXX-XXXX"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
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
    if (!given || isBegun.current) return
    isBegun.current = true
    // The address brought the code: nobody has read the reason yet, so no position is asked for.
    run(() => activate(given), false)
  }, [given, run])
  return { isBusy, problem, run }
}
