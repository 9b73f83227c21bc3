import { Form, InputNumber, Radio, Select } from 'antd'
import type { ReactElement } from 'react'
import { SchemeMark } from '../../ui/scheme.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useRequired } from '../parts/fields.tsx'
import { validityOf, type TypedPeriod } from '../days.ts'
import { PeriodFields } from '../parts/PeriodFields.tsx'
import { useCreate } from '../resources.ts'
import { useZone } from '../session.tsx'
import { useText } from '../text.ts'
import type { Issuer } from '../types.ts'

type Values = TypedPeriod & {
  scheme: string
  pattern: 'digits' | 'emv_cpm'
  prefixes: string[]
  min_length: number
  max_length: number
}

const schemes = ['wechat', 'alipay', 'unionpay', 'ecny', 'visa', 'mastercard', 'jcb', 'amex']

/** A new kind of code: whose it is, what it begins with, and how long it is. */
export function CreateIssuer(props: { onClose: () => void; onDone: () => void }): ReactElement {
  const t = useText()
  const zone = useZone()
  const required = useRequired()
  const [form] = Form.useForm<Values>()
  const create = useCreate<Issuer>('/v1/issuers', props.onDone)
  return (
    <FormDrawer<Values>
      title={t('issuers.create')}
      form={form}
      onClose={props.onClose}
      submit={create}
      initial={{ pattern: 'digits', min_length: 18, max_length: 18, prefixes: [] }}
      toBody={({ scheme, pattern, prefixes, min_length, max_length, ...period }) => ({
        ...{ scheme, pattern, min_length, max_length },
        prefixes: prefixes.map((prefix) => prefix.trim().toUpperCase()),
        ...validityOf(period, zone),
      })}
    >
      <p className="ct-small">{t('issuers.create_note')}</p>
      <Form.Item
        name="scheme"
        label={t('channels.scheme')}
        rules={[required(t('channels.scheme'), true)]}
      >
        <Select
          showSearch
          options={schemes.map((value) => ({
            value,
            label: <SchemeMark scheme={value} size={16} />,
          }))}
        />
      </Form.Item>
      <Form.Item name="pattern" label={t('issuers.pattern')}>
        <Radio.Group
          className="ct-radio-lines"
          options={[
            { value: 'digits', label: t('issuers.pattern_digits_note') },
            { value: 'emv_cpm', label: t('issuers.pattern_emv_cpm_note') },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="prefixes"
        label={t('issuers.prefixes')}
        extra={t('issuers.prefixes_help')}
        rules={[{ ...required(t('issuers.prefixes'), true), type: 'array', min: 1 }]}
      >
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[' ', ',', '，']} />
      </Form.Item>
      <div className="ct-pair">
        <Form.Item name="min_length" label={t('issuers.min_length')}>
          <InputNumber min={8} max={512} precision={0} />
        </Form.Item>
        <Form.Item name="max_length" label={t('issuers.max_length')}>
          <InputNumber min={8} max={512} precision={0} />
        </Form.Item>
      </div>
      <PeriodFields />
    </FormDrawer>
  )
}
