import type { ReactElement } from 'react'
import type { Merchant } from '../../ui/types.ts'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useCreate } from '../resources.ts'
import { useText } from '../text.ts'

type Values = { name: string; category: string; agent?: string; platform?: string }

const isAgent = ({ kind }: { kind?: string }): boolean => kind === 'agent'
const isPlatform = ({ kind }: { kind?: string }): boolean => kind === 'platform'

/** A new merchant; the answer carries the API key, which nobody sees again. */
export function CreateMerchant(props: {
  onClose: () => void
  onDone: (merchant: Merchant) => void
}): ReactElement {
  const t = useText()
  const create = useCreate<Merchant>('/v1/merchants', props.onDone)
  return (
    <FormDrawer<Values>
      title={t('merchants.create')}
      onClose={props.onClose}
      submit={create}
      toBody={({ name, category, agent, platform }) => ({
        name: name.trim(),
        category,
        ...(agent ? { agent } : {}),
        ...(platform ? { platform } : {}),
      })}
    >
      <TextField name="name" label={t('field.name')} maxLength={64} required />
      <TextField
        name="category"
        label={t('merchants.category')}
        extra={t('merchants.category_help')}
        pattern={{ of: /^\d{4}$/, message: t('merchants.category_invalid') }}
        maxLength={4}
        digits
        required
      />
      <ChoiceField name="agent" label={t('merchants.agent')} path="/v1/parties" keep={isAgent} />
      <ChoiceField
        name="platform"
        label={t('merchants.platform')}
        path="/v1/parties"
        keep={isPlatform}
      />
    </FormDrawer>
  )
}
