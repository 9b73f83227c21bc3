import { App } from 'antd'
import type { ReactElement } from 'react'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { api, useChange } from '../resources.ts'
import { signOut } from '../session.tsx'
import { useText } from '../text.ts'
import { PasswordField } from './PasswordField.tsx'

type Values = { current_password: string; new_password: string }

/** Changes one's own password; every session ends, so one signs in again. */
export function OwnPassword({ onClose }: { onClose: () => void }): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const change = useChange(
    '/v1/people',
    (body: unknown) => api.post('/v1/people/me/password', body),
    () => {
      void message.success(t('people.sign_in_again'))
      void signOut()
    },
  )
  return (
    <FormDrawer<Values>
      title={t('people.own_password')}
      onClose={onClose}
      submit={change}
      submitText={t('form.save')}
      toBody={(values) => values}
    >
      <PasswordField name="current_password" label={t('people.current_password')} isOld />
      <PasswordField
        name="new_password"
        label={t('people.new_password')}
        extra={t('people.own_help')}
      />
    </FormDrawer>
  )
}
