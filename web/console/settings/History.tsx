import { Alert, App, Button, Form, Modal } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { ActorName } from '../parts/ActorName.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { When } from '../parts/When.tsx'
import { api, useChange, useList } from '../resources.ts'
import { useText } from '../text.ts'
import { DiffTable } from './DiffTable.tsx'
import { ReasonField } from './ReasonField.tsx'
import type { SettingsChange } from './types.ts'
import { useDefinitions, usePlaceWords, useSettingWords } from './words.ts'

/** Who changed what and why, the newest first; each change can be taken back. */
export function History(): ReactElement {
  const t = useText()
  const placeWords = usePlaceWords()
  const definitions = useDefinitions()
  const words = useSettingWords()
  const list = useList<SettingsChange>('/v1/settings/changes')
  const [open, setOpen] = useState<SettingsChange | null>(null)
  const columns = useMemo<Column<SettingsChange>[]>(
    () => [
      {
        ...{ key: 'at', title: t('field.time'), always: true, width: 170 },
        cell: (row) => <When at={row.created_at} full />,
      },
      { key: 'place', title: t('settings.place'), wrap: true, cell: placeWords },
      {
        ...{ key: 'what', title: t('settings.diff'), always: true, wrap: true },
        cell: ({ diff, undoes }) => (
          <>
            {undoes !== null && (
              <span className="ot-tag ot-tone-neutral">{t('settings.rolled_back')}</span>
            )}{' '}
            {diff
              .map(({ name }) => {
                const setting = definitions.of(name)
                return setting ? words(setting).title : name
              })
              .join('、')}
          </>
        ),
      },
      { key: 'reason', title: t('settings.reason'), wrap: true, cell: (row) => row.reason },
      { key: 'actor', title: t('trail.actor'), cell: (row) => <ActorName of={row.actor} /> },
    ],
    [t, placeWords, definitions, words],
  )
  return (
    <>
      <ListTable
        name="settings-change"
        title={t('settings.history')}
        columns={columns}
        list={list}
        onOpen={setOpen}
        isOpen={(row) => row.id === open?.id}
        empty={{ title: t('settings.history_empty'), detail: t('settings.history_empty_detail') }}
      />
      {open && <ChangeDialog change={open} onClose={() => setOpen(null)} />}
    </>
  )
}

/** One change in full, and the way back. */
function ChangeDialog(props: { change: SettingsChange; onClose: () => void }): ReactElement {
  const { change, onClose } = props
  const t = useText()
  const { message } = App.useApp()
  const placeWords = usePlaceWords()
  const [form] = Form.useForm<{ reason: string }>()
  const [isAsking, setAsking] = useState(false)
  const back = useChange(
    '/v1/settings',
    (reason: string) => api.post(`/v1/settings/changes/${change.id}/rollback`, { reason }),
    () => {
      void message.success(t('settings.rollback_done'))
      onClose()
    },
  )
  const footer = isAsking ? (
    <>
      <Button onClick={() => setAsking(false)}>{t('form.cancel')}</Button>
      <Button
        type="primary"
        loading={back.isPending}
        onClick={() => form.submit()}
        data-testid="rollback-confirm"
      >
        {t('settings.rollback')}
      </Button>
    </>
  ) : (
    <>
      <Button onClick={onClose}>{t('form.close')}</Button>
      <Button onClick={() => setAsking(true)} data-testid="rollback">
        {t('settings.rollback')}
      </Button>
    </>
  )
  return (
    <Modal open width={640} title={placeWords(change)} onCancel={onClose} footer={footer}>
      <p className="ct-change-head">
        <When at={change.created_at} full /> · <ActorName of={change.actor} /> · {change.reason}
      </p>
      <DiffTable diff={change.diff} />
      {back.error && (
        <Alert type="error" showIcon className="ct-form-alert" title={problemText(back.error)} />
      )}
      {isAsking && (
        <Form form={form} layout="vertical" onFinish={({ reason }) => back.mutate(reason.trim())}>
          <p className="ct-small">{t('settings.rollback_note')}</p>
          <ReasonField />
        </Form>
      )}
    </Modal>
  )
}
