import { Button, Form, Input, Select } from 'antd'
import type { Rule } from 'antd/es/form'
import type { ReactElement } from 'react'
import { fieldPath } from '../parts/FormDrawer.tsx'
import { useRequired } from '../parts/fields.tsx'
import { useText, useWord } from '../text.ts'
import type { Term } from './terms.ts'

/** The name of a setting or key for people; what has none keeps the API's own name. */
export function useTermName(): (at: string) => string {
  const word = useWord()
  return (at) => {
    const name = at.replace(/^(settings|keys)\./, '')
    const asWord = word('channels.term_', name)
    return asWord === name ? (name.split('.').at(-1) ?? name) : asWord
  }
}

/** A field for each term. Keys are typed or pasted and shown to nobody afterwards. */
export function TermFields({ terms }: { terms: readonly Term[] }): ReactElement {
  return (
    <>
      {terms.map((term) =>
        term.shape === 'byName' ? (
          <NamedKeys key={term.at} term={term} />
        ) : (
          <TermField key={term.at} term={term} />
        ),
      )}
    </>
  )
}

function TermField({ term }: { term: Term }): ReactElement {
  const word = useWord()
  const required = useRequired()
  const label = useTermName()(term.at)
  const help = word('channels.help_', term.at)
  const rules: Rule[] = term.required ? [required(label, term.shape === 'words')] : []
  return (
    <Form.Item
      name={fieldPath(term.at)}
      label={label}
      rules={rules}
      {...(help === term.at ? {} : { extra: help })}
    >
      {inputOf(term)}
    </Form.Item>
  )
}

function inputOf({ shape, words = [], placeholder }: Term): ReactElement {
  const plain = { autoComplete: 'off', spellCheck: false, ...(placeholder ? { placeholder } : {}) }
  switch (shape) {
    case 'words':
      return <Select allowClear options={words.map((value) => ({ value, label: value }))} />
    case 'secret':
      return <Input.Password {...plain} autoComplete="new-password" className="ct-mono-input" />
    case 'pem':
    case 'pems':
      return (
        <Input.TextArea
          {...plain}
          rows={3}
          className="ct-mono-input"
          placeholder={'-----BEGIN …-----'}
        />
      )
    case 'texts':
      return <Input.TextArea {...plain} rows={2} />
    default:
      return <Input {...plain} allowClear />
  }
}

/** Keys that have names of their own, such as WeChat's platform keys by their serial numbers. */
function NamedKeys({ term }: { term: Term }): ReactElement {
  const t = useText()
  const required = useRequired()
  const name = useTermName()
  const serial = t('channels.key_serial')
  const pem = t('channels.key_pem')
  return (
    <Form.List name={fieldPath(term.at)} initialValue={[{}]}>
      {(fields, { add, remove }) => (
        <Form.Item label={name(term.at)} required={term.required ?? false}>
          {fields.map((field) => (
            <div key={field.key} className="ct-named-key">
              <Form.Item name={[field.name, 'name']} rules={[required(serial)]}>
                <Input placeholder={serial} aria-label={serial} autoComplete="off" />
              </Form.Item>
              <Form.Item name={[field.name, 'pem']} rules={[required(pem)]}>
                <Input.TextArea
                  rows={3}
                  className="ct-mono-input"
                  placeholder={'-----BEGIN …-----'}
                  aria-label={pem}
                />
              </Form.Item>
              {fields.length > 1 && (
                <Button size="small" onClick={() => remove(field.name)}>
                  {t('form.delete')}
                </Button>
              )}
            </div>
          ))}
          <Button size="small" onClick={() => add({})}>
            {t('channels.add_key')}
          </Button>
        </Form.Item>
      )}
    </Form.List>
  )
}
