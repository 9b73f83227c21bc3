import { Form, Input, InputNumber } from 'antd'
import type { ReactElement } from 'react'
import { TextField, useRequired } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { api, useChange, useCreate } from '../resources.ts'
import { useText } from '../text.ts'
import type { Peer } from '../types.ts'

const path = '/v1/peer_institutions'

type NewPeer = { institution: string; name: string; public_key: string }

/** Another institution; the answer has the key by which it believes our answers. */
export function AddPeer(props: {
  onClose: () => void
  onDone: (made: { name: string; answer_key?: string }) => void
}): ReactElement {
  const t = useText()
  const create = useCreate<{ name: string; answer_key?: string }>(path, props.onDone)
  return (
    <FormDrawer<NewPeer>
      title={t('peers.create')}
      size={520}
      onClose={props.onClose}
      submit={create}
      toBody={({ institution, name, public_key: key }) => ({
        ...{ institution: institution.trim(), name: name.trim(), public_key: key.trim() },
      })}
    >
      <TextField
        name="institution"
        label={t('peers.institution')}
        placeholder="ins_city"
        maxLength={20}
        required
      />
      <TextField name="name" label={t('field.name')} maxLength={64} required />
      <KeyField />
    </FormDrawer>
  )
}

type NewKey = { public_key: string; old_key_for_days: number }

/** Another key of theirs: it counts at once, and the one before for some days. */
export function ChangePeerKey(props: { peer: Peer; onClose: () => void }): ReactElement {
  const t = useText()
  const change = useChange(
    path,
    (body: unknown) => api.post(`${path}/${props.peer.id}/key`, body),
    props.onClose,
  )
  return (
    <FormDrawer<NewKey>
      title={`${t('peers.change')} · ${props.peer.name}`}
      size={520}
      onClose={props.onClose}
      submit={change}
      submitText={t('form.save')}
      initial={{ old_key_for_days: 7 }}
      toBody={({ public_key: key, old_key_for_days }) => ({
        ...{ public_key: key.trim(), old_key_for_days },
      })}
    >
      <p className="ct-small">{t('peers.change_note')}</p>
      <KeyField />
      <Form.Item name="old_key_for_days" label={t('peers.old_days')}>
        <InputNumber min={0} max={90} precision={0} />
      </Form.Item>
    </FormDrawer>
  )
}

function KeyField(): ReactElement {
  const t = useText()
  const required = useRequired()
  return (
    <Form.Item
      name="public_key"
      label={t('peers.public_key')}
      rules={[required(t('peers.public_key'))]}
    >
      <Input.TextArea
        rows={4}
        className="ct-mono-input"
        placeholder={'-----BEGIN PUBLIC KEY-----'}
      />
    </Form.Item>
  )
}
