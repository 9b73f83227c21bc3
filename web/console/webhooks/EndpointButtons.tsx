import { useNavigate } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { useRef, useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { newIdempotencyKey } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { useAsk } from '../parts/actions.ts'
import { SecretOnce } from '../parts/SecretOnce.tsx'
import { api, useChange, useForget } from '../resources.ts'
import { useText } from '../text.ts'
import type { WebhookDelivery, WebhookEndpoint } from '../types.ts'
import { EditEndpoint } from './EndpointForm.tsx'

/** What can be done with an endpoint: ping it, rotate its secret, change, pause and delete it. */
export function EndpointButtons({ endpoint }: { endpoint: WebhookEndpoint }): ReactElement {
  const t = useText()
  const ask = useAsk()
  const navigate = useNavigate()
  const [isEditing, setEditing] = useState(false)
  const path = `/v1/webhook_endpoints/${endpoint.id}`
  const change = useChange('/v1/webhook_endpoints', (state: 'active' | 'paused') =>
    api.patch(path, { state }),
  )
  const remove = useChange(
    '/v1/webhook_endpoints',
    () => api.del(path),
    () => void navigate({ to: '/webhooks' }),
  )
  const isActive = endpoint.state === 'active'
  return (
    <>
      <Button
        danger
        onClick={() =>
          ask(
            {
              ...{ title: t('webhooks.delete_title'), note: t('webhooks.delete_note') },
              ...{ ok: t('form.delete'), isDanger: true },
            },
            () => remove.mutateAsync(undefined),
          )
        }
        data-testid="delete"
      >
        {t('form.delete')}
      </Button>
      <Button
        loading={change.isPending}
        onClick={() => change.mutate(isActive ? 'paused' : 'active')}
        data-testid={isActive ? 'pause' : 'resume'}
      >
        {t(isActive ? 'channels.to_paused' : 'channels.to_active')}
      </Button>
      <Button onClick={() => setEditing(true)} data-testid="edit">
        {t('webhooks.edit')}
      </Button>
      <RotateButton endpoint={endpoint} />
      <PingButton path={path} />
      {isEditing && <EditEndpoint endpoint={endpoint} onClose={() => setEditing(false)} />}
    </>
  )
}

function RotateButton({ endpoint }: { endpoint: WebhookEndpoint }): ReactElement {
  const t = useText()
  const ask = useAsk()
  // The same key as long as no answer came: a secret that was lost on the way is not made twice.
  const key = useRef(newIdempotencyKey())
  const { message } = App.useApp()
  const [secret, setSecret] = useState<string | null>(null)
  const rotate = useChange(
    '/v1/webhook_endpoints',
    () =>
      api.post<WebhookEndpoint>(
        `/v1/webhook_endpoints/${endpoint.id}/rotate_secret`,
        {},
        { idempotencyKey: key.current },
      ),
    (made) => {
      key.current = newIdempotencyKey()
      if (made.secret) setSecret(made.secret)
      else void message.warning(t('webhooks.lost_secret'), 10)
    },
  )
  return (
    <>
      <Button
        onClick={() =>
          ask(
            {
              ...{ title: t('webhooks.rotate_title'), note: t('webhooks.rotate_note') },
              ok: t('webhooks.rotate'),
            },
            () => rotate.mutateAsync(undefined),
          )
        }
        data-testid="rotate"
      >
        {t('webhooks.rotate')}
      </Button>
      {secret && (
        <SecretOnce
          title={t('webhooks.secret')}
          of={endpoint.url}
          secret={secret}
          note={t('webhooks.secret_note')}
          onClose={() => setSecret(null)}
        />
      )}
    </>
  )
}

function PingButton({ path }: { path: string }): ReactElement {
  const t = useText()
  const forget = useForget()
  const { message } = App.useApp()
  const isEnglish = useTranslation().i18n.language === 'en'
  const ping = useChange(
    '/v1/webhook_deliveries',
    () => api.post<WebhookDelivery>(`${path}/test`, {}, { timeoutMs: 40_000 }),
    ({ state, status, error }) => {
      void forget('/v1/webhook_endpoints')
      if (state === 'succeeded') return void message.success(t('webhooks.pinged', { status }))
      const why = isEnglish ? error?.text_en : error?.text_zh
      void message.error(t('webhooks.ping_failed', { why: why ?? status ?? '' }), 6)
    },
  )
  return (
    <Button
      type="primary"
      loading={ping.isPending}
      onClick={() =>
        ping.mutate(undefined, { onError: (error) => void message.error(problemText(error)) })
      }
      data-testid="ping"
    >
      {t('webhooks.ping')}
    </Button>
  )
}
