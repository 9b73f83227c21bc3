import { Button, Form, Input, Select } from 'antd'
import type { Rule } from 'antd/es/form'
import type { ReactElement } from 'react'
import { minorFromTyped } from '../amounts.ts'
import { AmountField, Choose, useRequired } from '../parts/fields.tsx'
import { Icon } from '../../ui/icons.tsx'
import { useText, useWord } from '../text.ts'
import { percentText } from './example.ts'
import { readBps, type TypedLine } from './lines.ts'

const roles = ['fee', 'platform', 'agent'] as const

export type LineFieldsProps = { field: number; place: number; onRemove: () => void }

/** One line of a rule: who, how much of what, and between which bounds. */
export function LineFields({ field, place, onRemove }: LineFieldsProps): ReactElement {
  const t = useText()
  const word = useWord()
  const line = Form.useWatch<TypedLine | undefined>(['lines', field])
  const role = line?.role ?? 'fee'
  const bps = readBps(line?.bps)
  const rate: Rule = {
    validator: (_rule, typed: string | undefined) =>
      readBps(typed) === null
        ? Promise.reject(new Error(t('rules.bps_invalid')))
        : Promise.resolve(),
  }
  return (
    <div className="ct-line" data-testid="rule-line">
      <Form.Item name={[field, 'role']} label={t('rules.role')}>
        <Select
          options={roles.map((each) => ({ value: each, label: word('rules.role_', each) }))}
          data-testid="line-role"
        />
      </Form.Item>
      {role === 'fee' ? <span /> : <PartyField field={field} role={role} />}
      <Form.Item
        name={[field, 'bps']}
        label={t('rules.rate')}
        rules={[rate]}
        extra={
          bps === null
            ? t('rules.bps_help')
            : t('rules.rate_percent', { percent: percentText(bps) })
        }
      >
        <Input inputMode="numeric" suffix={t('rules.rate_unit')} maxLength={5} autoComplete="off" />
      </Form.Item>
      {role === 'fee' ? (
        <span />
      ) : (
        <Form.Item name={[field, 'base']} label={t('rules.base')}>
          <Select
            options={(['gross', 'fee'] as const).map((each) => ({
              value: each,
              label: word('rules.base_', each),
            }))}
          />
        </Form.Item>
      )}
      <Bounds field={field} />
      <Button
        type="text"
        className="ct-line-remove"
        icon={<Icon name="cross" size={16} />}
        aria-label={t('rules.remove_line', { n: place + 1 })}
        title={t('rules.remove_line', { n: place + 1 })}
        onClick={onRemove}
      />
    </div>
  )
}

/** The agent or platform that receives; a change of the role asks again. */
function PartyField({ field, role }: { field: number; role: 'platform' | 'agent' }): ReactElement {
  const t = useText()
  const required = useRequired()
  return (
    <Form.Item
      name={[field, 'party']}
      label={t('rules.party')}
      rules={[required(t('rules.party'), true)]}
    >
      <Choose
        path="/v1/parties"
        placeholder={t('rules.party_missing')}
        keep={({ kind }) => kind === role}
      />
    </Form.Item>
  )
}

function Bounds({ field }: { field: number }): ReactElement {
  const t = useText()
  const notBelow: Rule = ({ getFieldValue }) => ({
    validator: (_rule, typed: string | undefined) => {
      const capMinor = typed?.trim() ? minorFromTyped(typed) : null
      const minimum = getFieldValue(['lines', field, 'minimum']) as string | undefined
      const minimumMinor = minimum?.trim() ? minorFromTyped(minimum) : null
      const isBelow = capMinor !== null && minimumMinor !== null && capMinor < minimumMinor
      return isBelow ? Promise.reject(new Error(t('rules.cap_below_minimum'))) : Promise.resolve()
    },
  })
  return (
    <>
      <AmountField name={[field, 'minimum']} label={t('rules.minimum')} allowZero />
      <AmountField name={[field, 'cap']} label={t('rules.cap')} allowZero rule={notBelow} />
    </>
  )
}
