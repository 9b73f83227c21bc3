import { Form, Input, Select, type FormItemProps } from 'antd'
import type { Rule } from 'antd/es/form'
import { useEffect, useState, type ReactElement } from 'react'
import { currencySign, minorFromTyped } from '../amounts.ts'
import { mostChoices, useChoices, type Filters } from '../resources.ts'
import { useText } from '../text.ts'

type ItemProps = Pick<FormItemProps, 'name' | 'label' | 'extra'> & { required?: boolean }

/** A rule that says which field is missing. */
export function useRequired(): (label: string, chosen?: boolean) => Rule {
  const t = useText()
  return (label, chosen) => ({
    required: true,
    whitespace: !chosen,
    message: t(chosen ? 'form.select' : 'form.required', { field: label }),
  })
}

export type TextFieldProps = ItemProps & {
  placeholder?: string
  maxLength?: number
  pattern?: { of: RegExp; message: string }
  digits?: boolean
}

/** One line of text. */
export function TextField(props: TextFieldProps): ReactElement {
  const required = useRequired()
  const { digits, maxLength, pattern, placeholder } = props
  const rules: Rule[] = [
    ...(props.required ? [required(String(props.label))] : []),
    ...(pattern ? [{ pattern: pattern.of, message: pattern.message }] : []),
  ]
  return (
    <Form.Item name={props.name} label={props.label} extra={props.extra} rules={rules}>
      <Input
        allowClear={!props.required}
        autoComplete="off"
        {...(placeholder ? { placeholder } : {})}
        {...(maxLength ? { maxLength } : {})}
        {...(digits ? { inputMode: 'numeric' as const } : {})}
      />
    </Form.Item>
  )
}

/** An amount typed in yuan; the form keeps what was typed, and `minorFromTyped` reads it. */
export function AmountField(props: ItemProps & { allowZero?: boolean; rule?: Rule }): ReactElement {
  const t = useText()
  const required = useRequired()
  const check: Rule = {
    validator: (_rule, typed: string | undefined) => {
      if (!typed?.trim()) return Promise.resolve()
      const amountMinor = minorFromTyped(typed)
      if (amountMinor === null) return Promise.reject(new Error(t('form.amount_invalid')))
      if (amountMinor === 0 && !props.allowZero) {
        return Promise.reject(new Error(t('form.amount_zero')))
      }
      return Promise.resolve()
    },
  }
  const rules = [
    ...(props.required ? [required(String(props.label))] : []),
    check,
    ...(props.rule ? [props.rule] : []),
  ]
  return (
    <Form.Item name={props.name} label={props.label} extra={props.extra} rules={rules}>
      <Input prefix={currencySign} inputMode="decimal" autoComplete="off" className="ct-amount" />
    </Form.Item>
  )
}

export type ChoiceProps = {
  path: string
  filters?: Filters
  value?: string | undefined
  onChange?: (id: string | undefined) => void
  placeholder: string
  clearable?: boolean
  id?: string
  keep?: (row: Choice) => boolean
  testId?: string
}

type Choice = { id: string; name: string; kind?: string; store?: string }

// Lists that the server searches by name: what is typed finds more than the newest hundred.
const searched = [
  ...['/v1/merchants', '/v1/stores', '/v1/terminals', '/v1/parties', '/v1/products'],
  ...['/v1/people', '/v1/payers'],
]
const SETTLED_MS = 250

/** What was typed, once nothing more has come for a moment. */
function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return settled
}

/** Chooses one of a list of the API by its name; a long list is searched where it is kept. */
export function Choose(props: ChoiceProps): ReactElement {
  const t = useText()
  const { keep, value, path } = props
  const isSearched = searched.includes(path)
  const [typed, setTyped] = useState('')
  const q = useSettled(typed.trim())
  const filters = props.filters ?? {}
  const choices = useChoices<Choice>(path, isSearched && q ? { ...filters, q } : filters)
  const rows = (choices.data ?? []).filter((row) => !keep || keep(row))
  const isListed = !value || rows.some((row) => row.id === value)
  const chosen = useChoices<Choice>(path, { q: value }, isSearched && !isListed)
  const found = chosen.data?.find((row) => row.id === value)?.name
  const name = found ?? (chosen.isLoading || choices.isLoading ? '…' : value)
  const options = rows.map((row) => ({ value: row.id, label: row.name }))
  const search = isSearched
    ? { filterOption: false, onSearch: setTyped }
    : { optionFilterProp: 'label' }
  return (
    <Select
      {...(props.id ? { id: props.id } : {})}
      value={value ?? null}
      onChange={(id: string | null | undefined) => props.onChange?.(id ?? undefined)}
      onOpenChange={(isOpen) => !isOpen && setTyped('')}
      options={isListed || q ? options : [...options, { value, label: name }]}
      labelRender={({ label }) => label ?? name}
      placeholder={props.placeholder}
      aria-label={props.placeholder}
      allowClear={props.clearable ?? false}
      showSearch={search}
      loading={choices.isFetching}
      notFoundContent={t(choices.isPending ? 'list.loading' : 'list.empty_filtered')}
      popupMatchSelectWidth={false}
      popupRender={(list) => (
        <>
          {list}
          {rows.length >= mostChoices && <p className="ct-choose-more">{t('form.type_to_find')}</p>}
        </>
      )}
      data-testid={props.testId}
    />
  )
}

/** A chooser as a form field. */
export function ChoiceField(
  props: ItemProps & Pick<ChoiceProps, 'path' | 'filters' | 'keep'>,
): ReactElement {
  const t = useText()
  const required = useRequired()
  const label = String(props.label)
  return (
    <Form.Item
      name={props.name}
      label={props.label}
      extra={props.extra}
      rules={props.required ? [required(label, true)] : []}
    >
      <Choose
        path={props.path}
        placeholder={t('form.select', { field: label })}
        clearable={!props.required}
        {...(props.filters ? { filters: props.filters } : {})}
        {...(props.keep ? { keep: props.keep } : {})}
      />
    </Form.Item>
  )
}
