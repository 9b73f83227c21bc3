import type { ReactElement } from 'react'
import type { Terminal } from '../../ui/types.ts'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useCreate } from '../resources.ts'
import { useText } from '../text.ts'

type Values = { store: string; name: string }

/** A new terminal of a store; the answer carries its activation code. */
export function CreateTerminal(props: {
  store: string | undefined
  onClose: () => void
  onDone: (terminal: Terminal) => void
}): ReactElement {
  const t = useText()
  const create = useCreate<Terminal>('/v1/terminals', props.onDone)
  return (
    <FormDrawer<Values>
      title={t('terminals.create')}
      onClose={props.onClose}
      submit={create}
      {...(props.store ? { initial: { store: props.store } } : {})}
      toBody={({ store, name }) => ({ store, name: name.trim() })}
    >
      <ChoiceField name="store" label={t('field.store')} path="/v1/stores" required />
      <TextField
        name="name"
        label={t('terminals.name')}
        extra={t('terminals.name_help')}
        maxLength={64}
        required
      />
    </FormDrawer>
  )
}
