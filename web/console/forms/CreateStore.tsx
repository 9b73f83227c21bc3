import { Form, Select } from 'antd'
import type { ReactElement } from 'react'
import type { Store, StoreKind } from '../../ui/types.ts'
import { ChoiceField, TextField, useRequired } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useCreate } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText, useWord } from '../text.ts'
import { PositionFields, positionOf } from './PositionFields.tsx'

type Values = {
  merchant?: string
  name: string
  kind: StoreKind
  address?: string
  latitude?: string
  longitude?: string
}

const kinds: StoreKind[] = ['small_store', 'supermarket', 'restaurant', 'online', 'other']

/** A new store. The operator says whose; for a merchant's people it is their own. */
export function CreateStore(props: {
  merchant: string | undefined
  onClose: () => void
  onDone: (store: Store) => void
}): ReactElement {
  const t = useText()
  const word = useWord()
  const required = useRequired()
  const operator = isOperator(usePrincipal())
  const create = useCreate<Store>('/v1/stores', props.onDone)
  const [form] = Form.useForm<Values>()
  return (
    <FormDrawer<Values>
      title={t('stores.create')}
      onClose={props.onClose}
      submit={create}
      form={form}
      initial={{ kind: 'small_store', ...(props.merchant ? { merchant: props.merchant } : {}) }}
      toBody={(values) => ({
        ...(operator ? { merchant: values.merchant } : {}),
        name: values.name.trim(),
        kind: values.kind,
        ...(values.address?.trim() ? { address: values.address.trim() } : {}),
        ...positionOf(values),
      })}
    >
      {operator && (
        <ChoiceField name="merchant" label={t('field.merchant')} path="/v1/merchants" required />
      )}
      <TextField name="name" label={t('field.name')} maxLength={64} required />
      <Form.Item name="kind" label={t('stores.kind')} rules={[required(t('stores.kind'), true)]}>
        <Select
          options={kinds.map((kind) => ({ value: kind, label: word('stores.kind_', kind) }))}
        />
      </Form.Item>
      <TextField name="address" label={t('stores.address')} maxLength={200} />
      <PositionFields form={form} />
    </FormDrawer>
  )
}
