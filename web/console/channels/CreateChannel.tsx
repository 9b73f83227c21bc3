import { Form, InputNumber, Radio, Select } from 'antd'
import type { ReactElement } from 'react'
import { SchemeMark } from '../../ui/scheme.tsx'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useCreate } from '../resources.ts'
import { useText } from '../text.ts'
import type { ChannelAccount, ChannelName } from '../types.ts'
import { TermFields } from './TermFields.tsx'
import { keysOf, readTerms, settingsOf, type Typed } from './terms.ts'
import { TimingFields, useTimings } from './TimingFields.tsx'
import { readTimings, type Timing } from './timings.ts'

type Values = Typed & {
  channel: ChannelName
  name: string
  reached: 'direct' | 'bank'
  acquirer?: string
  settlement: 'direct' | 'pooled'
  merchant?: string
  cost_bps: number
  concurrency: number
  settings?: { version?: string }
}

const channels: ChannelName[] = ['wechat', 'alipay', 'unionpay', 'bankcard', 'interbank']

function bodyOf(values: Values, timings: readonly Timing[]): unknown {
  const { channel, name, reached, acquirer, settlement, merchant, settings } = values
  const terms = [...settingsOf(channel), ...keysOf(channel, settings?.version)]
  const read = readTerms(terms, values)
  return {
    ...{ channel, name: name.trim(), settlement, keys: {} },
    ...(reached === 'bank' ? { acquirer: acquirer?.trim() } : {}),
    ...(merchant ? { merchant } : {}),
    ...{ cost_bps: values.cost_bps, concurrency: values.concurrency },
    ...read,
    settings: { ...(read['settings'] as Typed | undefined), ...readTimings(timings, values) },
  }
}

/** A new account at a channel: what it is, its settings, and its keys, which nobody sees again. */
export function CreateChannel(props: {
  onClose: () => void
  onDone: (account: ChannelAccount) => void
}): ReactElement {
  const t = useText()
  const [form] = Form.useForm<Values>()
  const create = useCreate<ChannelAccount>('/v1/channel_accounts', props.onDone)
  const channel = Form.useWatch('channel', form) ?? 'wechat'
  const timings = useTimings(channel)
  const version = Form.useWatch(['settings', 'version'], form) as string | undefined
  return (
    <FormDrawer<Values>
      title={t('channels.create')}
      size={560}
      form={form}
      onClose={props.onClose}
      submit={create}
      under={['settings', 'keys']}
      initial={{
        ...{ channel: 'wechat', reached: 'direct', settlement: 'direct' },
        ...{ cost_bps: 60, concurrency: 32, settings: { version: 'v2' } },
      }}
      toBody={(values) => bodyOf(values, timings)}
    >
      <Form.Item name="channel" label={t('channels.channel')}>
        <Select
          options={channels.map((value) => ({
            value,
            label: <SchemeMark scheme={value} size={16} />,
          }))}
        />
      </Form.Item>
      <TextField
        name="name"
        label={t('field.name')}
        placeholder={t('channels.name_example')}
        maxLength={64}
        required
      />
      <Reached form={form} />
      <fieldset className="ct-fieldset">
        <legend>{t('channels.settings')}</legend>
        <TermFields key={channel} terms={settingsOf(channel)} />
      </fieldset>
      <TimingFields key={`times ${channel}`} timings={timings} />
      <fieldset className="ct-fieldset">
        <legend>{t('channels.keys')}</legend>
        <p className="ct-small">{t('channels.keys_note')}</p>
        <TermFields key={`${channel} ${version ?? ''}`} terms={keysOf(channel, version)} />
      </fieldset>
    </FormDrawer>
  )
}

/** Directly or through a bank, whom the money goes to, and what the road costs. */
function Reached({ form }: { form: ReturnType<typeof Form.useForm<Values>>[0] }): ReactElement {
  const t = useText()
  const reached = Form.useWatch('reached', form)
  return (
    <>
      <Form.Item name="reached" label={t('channels.acquirer')}>
        <Radio.Group
          options={[
            { value: 'direct', label: t('channels.reached_direct') },
            { value: 'bank', label: t('channels.reached_bank') },
          ]}
        />
      </Form.Item>
      {reached === 'bank' && (
        <TextField name="acquirer" label={t('channels.acquirer_name')} maxLength={64} required />
      )}
      <Form.Item name="settlement" label={t('channels.settlement')}>
        <Radio.Group
          className="ct-radio-lines"
          options={[
            { value: 'direct', label: t('channels.settlement_direct_note') },
            { value: 'pooled', label: t('channels.settlement_pooled_note') },
          ]}
        />
      </Form.Item>
      <ChoiceField
        name="merchant"
        label={t('field.merchant')}
        extra={t('channels.merchant_help')}
        path="/v1/merchants"
      />
      <CostFields />
    </>
  )
}

/** What the road costs, and how many calls it takes at once. */
export function CostFields(): ReactElement {
  const t = useText()
  return (
    <div className="ct-pair">
      <Form.Item name="cost_bps" label={t('channels.cost')} extra={t('channels.cost_help')}>
        <InputNumber min={0} max={10_000} precision={0} suffix={t('rules.rate_unit')} />
      </Form.Item>
      <Form.Item
        name="concurrency"
        label={t('channels.concurrency')}
        extra={t('channels.concurrency_help')}
      >
        <InputNumber min={1} max={1_000} precision={0} />
      </Form.Item>
    </div>
  )
}
