import { Form, Input } from 'antd'
import type { ReactElement } from 'react'
import { useRequired } from '../parts/fields.tsx'
import { useText } from '../text.ts'

/** Why something is changed; nobody changes a setting without saying so. */
export function ReasonField(): ReactElement {
  const t = useText()
  const required = useRequired()
  return (
    <Form.Item
      name="reason"
      label={t('settings.reason')}
      rules={[required(t('settings.reason'))]}
      className="ct-reason"
    >
      <Input
        maxLength={200}
        autoComplete="off"
        placeholder={t('settings.reason_placeholder')}
        data-testid="settings-reason"
      />
    </Form.Item>
  )
}
