import { App, Button, Form, Input, Radio } from 'antd'
import type { Rule } from 'antd/es/form'
import type { ReactElement } from 'react'
import type { AllocationRule } from '../../ui/types.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useCreate } from '../resources.ts'
import { useText } from '../text.ts'
import { isOverWhole, percentText, sumOfRates } from './example.ts'
import { LineFields } from './LineFields.tsx'
import {
  firstLine,
  readLine,
  ruleBody,
  typedLines,
  type TypedLine,
  type TypedRule,
} from './lines.ts'
import { WorkedExample } from './WorkedExample.tsx'

export type RuleEditorProps = {
  merchant: string
  from: AllocationRule | null
  onClose: () => void
}

/** The next version of a merchant's rule; while it is typed, an example shows what it does. */
export function RuleEditor({ merchant, from, onClose }: RuleEditorProps): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const [form] = Form.useForm<TypedRule>()
  const create = useCreate<AllocationRule>('/v1/allocation_rules', ({ version }) => {
    void message.success(t('rules.created_version', { version }))
    onClose()
  })
  const when = Form.useWatch('when', form)
  const future: Rule = {
    validator: (_rule, typed: string | undefined) => {
      if (!typed)
        return Promise.reject(new Error(t('form.required', { field: t('rules.effective_at') })))
      const isFuture = Date.parse(typed) > Date.now()
      return isFuture ? Promise.resolve() : Promise.reject(new Error(t('rules.effective_past')))
    },
  }
  return (
    <FormDrawer<TypedRule>
      title={t('rules.new_version')}
      size={880}
      form={form}
      onClose={onClose}
      submit={create}
      initial={{ lines: typedLines(from), when: 'now' }}
      toBody={(typed) => ruleBody(merchant, typed)}
      submitText={t('form.save')}
    >
      <Form.List name="lines" rules={[{ validator: (_rule, lines) => checkLines(lines, t) }]}>
        {(fields, { add, remove }, { errors }) => (
          <fieldset className="ct-fieldset">
            <legend>{t('rules.lines')}</legend>
            {fields.length === 0 && <p className="ct-muted">{t('rules.no_lines')}</p>}
            {fields.map((field, place) => (
              <LineFields
                key={field.key}
                field={field.name}
                place={place}
                onRemove={() => remove(field.name)}
              />
            ))}
            <Form.ErrorList errors={errors} />
            <Button
              size="small"
              onClick={() =>
                add(fields.length === 0 ? firstLine : { role: 'platform', base: 'gross' })
              }
              data-testid="add-line"
            >
              {t('rules.add_line')}
            </Button>
          </fieldset>
        )}
      </Form.List>
      <WorkedExample form={form} />
      <Form.Item name="when" label={t('rules.effective_at')}>
        <Radio.Group
          options={[
            { value: 'now', label: t('rules.effective_now') },
            { value: 'later', label: t('rules.effective_later') },
          ]}
        />
      </Form.Item>
      {when === 'later' && (
        <Form.Item name="effective_at" rules={[future]}>
          <Input
            type="datetime-local"
            className="ct-datetime"
            aria-label={t('rules.effective_at')}
          />
        </Form.Item>
      )}
    </FormDrawer>
  )
}

/** What concerns the lines together; each field says itself what is wrong with it. */
function checkLines(lines: Partial<TypedLine>[], t: ReturnType<typeof useText>): Promise<void> {
  const fees = lines.filter(({ role }) => role === 'fee')
  if (fees.length > 1) return Promise.reject(new Error(t('rules.fee_line_one')))
  if (fees.length === 0 && lines.some(({ base }) => base === 'fee')) {
    return Promise.reject(new Error(t('rules.fee_base_missing')))
  }
  const read = lines.map(readLine)
  if (isOverWhole(read)) {
    return Promise.reject(new Error(t('rules.sum_over', { sum: percentText(sumOfRates(read)) })))
  }
  const parties = lines.map(({ role, party }) => party && `${role} ${party}`).filter(Boolean)
  if (new Set(parties).size < parties.length) {
    return Promise.reject(new Error(t('rules.party_twice')))
  }
  return Promise.resolve()
}
