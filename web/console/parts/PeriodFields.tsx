import { Form, Input } from 'antd'
import type { ReactElement } from 'react'
import { momentOf } from '../days.ts'
import { useZone } from '../session.tsx'
import { useText } from '../text.ts'

/** As the browser's field has it, without a zone: `2026-11-23T18:00`. */
export type TypedPeriod = { valid_from?: string; valid_until?: string }

/** The period as the API takes it; what was left empty begins at once, or has no end. */
export function validityOf(typed: TypedPeriod, zone: string): TypedPeriod {
  const { valid_from: from, valid_until: until } = typed
  return {
    ...(from ? { valid_from: momentOf(from, zone) } : {}),
    ...(until ? { valid_until: momentOf(until, zone) } : {}),
  }
}

/** From when until when something holds, in the institution's zone. */
export function PeriodFields(): ReactElement {
  const t = useText()
  const zone = useZone()
  return (
    <div className="ct-pair">
      <Form.Item name="valid_from" label={t('routing.valid_from')} extra={t('routing.valid_from_help')}>
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
