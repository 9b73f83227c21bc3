import { Button, Input } from 'antd'
import { useState, type FormEvent, type ReactElement } from 'react'
import { problemText, useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { asProblem, type Problem } from '../ui/problem.ts'
import { openAway } from './away-lock.ts'
import { usePrincipal } from './server.ts'

/** The till locked itself: one of the shop's people opens it with their own name and password. */
export function AwayLock(): ReactElement {
  const t = useT()
  const { data: principal } = usePrincipal()
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    setIsBusy(true)
    setProblem(null)
    const said = (name: string): string => String(fields.get(name) ?? '')
    openAway(said('username').trim(), said('password'), principal?.merchant?.id)
      .catch((thrown: unknown) => setProblem(asProblem(thrown)))
      .finally(() => setIsBusy(false))
  }
  return (
    <main className="till-door" data-testid="till-away" data-screen="away">
      <Icon name="lock" size={40} />
      <h1>{t('away.title')}</h1>
      <p>{t('away.how')}</p>
      <form className="till-door-form" onSubmit={submit}>
        <label htmlFor="away-login">{t('away.login')}</label>
        <Input id="away-login" name="username" size="large" autoComplete="username" autoFocus />
        <label htmlFor="away-password">{t('away.password')}</label>
        <Input.Password
          id="away-password"
          name="password"
          size="large"
          autoComplete="current-password"
          data-no-scan
        />
        <p className="till-problem" role="alert">
          {problem && (
            <>
              <Icon name="warning" size={16} /> {problemText(problem)}
            </>
          )}
        </p>
        <Button type="primary" size="large" htmlType="submit" block loading={isBusy}>
          {t('away.open')} <kbd>Enter</kbd>
        </Button>
      </form>
    </main>
  )
}
