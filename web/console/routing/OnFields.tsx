import { Form, Select } from 'antd'
import type { ReactElement } from 'react'
import { SchemeMark } from '../../ui/scheme.tsx'
import { useChoices } from '../resources.ts'
import { useText, useWord } from '../text.ts'
import type { ChannelAccount } from '../types.ts'

export const schemeNames = ['onetill', 'wechat', 'alipay', 'unionpay', 'ecny']
export const channelNames = ['book', 'wechat', 'alipay', 'unionpay', 'bankcard', 'interbank']
export const sourceKinds = ['balance', 'card', 'linked', 'bank_card']

/** Which codes, roads and sources a rule is about; what is left empty means all of them. */
export function OnFields(props: {
  under: 'promotion' | 'environment'
  required?: boolean
}): ReactElement {
  const t = useText()
  const word = useWord()
  const { under } = props
  const accounts = useChoices<ChannelAccount>('/v1/channel_accounts')
  const marks = (names: string[]) =>
    names.map((value) => ({ value, label: <SchemeMark scheme={value} size={16} /> }))
  const lists = {
    schemes: marks(schemeNames),
    channels: marks(channelNames),
    channel_accounts: (accounts.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
    source_kinds: sourceKinds.map((value) => ({ value, label: word('routing.source_', value) })),
  }
  return (
    <fieldset className="ct-fieldset">
      <legend>{t('routing.on')}</legend>
      <p className="ct-small">{t(props.required ? 'routing.on_some' : 'routing.on_note')}</p>
      <div className="ct-pair">
        {Object.entries(lists).map(([name, options]) => (
          <Form.Item
            key={name}
            name={[under, 'on', name]}
            label={t(`routing.on_${name as keyof typeof lists}`)}
          >
            <Select mode="multiple" allowClear options={options as { value: string }[]} />
          </Form.Item>
        ))}
      </div>
    </fieldset>
  )
}
