import { Form, Radio } from 'antd'
import type { ReactElement } from 'react'
import type { Party } from '../../ui/types.ts'
import { TextField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useCreate } from '../resources.ts'
import { useText } from '../text.ts'

type Values = { kind: 'agent' | 'platform'; name: string }

/** A new agent or platform; the answer carries the API key, which nobody sees again. */
export function CreateParty(props: {
  onClose: () => void
  onDone: (party: Party) => void
}): ReactElement {
  const t = useText()
  const create = useCreate<Party>('/v1/parties', props.onDone)
  return (
    <FormDrawer<Values>
      title={t('parties.create_title')}
      onClose={props.onClose}
      submit={create}
      initial={{ kind: 'agent' }}
      toBody={({ kind, name }) => ({ kind, name: name.trim() })}
    >
      <Form.Item name="kind" label={t('field.kind')}>
        <Radio.Group
          options={[
            { value: 'agent', label: t('parties.kind_agent') },
            { value: 'platform', label: t('parties.kind_platform') },
          ]}
        />
      </Form.Item>
      <TextField name="name" label={t('field.name')} maxLength={64} required />
    </FormDrawer>
  )
}
