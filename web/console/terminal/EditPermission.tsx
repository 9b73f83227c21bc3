import { App } from 'antd'
import type { ReactElement } from 'react'
import { Bars, ErrorState } from '../parts/ListStates.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { api, useForget, useChange, useOne } from '../resources.ts'
import { useText } from '../text.ts'
import { TermFields } from './TermFields.tsx'
import { termsOf, valuesOf, type TermValues } from './terms.ts'
import type { Permission } from './types.ts'

/** Says what a terminal, or all of a store or a merchant, may do; it takes effect at once. */
export function EditPermission(props: {
  subject: { id: string; name: string }
  onClose: () => void
}): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const forget = useForget()
  const path = `/v1/permissions/${props.subject.id}`
  const permission = useOne<Permission>(path)
  const save = useChange(
    path,
    (body: unknown) => api.put<Permission>(path, body),
    () => {
      void message.success(t('terminals.saved_at_once'))
      void forget('/v1/terminals')
      props.onClose()
    },
  )
  const title = t('terminals.permission_of', { name: props.subject.name })
  if (!permission.data) {
    return permission.error ? (
      <ErrorState error={permission.error} onRetry={() => void permission.refetch()} />
    ) : (
      <Bars rows={2} />
    )
  }
  return (
    <FormDrawer<TermValues>
      title={title}
      onClose={props.onClose}
      submit={save}
      submitText={t('form.save')}
      initial={valuesOf(permission.data)}
      size={520}
      toBody={(values) => ({ ...termsOf(values), reason: values.reason?.trim() })}
    >
      <p className="ct-small">{t('terminals.levels_note')}</p>
      <TermFields />
    </FormDrawer>
  )
}
