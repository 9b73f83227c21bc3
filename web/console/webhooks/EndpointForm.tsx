import { Form, Radio, Select } from 'antd'
import type { ReactElement } from 'react'
import { ChoiceField, TextField, useRequired } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { api, useChange, useCreate } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText, useWord } from '../text.ts'
import type { WebhookEndpoint } from '../types.ts'
import { eventTypes } from './events.ts'

type Values = {
  url: string
  all: 'all' | 'some'
  events?: string[]
  description?: string
  owner?: 'merchant' | 'party'
  merchant?: string
  party?: string
}

const said = ({ url, all, events, description }: Values) => ({
  url: url.trim(),
  events: all === 'all' ? ['*'] : (events ?? []),
  description: description?.trim() || null,
})

/** A new endpoint; the answer carries the secret that signs, which nobody sees again. */
export function CreateEndpoint(props: {
  onClose: () => void
  onDone: (endpoint: WebhookEndpoint) => void
}): ReactElement {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const [form] = Form.useForm<Values>()
  const create = useCreate<WebhookEndpoint>('/v1/webhook_endpoints', props.onDone)
  return (
    <FormDrawer<Values>
      title={t('webhooks.create')}
      size={520}
      form={form}
      onClose={props.onClose}
      submit={create}
      initial={{ all: 'all', owner: 'merchant' }}
      toBody={(typed) => {
        const { owner = 'merchant' } = typed
        return { ...said(typed), ...(operator ? { [owner]: typed[owner] } : {}) }
      }}
    >
      {operator && <OwnerFields form={form} />}
      <EndpointFields form={form} />
    </FormDrawer>
  )
}

/** Changes where an endpoint is and what it is told of. */
export function EditEndpoint(props: {
  endpoint: WebhookEndpoint
  onClose: () => void
}): ReactElement {
  const t = useText()
  const { endpoint, onClose } = props
  const [form] = Form.useForm<Values>()
  const isAll = endpoint.events.includes('*')
  const change = useChange(
    '/v1/webhook_endpoints',
    (body: unknown) => api.patch(`/v1/webhook_endpoints/${endpoint.id}`, body),
    onClose,
  )
  return (
    <FormDrawer<Values>
      title={t('webhooks.edit')}
      size={520}
      form={form}
      onClose={onClose}
      submit={change}
      submitText={t('form.save')}
      initial={{
        ...{ url: endpoint.url, all: isAll ? 'all' : 'some' },
        ...{ events: isAll ? [] : endpoint.events, description: endpoint.description ?? '' },
      }}
      toBody={said}
    >
      <EndpointFields form={form} />
    </FormDrawer>
  )
}

type FieldsProps = { form: ReturnType<typeof Form.useForm<Values>>[0] }

function OwnerFields({ form }: FieldsProps): ReactElement {
  const t = useText()
  const owner = Form.useWatch('owner', form) ?? 'merchant'
  return (
    <>
      <Form.Item name="owner" label={t('webhooks.owner')}>
        <Radio.Group
          options={[
            { value: 'merchant', label: t('field.merchant') },
            { value: 'party', label: t('nav.parties') },
          ]}
        />
      </Form.Item>
      {owner === 'merchant' ? (
        <ChoiceField name="merchant" label={t('field.merchant')} path="/v1/merchants" required />
      ) : (
        <ChoiceField name="party" label={t('nav.parties')} path="/v1/parties" required />
      )}
    </>
  )
}

function EndpointFields({ form }: FieldsProps): ReactElement {
  const t = useText()
  const word = useWord()
  const required = useRequired()
  const all = Form.useWatch('all', form)
  return (
    <>
      <TextField
        name="url"
        label={t('webhooks.url')}
        extra={t('webhooks.url_help')}
        placeholder="https://shop.example/hooks/onetill"
        maxLength={2048}
        required
      />
      <Form.Item name="all" label={t('webhooks.events')}>
        <Radio.Group
          options={[
            { value: 'all', label: t('webhooks.events_all') },
            { value: 'some', label: t('webhooks.events_some') },
          ]}
        />
      </Form.Item>
      {all === 'some' && (
        <Form.Item
          name="events"
          rules={[{ ...required(t('webhooks.events'), true), type: 'array', min: 1 }]}
        >
          <Select
            mode="multiple"
            aria-label={t('webhooks.events')}
            options={eventTypes.map((value) => ({
              value,
              label: `${word('webhooks.event_', value)} · ${value}`,
            }))}
          />
        </Form.Item>
      )}
      <TextField name="description" label={t('webhooks.description')} maxLength={200} />
    </>
  )
}
