import { Form, Input, InputNumber, Select, Switch } from 'antd'
import type { ReactElement } from 'react'
import { SchemeMark } from '../../ui/scheme.tsx'
import { AmountField, TextField } from '../parts/fields.tsx'
import { schemeNames } from '../routing/OnFields.tsx'
import { useText, useWord } from '../text.ts'

const rights = ['may_take_payment', 'may_refund', 'may_reverse'] as const

/** All that a level may say of terminals, and why it says so. */
export function TermFields(): ReactElement {
  const t = useText()
  const word = useWord()
  const tri = (['unset', 'yes', 'no'] as const).map((value) => ({
    value,
    label: word('terminals.tri_', value),
  }))
  return (
    <>
      <Form.Item name="is_locked" label={t('terminals.locked')} valuePropName="checked">
        <Switch data-testid="is-locked" />
      </Form.Item>
      {rights.map((right) => (
        <Form.Item key={right} name={right} label={t(`terminals.${right}`)}>
          <Select options={tri} data-testid={right} />
        </Form.Item>
      ))}
      <div className="ct-pair">
        <AmountField name="limit_per_payment" label={t('terminals.limit')} />
        <AmountField name="limit_per_day" label={t('terminals.limit_per_day')} />
      </div>
      <Form.Item name="schemes" label={t('terminals.schemes')} extra={t('terminals.schemes_help')}>
        <Select
          mode="multiple"
          allowClear
          options={schemeNames.map((value) => ({
            value,
            label: <SchemeMark scheme={value} size={16} />,
          }))}
        />
      </Form.Item>
      <HourFields />
      <FenceFields />
      <TextField name="reason" label={t('terminals.reason')} required maxLength={200} />
    </>
  )
}

function HourFields(): ReactElement {
  const t = useText()
  const word = useWord()
  const days = [1, 2, 3, 4, 5, 6, 7].map((value) => ({
    value,
    label: word('terminals.day_', String(value)),
  }))
  return (
    <fieldset className="ct-fieldset">
      <legend>{t('terminals.hours')}</legend>
      <p className="ct-small">{t('terminals.hours_help')}</p>
      <Form.Item name="days" label={t('terminals.days')}>
        <Select mode="multiple" allowClear options={days} placeholder={t('terminals.every_day')} />
      </Form.Item>
      <div className="ct-pair">
        <Form.Item name="from" label={t('terminals.from')}>
          <Input type="time" data-testid="hours-from" />
        </Form.Item>
        <Form.Item name="until" label={t('terminals.until')}>
          <Input type="time" data-testid="hours-until" />
        </Form.Item>
      </div>
    </fieldset>
  )
}

function FenceFields(): ReactElement {
  const t = useText()
  const word = useWord()
  const actions = (['unset', 'refuse', 'ask', 'flag'] as const).map((value) => ({
    value,
    label: word('terminals.fence_', value),
  }))
  return (
    <fieldset className="ct-fieldset">
      <legend>{t('terminals.fence')}</legend>
      <p className="ct-small">{t('terminals.fence_help')}</p>
      <div className="ct-pair">
        <Form.Item name="fence_radius_m" label={t('terminals.fence_radius')}>
          <InputNumber min={10} max={100_000} suffix="m" className="ct-amount" />
        </Form.Item>
        <Form.Item name="fence_action" label={t('terminals.fence_action')}>
          <Select options={actions} data-testid="fence-action" />
        </Form.Item>
      </div>
    </fieldset>
  )
}
