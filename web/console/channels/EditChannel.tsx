import { App, Form } from 'antd'
import type { ReactElement } from 'react'
import { TextField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'
import type { ChannelAccount } from '../types.ts'
import { CostFields } from './CreateChannel.tsx'
import { TermFields } from './TermFields.tsx'
import { readTerms, settingsOf, type Typed } from './terms.ts'
import { TimingFields, useTimings } from './TimingFields.tsx'
import { readTimings, typedTimings, type Timing } from './timings.ts'

type Values = Typed & {
  name: string
  cost_bps: number
  concurrency: number
}

/** Changes the name, the cost and the settings of an account; a field left empty is taken away. */
export function EditChannel(props: {
  account: ChannelAccount
  onClose: () => void
  /** The new settings count from now on: whoever opened this tries them. */
  onSaved: () => void
}): ReactElement {
  const t = useText()
  const { account } = props
  const { message } = App.useApp()
  const [form] = Form.useForm<Values>()
  const terms = settingsOf(account.channel)
  const timings = useTimings(account.channel)
  const change = useChange(
    '/v1/channel_accounts',
    (body: unknown) => api.patch(`/v1/channel_accounts/${account.id}`, body),
    () => {
      void message.success(t('form.saved'))
      props.onClose()
      props.onSaved()
    },
  )
  return (
    <FormDrawer<Values>
      title={t('channels.edit_title', { name: account.name })}
      size={520}
      form={form}
      onClose={props.onClose}
      submit={change}
      submitText={t('form.save')}
      under={['settings']}
      initial={{
        ...{ name: account.name, cost_bps: account.cost_bps },
        concurrency: account.concurrency,
        settings: { ...asTyped(account.settings), ...typedTimings(account.settings) },
      }}
      toBody={(typed) => ({
        ...{ name: typed.name.trim(), cost_bps: typed.cost_bps },
        ...{
          concurrency: typed.concurrency,
          settings: changedSettings(account, { typed, timings }),
        },
      })}
    >
      <TextField name="name" label={t('field.name')} maxLength={64} required />
      <CostFields />
      <fieldset className="ct-fieldset">
        <legend>{t('channels.settings')}</legend>
        <TermFields terms={terms} />
      </fieldset>
      <TimingFields timings={timings} />
    </FormDrawer>
  )
}

const asTyped = (settings: Record<string, unknown>): Typed =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join('\n') : value,
    ]),
  )

/** Only what has a field here; a setting that has none stays as it is. */
function changedSettings(
  account: ChannelAccount,
  { typed, timings }: { typed: Values; timings: readonly Timing[] },
): Typed {
  const terms = settingsOf(account.channel)
  const said = (readTerms(terms, typed)['settings'] ?? {}) as Typed
  const read = { ...said, ...readTimings(timings, typed) }
  const names = [
    ...terms.map(({ at }) => at.slice('settings.'.length)),
    ...timings.map(({ at }) => at.split('.')[0] ?? at),
  ]
  const gone = names.filter((name) => name in account.settings && !(name in read))
  return { ...read, ...Object.fromEntries(gone.map((name) => [name, null])) }
}
