import { Alert, Button, Form, Input, Segmented, Select, type FormInstance } from 'antd'
import type { ReactElement } from 'react'
import { SchemeMark } from '../../ui/scheme.tsx'
import { problemText } from '../../ui/i18n.tsx'
import type { Store } from '../../ui/types.ts'
import { homeCurrency, minorFromTyped } from '../amounts.ts'
import { AmountField, Choose, useRequired } from '../parts/fields.tsx'
import { Panel } from '../parts/Page.tsx'
import { api, useChange, useChoices } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'
import type { RouteDecision } from '../types.ts'
import { DecisionView } from './DecisionView.tsx'
import { schemeNames } from './OnFields.tsx'

type Values = {
  store: string
  amount: string
  by: 'scheme' | 'payer' | 'payment_code'
  scheme?: string
  payer?: string
  payment_code?: string
}

/** What would be chosen, and why: the same choice as a payment's, without a payment. */
export function DryRun(): ReactElement {
  const t = useText()
  const [form] = Form.useForm<Values>()
  const stores = useChoices<Store>('/v1/stores')
  const ask = useChange('/v1/route_decisions', (body: unknown) =>
    api.post<RouteDecision>('/v1/route_decisions', body),
  )
  const send = ({ store, amount, by, ...values }: Values): void => {
    const merchant = stores.data?.find(({ id }) => id === store)?.merchant
    ask.mutate({
      ...{ store, amount: minorFromTyped(amount), currency: homeCurrency, merchant },
      [by]: values[by]?.trim(),
    })
  }
  return (
    <Panel title={t('routing.dry_run')}>
      <p className="ct-small">{t('routing.dry_run_note')}</p>
      <Form<Values>
        form={form}
        layout="vertical"
        size="middle"
        initialValues={{ by: 'scheme', scheme: 'wechat', amount: '88.50' }}
        onFinish={send}
        className="ct-dry-run"
      >
        <div className="ct-pair">
          <StoreField stores={stores.data} />
          <AmountField name="amount" label={t('field.amount')} required />
        </div>
        <PayingFields form={form} />
        <Button type="primary" htmlType="submit" loading={ask.isPending} data-testid="dry-run">
          {t('routing.ask')}
        </Button>
      </Form>
      {ask.error && <Alert type="error" showIcon title={problemText(ask.error)} />}
      {ask.data && !ask.isPending && <DecisionView decision={ask.data} />}
    </Panel>
  )
}

function StoreField({ stores }: { stores: Store[] | undefined }): ReactElement {
  const t = useText()
  const required = useRequired()
  return (
    <Form.Item
      name="store"
      label={t('field.store')}
      rules={[required(t('field.store'), true)]}
      {...(stores?.[0] ? { initialValue: stores[0].id } : {})}
      key={stores?.[0]?.id ?? ''}
    >
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        options={(stores ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      />
    </Form.Item>
  )
}

/** By what the road is asked for: a scheme, one of our payers, or a code as it was scanned. */
function PayingFields({ form }: { form: FormInstance<Values> }): ReactElement {
  const t = useText()
  const required = useRequired()
  const operator = isOperator(usePrincipal())
  const by = Form.useWatch('by', form) ?? 'scheme'
  // Whom a payer pays with is nothing that a merchant may learn.
  const ways = operator ? (['scheme', 'payer', 'payment_code'] as const) : (['scheme'] as const)
  const inputs = {
    scheme: (
      <Select
        options={schemeNames.map((value) => ({
          value,
          label: <SchemeMark scheme={value} size={16} />,
        }))}
      />
    ),
    payer: <Choose path="/v1/payers" placeholder={t('field.payer')} />,
    payment_code: <Input inputMode="numeric" autoComplete="off" />,
  }
  return (
    <>
      {ways.length > 1 && (
        <Form.Item name="by">
          <Segmented
            block
            options={ways.map((value) => ({ value, label: t(`routing.by_${value}`) }))}
          />
        </Form.Item>
      )}
      <Form.Item
        key={by}
        name={by}
        label={t(`routing.by_${by}`)}
        rules={[required(t(`routing.by_${by}`), true)]}
      >
        {inputs[by]}
      </Form.Item>
    </>
  )
}
