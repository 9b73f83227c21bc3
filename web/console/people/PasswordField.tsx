import { Form, Input } from 'antd'
import type { ReactElement } from 'react'
import { useRequired } from '../parts/fields.tsx'
import { useText } from '../text.ts'

const SHORTEST = 8

/** A password that is chosen, at least eight characters long, or with `isOld` the one in use. */
export function PasswordField(props: {
  name: string
  label: string
  extra?: string
  isOld?: boolean
  isOptional?: boolean
}): ReactElement {
  const t = useText()
  const required = useRequired()
  const { isOld = false, isOptional = false } = props
  return (
    <Form.Item
      name={props.name}
      label={props.label}
      extra={props.extra}
      rules={[
        ...(isOptional ? [] : [required(props.label)]),
        ...(isOld ? [] : [{ min: SHORTEST, message: t('people.password_short') }]),
      ]}
    >
      <Input.Password
        maxLength={200}
        autoComplete={isOld ? 'current-password' : 'new-password'}
        data-testid={props.name}
      />
    </Form.Item>
  )
}
