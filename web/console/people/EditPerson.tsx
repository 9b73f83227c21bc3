import { Form, Switch } from 'antd'
import type { ReactElement } from 'react'
import { TextField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { api, useChange } from '../resources.ts'
import { usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'
import type { PersonView } from '../types.ts'
import { PasswordField } from './PasswordField.tsx'

type Values = { name: string; isIn: boolean; password?: string }

/** Renames somebody, ends or reopens their access, or gives them a new password. */
export function EditPerson(props: { person: PersonView; onClose: () => void }): ReactElement {
  const t = useText()
  const { person, onClose } = props
  const isMe = usePrincipal().id === person.id
  const change = useChange(
    '/v1/people',
    (body: unknown) => api.patch<PersonView>(`/v1/people/${person.id}`, body),
    onClose,
  )
  return (
    <FormDrawer<Values>
      title={t('people.edit', { name: person.name })}
      onClose={onClose}
      submit={change}
      submitText={t('form.save')}
      initial={{ name: person.name, isIn: person.state === 'active' }}
      toBody={({ name, isIn, password }) => ({
        name: name.trim(),
        ...(isMe ? {} : { state: isIn ? 'active' : 'closed' }),
        ...(password && { password }),
      })}
    >
      <TextField name="name" label={t('field.name')} maxLength={64} required />
      {!isMe && (
        <>
          <Form.Item
            name="isIn"
            label={t('people.may_sign_in')}
            extra={t('people.may_sign_in_help')}
            valuePropName="checked"
          >
            <Switch data-testid="may-sign-in" />
          </Form.Item>
          <PasswordField
            name="password"
            label={t('people.new_password')}
            extra={t('people.reset_help')}
            isOptional
          />
        </>
      )}
    </FormDrawer>
  )
}
