import type { ReactElement } from 'react'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useCreate } from '../resources.ts'
import { useText } from '../text.ts'
import type { MerchantCode } from '../types.ts'

type Values = { store: string; name: string }

/** A new code for the wall of a store. */
export function CreateCode(props: {
  onClose: () => void
  onDone: (code: MerchantCode) => void
}): ReactElement {
  const t = useText()
  const create = useCreate<MerchantCode>('/v1/merchant_codes', props.onDone)
  return (
    <FormDrawer<Values>
      title={t('codes.create')}
      onClose={props.onClose}
      submit={create}
      toBody={({ store, name }) => ({ store, name: name.trim() })}
    >
      <p className="ct-small">{t('codes.note')}</p>
      <ChoiceField name="store" label={t('field.store')} path="/v1/stores" required />
      <TextField
        name="name"
        label={t('field.name')}
        extra={t('codes.name_help')}
        placeholder={t('codes.name_example')}
        maxLength={64}
        required
      />
    </FormDrawer>
  )
}
