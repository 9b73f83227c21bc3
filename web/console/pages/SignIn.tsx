import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useEffect, type ReactElement } from 'react'
import { asProblem } from '../../ui/api.ts'
import { LanguageSwitch, problemText } from '../../ui/i18n.tsx'
import { Icon, Logo } from '../../ui/icons.tsx'
import { ThemeSwitch } from '../../ui/ThemeSwitch.tsx'
import type { Session } from '../../ui/types.ts'
import { api, queryClient } from '../resources.ts'
import { useDemo } from '../session.tsx'
import { useText, useWord } from '../text.ts'

type Credentials = { login: string; password: string }

/** The way in; with a demo server its people are one press away. */
export default function SignIn(): ReactElement {
  const t = useText()
  const demo = useDemo()
  const [form] = Form.useForm<Credentials>()
  const enter = useMutation({
    mutationFn: (typed: Credentials) => api.post<Session>('/v1/sessions', typed),
    onSuccess: ({ token }) => {
      queryClient.clear()
      api.setToken(token)
    },
  })
  useEffect(() => {
    document.title = `${t('sign_in.title')} · OneTill`
  }, [t])
  const person = (login: string, password: string): void => {
    form.setFieldsValue({ login, password })
    enter.mutate({ login, password })
  }

  return (
    <main className="ct-sign-in">
      <div className="ct-sign-in-tools">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
      <section className="ct-sign-in-box">
        <Logo size={40} />
        <h1>{t('sign_in.title')}</h1>
        <p className="ct-muted">{t('sign_in.lead')}</p>
        {enter.error && (
          <Alert
            type="error"
            showIcon
            data-testid="sign-in-refused"
            title={
              asProblem(enter.error).status === 401
                ? t('sign_in.refused')
                : problemText(enter.error)
            }
          />
        )}
        <Form<Credentials>
          form={form}
          layout="vertical"
          requiredMark={false}
          onFinish={(typed) => enter.mutate(typed)}
        >
          <Form.Item
            name="login"
            label={t('sign_in.login')}
            rules={[{ required: true, message: t('sign_in.login_missing') }]}
          >
            <Input size="large" autoComplete="username" autoFocus autoCapitalize="off" />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('sign_in.password')}
            rules={[{ required: true, message: t('sign_in.password_missing') }]}
          >
            <Input.Password size="large" autoComplete="current-password" />
          </Form.Item>
          <Button type="primary" htmlType="submit" size="large" block loading={enter.isPending}>
            {t('sign_in.submit')}
          </Button>
        </Form>
        {demo.data && <DemoPeople people={demo.data.staff} onChoose={person} />}
      </section>
    </main>
  )
}

type DemoPeopleProps = {
  people: { name: string; login: string; password: string; role: string }[]
  onChoose: (login: string, password: string) => void
}

function DemoPeople({ people, onChoose }: DemoPeopleProps): ReactElement {
  const t = useText()
  const word = useWord()
  return (
    <div className="ct-demo">
      <p>
        <span className="ct-badge">{t('shell.test_strip')}</span> {t('sign_in.demo')}
      </p>
      {people.map(({ name, login, password, role }) => (
        <button
          key={login}
          type="button"
          onClick={() => onChoose(login, password)}
          data-testid={`demo-${login}`}
        >
          <Icon name="user" size={18} />
          <span>
            <strong>{name}</strong>
            <small>
              {word('role.', role)} · {login}
            </small>
          </span>
          <Icon name="chevronRight" size={16} />
        </button>
      ))}
    </div>
  )
}
