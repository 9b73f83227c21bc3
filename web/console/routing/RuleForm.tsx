import { App, Form, InputNumber, Radio, Select, Slider, type FormInstance } from 'antd'
import type { ReactElement } from 'react'
import { SchemeMark } from '../../ui/scheme.tsx'
import { AmountField, ChoiceField, TextField, useRequired } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { PeriodFields } from '../parts/PeriodFields.tsx'
import { useChoices, useCreate } from '../resources.ts'
import { useZone } from '../session.tsx'
import { useText, useWord } from '../text.ts'
import { ruleKinds, type ChannelAccount, type RouteRule, type RuleKind } from '../types.ts'
import { ruleBody, type TypedRule } from './body.ts'
import { OnFields, channelNames, schemeNames, sourceKinds } from './OnFields.tsx'
import { WhenFields } from './WhenFields.tsx'

const initial: Partial<TypedRule> = {
  ...{ offer: 'amount_off', of: 'scheme' },
  promotion: { funded_by: 100, percent_bps: 10 },
  environment: { effect: 'prefer', weight: 1 },
}

/** A new routing rule. A rule is never changed: it is ended, and another one is added. */
export function RuleForm(props: { kind: RuleKind; onClose: () => void }): ReactElement {
  const t = useText()
  const zone = useZone()
  const { message } = App.useApp()
  const [form] = Form.useForm<TypedRule>()
  const kind = Form.useWatch('kind', form) ?? props.kind
  const create = useCreate<RouteRule>('/v1/route_rules', () => {
    void message.success(t('routing.created'))
    props.onClose()
  })
  const Fields = fieldsOf[kind]
  return (
    <FormDrawer<TypedRule>
      title={t('routing.create')}
      size={600}
      form={form}
      onClose={props.onClose}
      submit={create}
      initial={{ ...initial, kind: props.kind }}
      toBody={(typed) => ruleBody(typed, zone)}
    >
      <Form.Item name="kind" label={t('field.kind')} extra={t(`routing.kind_${kind}_note`)}>
        <Radio.Group
          optionType="button"
          options={ruleKinds.map((value) => ({ value, label: t(`routing.kind_${value}`) }))}
        />
      </Form.Item>
      <div className="ct-pair">
        <TextField
          name="name"
          label={t('field.name')}
          placeholder={t(`routing.name_${kind}`)}
          maxLength={64}
          required
        />
        <TextField name="name_en" label={t('field.name_en')} maxLength={64} />
      </div>
      <ChoiceField
        name="merchant"
        label={t('field.merchant')}
        extra={t('routing.merchant_help')}
        path="/v1/merchants"
      />
      <Fields form={form} />
      <fieldset className="ct-fieldset">
        <legend>{t('routing.validity')}</legend>
        <PeriodFields />
      </fieldset>
    </FormDrawer>
  )
}

type FieldsProps = { form: FormInstance<TypedRule> }

const fieldsOf: Record<RuleKind, (props: FieldsProps) => ReactElement> = {
  promotion: PromotionFields,
  quota: QuotaFields,
  environment: EnvironmentFields,
  preference: PreferenceFields,
}

function PromotionFields({ form }: FieldsProps): ReactElement {
  const t = useText()
  const share = (Form.useWatch(['promotion', 'funded_by'], form) as number | undefined) ?? 100
  return (
    <>
      <fieldset className="ct-fieldset">
        <legend>{t('routing.offer')}</legend>
        <OfferFields form={form} />
        <Form.Item
          name={['promotion', 'funded_by']}
          label={t('routing.funded_by')}
          extra={t('routing.funded_words', { institution: share, merchant: 100 - share })}
        >
          <Slider min={0} max={100} step={5} marks={{ 0: '0', 50: '50', 100: '100' }} />
        </Form.Item>
      </fieldset>
      <OnFields under="promotion" />
      <WhenFields under="promotion" form={form} />
    </>
  )
}

/** What is taken off, from which amount on, and how much of it altogether. */
function OfferFields({ form }: FieldsProps): ReactElement {
  const t = useText()
  const required = useRequired()
  const isPercent = Form.useWatch('offer', form) === 'percent_bps'
  return (
    <>
      <Form.Item name="offer">
        <Radio.Group
          options={[
            { value: 'amount_off', label: t('routing.amount_off') },
            { value: 'percent_bps', label: t('routing.percent_off') },
          ]}
        />
      </Form.Item>
      <div className="ct-pair">
        {isPercent ? (
          <Form.Item
            name={['promotion', 'percent_bps']}
            label={t('routing.percent')}
            rules={[required(t('routing.percent'), true)]}
          >
            <InputNumber min={0.01} max={100} precision={2} suffix="%" />
          </Form.Item>
        ) : (
          <AmountField name={['promotion', 'amount_off']} label={t('routing.off')} required />
        )}
        {isPercent && <AmountField name={['promotion', 'cap']} label={t('routing.cap')} />}
        <AmountField name={['promotion', 'minimum']} label={t('routing.minimum')} />
        <AmountField
          name={['promotion', 'budget']}
          label={t('routing.budget')}
          extra={t('routing.budget_help')}
        />
      </div>
    </>
  )
}

function QuotaFields({ form }: FieldsProps): ReactElement {
  const t = useText()
  const word = useWord()
  const required = useRequired()
  const of = Form.useWatch('of', form) ?? 'scheme'
  const choices = {
    scheme: schemeNames.map((value) => ({ value, label: <SchemeMark scheme={value} size={16} /> })),
    source_kind: sourceKinds.map((value) => ({
      value,
      label: <span>{word('routing.source_', value)}</span>,
    })),
  }
  return (
    <fieldset className="ct-fieldset">
      <legend>{t('routing.kind_quota')}</legend>
      <Form.Item name="of" label={t('routing.quota_of')}>
        <Radio.Group
          options={(['scheme', 'channel_account', 'source_kind'] as const).map((value) => ({
            value,
            label: t(`routing.of_${value}`),
          }))}
        />
      </Form.Item>
      {of === 'channel_account' ? (
        <ChoiceField
          name={['quota', of]}
          label={t(`routing.of_${of}`)}
          path="/v1/channel_accounts"
          required
        />
      ) : (
        <Form.Item
          key={of}
          name={['quota', of]}
          label={t(`routing.of_${of}`)}
          rules={[required(t(`routing.of_${of}`), true)]}
        >
          <Select options={choices[of]} />
        </Form.Item>
      )}
      <div className="ct-triple">
        <AmountField name={['quota', 'per_payment']} label={t('routing.per_payment')} />
        <AmountField name={['quota', 'per_day']} label={t('routing.per_day')} />
        <AmountField name={['quota', 'per_month']} label={t('routing.per_month')} />
      </div>
    </fieldset>
  )
}

function EnvironmentFields({ form }: FieldsProps): ReactElement {
  const t = useText()
  const effect = Form.useWatch(['environment', 'effect'], form)
  return (
    <>
      <fieldset className="ct-fieldset">
        <legend>{t('routing.effect')}</legend>
        <Form.Item name={['environment', 'effect']}>
          <Radio.Group
            options={[
              { value: 'prefer', label: t('routing.prefer') },
              { value: 'exclude', label: t('routing.exclude') },
            ]}
          />
        </Form.Item>
        {effect !== 'exclude' && (
          <Form.Item
            name={['environment', 'weight']}
            label={t('routing.weight')}
            extra={t('routing.weight_help')}
          >
            <InputNumber min={1} max={100} precision={0} />
          </Form.Item>
        )}
      </fieldset>
      <OnFields under="environment" required />
      <WhenFields under="environment" form={form} />
    </>
  )
}

function PreferenceFields({ form }: FieldsProps): ReactElement {
  const t = useText()
  const required = useRequired()
  const accounts = useChoices<ChannelAccount>('/v1/channel_accounts')
  const options = [
    ...channelNames.map((value) => ({
      value: value as string,
      label: <SchemeMark scheme={value} size={16} />,
    })),
    ...(accounts.data ?? []).map(({ id, name }) => ({ value: id, label: <span>{name}</span> })),
  ]
  return (
    <>
      <Form.Item
        name={['preference', 'order']}
        label={t('routing.order')}
        extra={t('routing.order_help')}
        rules={[required(t('routing.order'), true)]}
      >
        <Select mode="multiple" options={options} />
      </Form.Item>
      <WhenFields under="preference" form={form} />
    </>
  )
}
