import { Alert, App, Button, Drawer, Form, Input } from 'antd'
import { useRef, useState, type ReactElement } from 'react'
import { asProblem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'
import { DiffTable } from './DiffTable.tsx'
import { ReasonField } from './ReasonField.tsx'
import type { SettingsImport } from './types.ts'
import { usePlaceWords } from './words.ts'

/** Takes settings in from a file: first what would change, then why, then it is saved. */
export function ImportDrawer({ onClose }: { onClose: () => void }): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ reason: string }>()
  const [yaml, setYaml] = useState('')
  const file = useRef<HTMLInputElement>(null)
  const look = useChange('/v1/settings/preview', (text: string) =>
    api.post<SettingsImport>('/v1/settings/import', { yaml: text, reason: '-', dry_run: true }),
  )
  const take = useChange(
    '/v1/settings',
    (reason: string) => api.post<SettingsImport>('/v1/settings/import', { yaml, reason }),
    () => {
      void message.success(t('settings.saved'))
      onClose()
    },
  )

  function change(text: string): void {
    setYaml(text)
    look.reset()
    take.reset()
  }

  const changes = look.data?.changes
  const isSure = changes !== undefined && changes.length > 0
  return (
    <Drawer
      open
      size={640}
      title={t('settings.import')}
      onClose={onClose}
      footer={
        <Foot
          {...{ isSure, onClose }}
          isBusy={look.isPending || take.isPending}
          isEmpty={!yaml.trim()}
          onLook={() => look.mutate(yaml)}
          onSave={() => form.submit()}
        />
      }
    >
      <p className="ct-small">{t('settings.import_note')}</p>
      <input
        ref={file}
        type="file"
        accept=".yaml,.yml,text/yaml"
        hidden
        aria-label={t('settings.import_file')}
        onChange={(event) => {
          void event.target.files?.[0]?.text().then(change)
          event.target.value = ''
        }}
        data-testid="import-file"
      />
      <Button onClick={() => file.current?.click()}>{t('settings.import_file')}</Button>
      <Input.TextArea
        className="ct-yaml"
        value={yaml}
        onChange={(event) => change(event.target.value)}
        autoSize={{ minRows: 8, maxRows: 18 }}
        spellCheck={false}
        aria-label="YAML"
        placeholder={'onetill_settings: 1\nsettings:\n  institution:\n    code.life_seconds: 45'}
        data-testid="import-yaml"
      />
      <ImportProblem error={look.error ?? take.error} />
      {changes?.length === 0 && <p role="status">{t('settings.import_same')}</p>}
      {changes?.map((one) => (
        <Planned key={one.subject} change={one} />
      ))}
      {isSure && (
        <Form form={form} layout="vertical" onFinish={({ reason }) => take.mutate(reason.trim())}>
          <ReasonField />
        </Form>
      )}
    </Drawer>
  )
}

/** First a look, then the word that saves it. */
function Foot(props: {
  isSure: boolean
  isBusy: boolean
  isEmpty: boolean
  onClose: () => void
  onLook: () => void
  onSave: () => void
}): ReactElement {
  const t = useText()
  const { isSure, isBusy } = props
  return (
    <div className="ct-drawer-foot">
      <Button onClick={props.onClose}>{t('form.cancel')}</Button>
      <Button
        type="primary"
        disabled={props.isEmpty}
        loading={isBusy}
        onClick={isSure ? props.onSave : props.onLook}
        data-testid={isSure ? 'import-save' : 'import-look'}
      >
        {t(isSure ? 'settings.save' : 'settings.import_look')}
      </Button>
    </div>
  )
}

function Planned({ change }: { change: SettingsImport['changes'][number] }): ReactElement {
  const placeWords = usePlaceWords()
  return (
    <section className="ct-part">
      <h3>{placeWords(change)}</h3>
      <DiffTable diff={change.diff} />
    </section>
  )
}

/** What is wrong with the file: the setting, the place or the line. */
function ImportProblem({ error }: { error: Error | null }): ReactElement | null {
  if (!error) return null
  const { param, reason } = asProblem(error)
  return (
    <Alert
      type="error"
      showIcon
      className="ct-form-alert"
      title={problemText(error)}
      description={
        <>
          {param && <code>{param}</code>} {reason}
        </>
      }
      data-testid="import-problem"
    />
  )
}
