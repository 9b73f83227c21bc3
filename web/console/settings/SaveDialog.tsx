import { Alert, App, Button, Form, Modal } from 'antd'
import { useState, type ReactElement } from 'react'
import { useQuery } from '@tanstack/react-query'
import { asProblem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { Bars } from '../parts/ListStates.tsx'
import { api, useChange, useForget } from '../resources.ts'
import { useText } from '../text.ts'
import { DiffTable } from './DiffTable.tsx'
import { ReasonField } from './ReasonField.tsx'
import type { SettingPlace, SettingsChange, SettingsPreview, SettingValue } from './types.ts'
import { usePlaceWords } from './words.ts'

export type SaveDialogProps = {
  place: SettingPlace
  changes: Record<string, SettingValue | null>
  /** The version that was looked at when the changes were made. */
  version: number
  onClose: () => void
  onSaved: () => void
}

/** What would change, seen by the server, and why; then it is saved. */
export function SaveDialog({ place, changes, version, ...on }: SaveDialogProps): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const placeWords = usePlaceWords()
  const forget = useForget()
  const [form] = Form.useForm<{ reason: string }>()
  const [seen, setSeen] = useState(version)
  const preview = useQuery({
    queryKey: ['/v1/settings/preview', place, changes, seen],
    queryFn: () => api.post<SettingsPreview>('/v1/settings/preview', { ...at(place), changes }),
    staleTime: 0,
  })
  const save = useChange(
    '/v1/settings',
    (reason: string) =>
      api.post<SettingsChange>('/v1/settings', { ...at(place), changes, reason, version: seen }),
    () => {
      void message.success(t('settings.saved'))
      on.onSaved()
    },
  )
  const isStale = save.error !== null && asProblem(save.error).code === 'SETTINGS_CHANGED'

  /** Shows what it would be now; whoever then saves has seen it. */
  async function lookAgain(): Promise<void> {
    await forget('/v1/settings')
    const fresh = await preview.refetch()
    if (fresh.data) setSeen(fresh.data.version)
    save.reset()
  }

  return (
    <Modal
      open
      width={640}
      title={t('settings.save_title', { place: placeWords(place) })}
      onCancel={on.onClose}
      okText={t('settings.save')}
      cancelText={t('form.cancel')}
      confirmLoading={save.isPending}
      okButtonProps={{ disabled: !preview.data || isStale, ...saveId }}
      onOk={() => form.submit()}
    >
      {preview.error ? (
        <Alert type="error" showIcon title={problemText(preview.error)} />
      ) : preview.data ? (
        <DiffTable diff={preview.data.diff} />
      ) : (
        <Bars rows={Object.keys(changes).length} columns={3} />
      )}
      {save.error && (
        <Alert
          type={isStale ? 'warning' : 'error'}
          showIcon
          className="ct-form-alert"
          title={problemText(save.error)}
          action={
            isStale && (
              <Button size="small" onClick={() => void lookAgain()} data-testid="look-again">
                {t('settings.look_again')}
              </Button>
            )
          }
          data-testid="settings-problem"
        />
      )}
      <Form form={form} layout="vertical" onFinish={({ reason }) => save.mutate(reason.trim())}>
        <ReasonField />
      </Form>
      <p className="ct-small">{t('settings.save_note')}</p>
    </Modal>
  )
}

// A handle for browser tests, which the type of antd's buttons does not know.
const saveId = { 'data-testid': 'settings-save' }

const at = ({ scope, subject }: SettingPlace) => ({ scope, subject })
