import { useState, type FormEvent, type ReactElement } from 'react'
import { asProblem, newIdempotencyKey } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import type { Session } from '../../ui/types.ts'
import { Field } from '../parts/Field.tsx'
import { Link } from '../router.ts'
import { api, enter } from '../session.ts'
import { useWords, type WordKey } from '../text.ts'
import { SignHead } from './SignIn.tsx'

type Draft = { name: string; login: string; password: string; pin: string; pinAgain: string }
type Wrong = Partial<Record<keyof Draft, WordKey>>

const empty: Draft = { name: '', login: '', password: '', pin: '', pinAgain: '' }

/** What is not right yet, by field. The rules are the API's: POST /v1/payers. */
export function checkDraft(draft: Draft): Wrong {
  const wrong: Wrong = {}
  if (!draft.name.trim()) wrong.name = 'sign.name_wrong'
  if (!/^(\d{11}|[a-z0-9._-]{3,32})$/.test(draft.login)) wrong.login = 'sign.login_wrong'
  if (draft.password.length < 8) wrong.password = 'sign.password_wrong'
  if (!/^\d{6}$/.test(draft.pin)) wrong.pin = 'sign.pin_wrong'
  if (draft.pinAgain !== draft.pin) wrong.pinAgain = 'pin.not_same'
  return wrong
}

/** Open a wallet: a name, a login, a password, and the PIN that payments above the limit ask for. */
export function SignUp(): ReactElement {
  const t = useWords()
  const [draft, setDraft] = useState(empty)
  const [wasSent, setSent] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const wrong = checkDraft(draft)

  async function signUp(): Promise<void> {
    const { name, login, password, pin } = draft
    const body = { name: name.trim(), login, password, pin }
    setBusy(true)
    setProblem('')
    try {
      const options = { idempotencyKey: newIdempotencyKey() }
      enter(await api.post<Session>('/v1/payers', body, options))
    } catch (thrown) {
      setProblem(problemText(asProblem(thrown)))
      setBusy(false)
    }
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    setSent(true)
    if (Object.keys(wrong).length === 0) void signUp()
  }

  function bind(name: keyof Draft): {
    value: string
    problem?: string
    onChange: (event: { target: { value: string } }) => void
  } {
    const key = wasSent ? wrong[name] : undefined
    return {
      value: draft[name],
      onChange: (event) => setDraft({ ...draft, [name]: event.target.value }),
      ...(key ? { problem: t(key) } : {}),
    }
  }

  const pin = { type: 'password', inputMode: 'numeric', maxLength: 6 } as const
  return (
    <main className="sign">
      <SignHead title={t('sign.up_title')} />
      <form className="panel" noValidate onSubmit={onSubmit}>
        <Field label={t('sign.name')} autoComplete="name" {...bind('name')} />
        <Field
          label={t('sign.login')}
          hint={t('sign.login_hint')}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          {...bind('login')}
        />
        <Field
          label={t('sign.password')}
          hint={t('sign.password_hint')}
          type="password"
          name="password"
          autoComplete="new-password"
          {...bind('password')}
        />
        <Field
          label={t('sign.pin')}
          hint={t('sign.pin_hint')}
          autoComplete="off"
          {...pin}
          {...bind('pin')}
        />
        <Field label={t('sign.pin_again')} autoComplete="off" {...pin} {...bind('pinAgain')} />
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button button-main" disabled={isBusy}>
          {isBusy ? t('common.loading') : t('sign.up')}
        </button>
        <Link to="" className="button button-quiet">
          {t('sign.have_one')}
        </Link>
      </form>
    </main>
  )
}
