import { Button, Form, Radio, Switch } from 'antd'
import { useState, type ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import type { Merchant } from '../../ui/types.ts'
import { homeCurrency, minorFromTyped, typedFromMinor } from '../amounts.ts'
import { AmountField } from '../parts/fields.tsx'
import { Facts } from '../parts/Facts.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { Panel } from '../parts/Page.tsx'
import { api, useChange } from '../resources.ts'
import { ReasonField } from '../settings/ReasonField.tsx'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'

type Values = { needed: boolean; from?: string; by: Merchant['refund_approved_by']; reason: string }

/** From which amount a refund of this merchant waits for a second person, and who that may be. */
export function RefundTerms({ merchant }: { merchant: Merchant }): ReactElement {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const [isEditing, setEditing] = useState(false)
  const { refund_approval_from: from, refund_approved_by: by } = merchant
  const edit = (
    <Button size="small" onClick={() => setEditing(true)} data-testid="edit-refund-terms">
      {t('merchants.change')}
    </Button>
  )
  return (
    <Panel title={t('merchants.refunds')} aside={operator && edit}>
      <Facts
        facts={[
          {
            label: t('merchants.approval_from'),
            value:
              from === null ? (
                t('merchants.approval_never')
              ) : (
                <Money minor={from} currency={homeCurrency} size="s" />
              ),
          },
          {
            label: t('merchants.approved_by'),
            value: from === null ? '–' : t(`merchants.approved_by_${by}`),
          },
        ]}
      />
      <p className="ct-muted">{t('merchants.approval_note')}</p>
      {isEditing && <EditTerms merchant={merchant} onClose={() => setEditing(false)} />}
    </Panel>
  )
}

function EditTerms({ merchant, onClose }: { merchant: Merchant; onClose: () => void }) {
  const t = useText()
  const [form] = Form.useForm<Values>()
  const isNeeded = Form.useWatch('needed', form) ?? merchant.refund_approval_from !== null
  const change = useChange(
    '/v1/merchants',
    (body: unknown) => api.patch<Merchant>(`/v1/merchants/${merchant.id}`, body),
    onClose,
  )
  return (
    <FormDrawer<Values>
      title={t('merchants.refunds')}
      onClose={onClose}
      submit={change}
      submitText={t('form.save')}
      form={form}
      initial={{
        needed: merchant.refund_approval_from !== null,
        from: typedFromMinor(merchant.refund_approval_from ?? 0),
        by: merchant.refund_approved_by,
      }}
      toBody={({ needed, from = '', by, reason }) => ({
        refund_approval_from: needed ? minorFromTyped(from) : null,
        ...(needed && { refund_approved_by: by }),
        reason: reason.trim(),
      })}
    >
      <Form.Item name="needed" label={t('merchants.approval_needed')} valuePropName="checked">
        <Switch />
      </Form.Item>
      {isNeeded && (
        <>
          <AmountField
            name="from"
            label={t('merchants.approval_from')}
            extra={t('merchants.approval_zero')}
            allowZero
            required
          />
          <Form.Item name="by" label={t('merchants.approved_by')}>
            <Radio.Group
              options={(['staff', 'operator'] as const).map((value) => ({
                value,
                label: t(`merchants.approved_by_${value}`),
              }))}
            />
          </Form.Item>
        </>
      )}
      <ReasonField />
    </FormDrawer>
  )
}
