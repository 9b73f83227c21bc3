import { App, Form, Select } from 'antd'
import type { ReactElement } from 'react'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'
import type { ChannelAccount } from '../types.ts'
import { TermFields, useTermName } from './TermFields.tsx'
import { keyNames, readTerms, termsOf, type Typed } from './terms.ts'

type Values = Typed & { which: string }

/** Puts another key in the place of one. Calls under way end with the old one; nothing stops. */
export function RotateKeys(props: {
  account: ChannelAccount
  which?: string | undefined
  onClose: () => void
}): ReactElement {
  const t = useText()
  const { account } = props
  const { message } = App.useApp()
  const [form] = Form.useForm<Values>()
  const names = keyNames(account.channel)
  const first = props.which ?? names.find((name) => account.keys[name]) ?? names[0] ?? ''
  const which = (Form.useWatch('which', form) as string | undefined) ?? first
  const termName = useTermName()
  const terms = termsOf[account.channel].filter(
    ({ at }) => at === `keys.${which}` || at.startsWith(`keys.${which}.`),
  )
  const change = useChange(
    '/v1/channel_accounts',
    (body: unknown) => api.patch(`/v1/channel_accounts/${account.id}`, body),
    () => {
      void message.success(t('channels.rotated'))
      props.onClose()
    },
  )
  return (
    <FormDrawer<Values>
      title={t('channels.rotate_title', { name: account.name })}
      size={520}
      form={form}
      onClose={props.onClose}
      submit={change}
      submitText={t('channels.rotate')}
      under={['keys']}
      initial={{ which: first }}
      toBody={(typed) => ({ keys: {}, ...readTerms(terms, typed) })}
    >
      <p className="ct-small">{t('channels.rotate_note')}</p>
      <Form.Item name="which" label={t('channels.which_key')}>
        <Select options={names.map((value) => ({ value, label: termName(`keys.${value}`) }))} />
      </Form.Item>
      <TermFields key={which} terms={terms} />
    </FormDrawer>
  )
}
