import { Alert, App, Checkbox, Form } from 'antd'
import { useState, type ReactElement } from 'react'
import type { Terminal } from '../../ui/types.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'
import { TermFields } from './TermFields.tsx'
import { termsOf, type TermValues } from './terms.ts'

type Values = TermValues & { terminals?: string[] }
type Outcome = { changed: number; failed: { id: string; code: string }[] }

/** The same permission for many terminals at once, with one reason for all. */
export function BulkChange(props: {
  terminals: readonly Terminal[]
  onClose: () => void
}): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const [form] = Form.useForm<Values>()
  const [failed, setFailed] = useState<Outcome['failed']>([])
  const all = props.terminals.map(({ id }) => id)
  const save = useChange(
    '/v1/terminals',
    (body: unknown) => api.post<Outcome>('/v1/permissions/bulk', body),
    (outcome) => {
      void message.success(t('terminals.bulk_done', { count: outcome.changed }))
      setFailed(outcome.failed)
      if (outcome.failed.length === 0) props.onClose()
    },
  )
  const names = new Map(props.terminals.map(({ id, name }) => [id, name]))
  return (
    <FormDrawer<Values>
      title={t('terminals.bulk')}
      form={form}
      onClose={props.onClose}
      submit={save}
      submitText={t('form.save')}
      size={520}
      initial={{
        ...{ terminals: all, may_take_payment: 'unset', may_refund: 'unset' },
        ...{ may_reverse: 'unset', fence_action: 'unset', is_locked: false },
      }}
      toBody={({ terminals = [], reason, ...values }) => ({
        terminals,
        change: termsOf(values),
        reason: reason?.trim(),
      })}
    >
      {failed.length > 0 && (
        <Alert
          type="error"
          showIcon
          title={t('terminals.bulk_failed', {
            names: failed.map(({ id }) => names.get(id) ?? id).join(' · '),
          })}
        />
      )}
      <p className="ct-small">{t('terminals.bulk_note')}</p>
      <Form.Item
        name="terminals"
        label={t('terminals.bulk_which')}
        rules={[{ required: true, message: t('terminals.bulk_none') }]}
      >
        <Checkbox.Group
          className="ct-checks"
          options={props.terminals.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Form.Item>
      <TermFields />
    </FormDrawer>
  )
}
