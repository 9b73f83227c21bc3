import { useState, type FormEvent, type ReactElement } from 'react'
import { LanguageSwitch, problemText } from '../../ui/i18n.tsx'
import { Icon, Logo } from '../../ui/icons.tsx'
import type { Demo, Session } from '../../ui/types.ts'
import { Field } from '../parts/Field.tsx'
import { Link } from '../router.ts'
import { api, enter } from '../session.ts'
import { useWords } from '../text.ts'
import { useLoad } from '../use-load.ts'

/** The head that sign-in and sign-up share. */
export function SignHead({ title }: { title: string }): ReactElement {
  return (
    <header className="sign-head">
      <Logo size={44} />
      <h1>{title}</h1>
      <LanguageSwitch />
    </header>
  )
}

/** Come in with name and password; in a demo also by one touch. */
export function SignIn(): ReactElement {
  const t = useWords()
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')

  async function signIn(as: { login: string; password: string }): Promise<void> {
    setBusy(true)
    setProblem('')
    try {
      enter(await api.post<Session>('/v1/payer_sessions', as))
    } catch (thrown) {
      setProblem(problemText(thrown))
      setBusy(false)
    }
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    void signIn({ login: login.trim(), password })
  }

  return (
    <main className="sign">
      <SignHead title={t('sign.title')} />
      <form className="panel" onSubmit={onSubmit}>
        <Field
          label={t('sign.login')}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          required
          value={login}
          onChange={(event) => setLogin(event.target.value)}
        />
        <Field
          label={t('sign.password')}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <button
          type="submit"
          className="button button-main"
          disabled={isBusy || !login || !password}
        >
          {isBusy ? t('common.loading') : t('action.sign_in')}
        </button>
        <Link to="sign-up" className="button button-quiet">
          {t('sign.up')}
        </Link>
      </form>
      <DemoPeople isBusy={isBusy} onChoose={(person) => void signIn(person)} />
    </main>
  )
}

type DemoPeopleProps = {
  isBusy: boolean
  onChoose: (person: { login: string; password: string }) => void
}

function DemoPeople({ isBusy, onChoose }: DemoPeopleProps): ReactElement | null {
  const t = useWords()
  // Outside of a demo this answers 404, and there is nothing to show.
  const demo = useLoad(() => api.get<Demo>('/v1/demo'))
  const people = demo.value?.payers
  if (!people || people.length === 0) return null
  return (
    <section className="panel demo">
      <h2>{t('sign.demo')}</h2>
      <div className="demo-people">
        {people.map(({ name, login, password, pin }) => (
          <button
            key={login}
            type="button"
            disabled={isBusy}
            onClick={() => onChoose({ login, password })}
          >
            <Icon name="user" />
            <span>{name}</span>
            <span className="small">{t('sign.demo_pin', { pin })}</span>
          </button>
        ))}
      </div>
    </section>
  )
}
