import { App, AutoComplete, Form, Radio } from 'antd'
import type { ReactElement } from 'react'
import { moneyText } from '../../ui/money.tsx'
import type { PaymentView, RefundView } from '../../ui/types.ts'
import { minorFromTyped, typedFromMinor } from '../amounts.ts'
import { AmountField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useCreate, useForget } from '../resources.ts'
import { useText } from '../text.ts'
import { refundWord } from './left.ts'

type Values = { how: 'whole' | 'part'; amount?: string; reason?: string }

/** Gives money back, the whole or a part of it; above a limit another person must approve. */
export function MakeRefund(props: {
  payment: PaymentView
  leftMinor: number
  onClose: () => void
}): ReactElement {
  const t = useText()
  const { payment, leftMinor } = props
  const { message } = App.useApp()
  const forget = useForget()
  const [form] = Form.useForm<Values>()
  const how = Form.useWatch('how', form)
  const create = useCreate<RefundView>('/v1/refunds', (refund) => {
    const word = refundWord(refund)
    const tell = refund.state === 'failed' ? message.error : message.success
    void tell(t(`refunds.made_${word}` as 'refunds.made_succeeded'), 6)
    void forget('/v1/payments')
    props.onClose()
  })
  const left = moneyText(leftMinor, payment.currency)
  const reasons = t('refunds.reasons').split('|')
  const tooLarge = {
    validator: (_rule: unknown, typed: string | undefined) =>
      (minorFromTyped(typed ?? '') ?? 0) > leftMinor
        ? Promise.reject(new Error(t('refunds.too_large', { left })))
        : Promise.resolve(),
  }
  return (
    <FormDrawer<Values>
      title={t('refunds.make')}
      form={form}
      onClose={props.onClose}
      submit={create}
      submitText={t('refunds.make')}
      initial={{ how: 'whole', amount: typedFromMinor(leftMinor) }}
      toBody={({ how: chosen, amount, reason }) => ({
        payment: payment.id,
        ...(chosen === 'part' ? { amount: minorFromTyped(amount ?? '') } : {}),
        ...(reason?.trim() ? { reason: reason.trim() } : {}),
      })}
    >
      <Form.Item name="how" label={t('refunds.how_much')}>
        <Radio.Group
          className="ct-radio-lines"
          options={[
            { value: 'whole', label: t('refunds.whole', { left }) },
            { value: 'part', label: t('refunds.part') },
          ]}
        />
      </Form.Item>
      {how === 'part' && (
        <AmountField name="amount" label={t('field.amount')} required rule={tooLarge} />
      )}
      <Form.Item name="reason" label={t('refunds.reason')}>
        <AutoComplete options={reasons.map((value) => ({ value }))} maxLength={80} allowClear />
      </Form.Item>
      <p className="ct-small">{t('refunds.note')}</p>
    </FormDrawer>
  )
}
