import { Form, Input } from 'antd'
import type { ReactElement } from 'react'
import { useZone } from '../session.tsx'
import { useText } from '../text.ts'

/** From when until when something holds, in the institution's zone. */
export function PeriodFields(): ReactElement {
  const t = useText()
  const zone = useZone()
  return (
    <div className="ct-period-fields">
      <Form.Item
        name="valid_from"
        label={t('routing.valid_from')}
        extra={t('routing.valid_from_help')}
      >
        <Input type="datetime-local" />
      </Form.Item>
      <Form.Item
        name="valid_until"
        label={t('routing.valid_until')}
        extra={t('routing.valid_until_help', { zone })}
      >
        <Input type="datetime-local" />
      </Form.Item>
    </div>
  )
}
