import { App } from 'antd'
import type { ReactElement } from 'react'
import type { Payer, Source } from '../../ui/types.ts'
import { homeCurrency, minorFromTyped } from '../amounts.ts'
import { AmountField, TextField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useCreate } from '../resources.ts'
import { useText } from '../text.ts'

type Values = { label: string; last4: string; opening_amount: string }

/** A card account of this institution, with what is on it to begin with. */
export function OpenCard({ payer, onClose }: { payer: Payer; onClose: () => void }): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const create = useCreate<Source>('/v1/cards', () => {
    void message.success(t('payers.card_opened'))
    onClose()
  })
  return (
    <FormDrawer<Values>
      title={t('payers.open_card_title', { name: payer.name })}
      onClose={onClose}
      submit={create}
      submitText={t('payers.open_card')}
      toBody={({ label, last4, opening_amount }) => ({
        payer: payer.id,
        label: label.trim(),
        last4,
        opening_amount: minorFromTyped(opening_amount),
        currency: homeCurrency,
      })}
    >
      <p className="ct-small">{t('payers.card_note')}</p>
      <TextField
        name="label"
        label={t('payers.label')}
        placeholder={t('payers.label_placeholder')}
        maxLength={64}
        required
      />
      <TextField
        name="last4"
        label={t('payers.last4')}
        pattern={{ of: /^\d{4}$/, message: t('payers.last4_invalid') }}
        maxLength={4}
        digits
        required
      />
      <AmountField name="opening_amount" label={t('payers.opening_amount')} required allowZero />
    </FormDrawer>
  )
}
