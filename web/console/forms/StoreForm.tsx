import { App, Form, Select } from 'antd'
import type { ReactElement } from 'react'
import type { Store, StoreKind } from '../../ui/types.ts'
import { ChoiceField, TextField, useRequired } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { api, useChange, useCreate } from '../resources.ts'
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

/** What may change later; whose store it is stays. */
const changeable = (values: Values) => ({
  name: values.name.trim(),
  kind: values.kind,
  address: values.address?.trim() || null,
  position: positionOf(values).position ?? null,
})

/** Only what the person changed, so that what somebody else changed meanwhile is not written over. */
function changeOf(values: Values, store: Store): Record<string, unknown> {
  const before = changeable({ ...initialOf(store, undefined), name: store.name, kind: store.kind })
  const typed = Object.entries(changeable(values))
  const isNew = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify((before as Record<string, unknown>)[name])
  return Object.fromEntries(typed.filter(isNew))
}

export type StoreFormProps = {
  store: Store | null
  merchant: string | undefined
  onClose: () => void
}

/** A new store, or a change of one. The operator says whose; for a merchant's people it is their own. */
export function StoreForm({ store, merchant, onClose }: StoreFormProps): ReactElement {
  const t = useText()
  const word = useWord()
  const required = useRequired()
  const operator = isOperator(usePrincipal())
  const { message } = App.useApp()
  const done = (): void => {
    if (store) void message.success(t('form.saved'))
    onClose()
  }
  const create = useCreate<Store>('/v1/stores', done)
  const change = useChange(
    '/v1/stores',
    async (body: unknown) => {
      // Nothing changed is nothing to send, and no mistake either.
      if (!store || Object.keys(body as object).length === 0) return
      await api.patch<Store>(`/v1/stores/${store.id}`, body)
    },
    done,
  )
  const [form] = Form.useForm<Values>()
  const toNew = (values: Values) => {
    const given = Object.entries(changeable(values)).filter(([, value]) => value !== null)
    return { ...(operator ? { merchant: values.merchant } : {}), ...Object.fromEntries(given) }
  }
  return (
    <FormDrawer<Values>
      title={t(store ? 'stores.edit' : 'stores.create')}
      onClose={onClose}
      submit={store ? change : create}
      submitText={t(store ? 'form.save' : 'form.create')}
      form={form}
      initial={initialOf(store, merchant)}
      toBody={store ? (values) => changeOf(values, store) : toNew}
    >
      {operator && !store && (
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

function initialOf(store: Store | null, merchant: string | undefined): Partial<Values> {
  if (!store) return { kind: 'small_store', ...(merchant ? { merchant } : {}) }
  const { name, kind, address, position } = store
  const place = position && {
    latitude: String(position.latitude),
    longitude: String(position.longitude),
  }
  return { name, kind, address: address ?? '', ...place }
}
