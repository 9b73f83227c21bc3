import { App } from 'antd'
import type { ReactElement, ReactNode } from 'react'
import { TextField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useChange } from '../resources.ts'
import { useText } from '../text.ts'

/** Does something to a payer, with the reason that the trail keeps. */
export function ReasonDrawer<Values extends { reason: string }>(props: {
  title: string
  note: string
  submitText: string
  /** What a reason may read like. */
  example: string
  initial?: Partial<Values>
  send: (values: Values) => Promise<unknown>
  onClose: () => void
  children?: ReactNode
}): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const { send, onClose } = props
  const change = useChange('/v1/payers', send as (values: unknown) => Promise<unknown>, () => {
    void message.success(t('payers.saved'))
    onClose()
  })
  return (
    <FormDrawer<Values>
      title={props.title}
      onClose={onClose}
      submit={change}
      submitText={props.submitText}
      {...(props.initial ? { initial: props.initial } : {})}
      toBody={(values) => ({ ...values, reason: values.reason.trim() })}
    >
      <p className="ct-small">{props.note}</p>
      {props.children}
      <TextField
        name="reason"
        label={t('payers.reason')}
        placeholder={props.example}
        maxLength={200}
        required
      />
    </FormDrawer>
  )
}
