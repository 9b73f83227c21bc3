import { App, Button, Drawer } from 'antd'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { problemText } from '../../ui/i18n.tsx'
import { CopyButton, CopyId } from '../parts/CopyId.tsx'
import { Facts } from '../parts/Facts.tsx'
import { Bars, ErrorState } from '../parts/ListStates.tsx'
import { Standing } from '../parts/Standing.tsx'
import { When } from '../parts/When.tsx'
import { api, useChange, useOne } from '../resources.ts'
import { useText, useWord } from '../text.ts'
import type { WebhookDelivery } from '../types.ts'
import { readable } from './events.ts'

/** One message to an endpoint: what was sent, every try, and sending it again. */
export function DeliveryDrawer(props: { id: string | null; onClose: () => void }): ReactElement {
  const t = useText()
  const { id, onClose } = props
  const delivery = useOne<WebhookDelivery>(id && `/v1/webhook_deliveries/${id}`, {}, 3_000)
  return (
    <Drawer
      open={id !== null}
      onClose={onClose}
      size={640}
      title={t('webhooks.delivery')}
      mask={false}
      destroyOnHidden
      className="ct-detail-drawer"
    >
      {delivery.data ? (
        <Shown delivery={delivery.data} />
      ) : delivery.error ? (
        <ErrorState error={delivery.error} onRetry={() => void delivery.refetch()} />
      ) : (
        <Bars rows={6} columns={2} />
      )}
    </Drawer>
  )
}

function Shown({ delivery }: { delivery: WebhookDelivery }): ReactElement {
  const t = useText()
  const word = useWord()
  const isEnglish = useTranslation().i18n.language === 'en'
  const text = readable(delivery.body)
  const { error } = delivery
  return (
    <article className="ct-detail" data-testid="delivery-detail" data-state={delivery.state}>
      <header className="ct-detail-head">
        <strong>{word('webhooks.event_', delivery.type)}</strong>
        <Standing group="webhooks.delivery_" word={delivery.state} />
        {error && <span className="ct-bad">{isEnglish ? error.text_en : error.text_zh}</span>}
        <ResendButton delivery={delivery} />
      </header>
      <Facts
        facts={[
          { label: t('webhooks.type'), value: <code>{delivery.type}</code> },
          { label: t('webhooks.attempts'), value: delivery.attempts },
          { label: t('webhooks.status'), value: delivery.status ?? '–' },
          { label: t('field.created_at'), value: <When at={delivery.created_at} full /> },
          {
            label: t('webhooks.next_attempt'),
            value: delivery.next_attempt_at ? <When at={delivery.next_attempt_at} full /> : '–',
          },
          {
            label: t('webhooks.webhook_id'),
            value: <CopyId id={delivery.event} what={t('webhooks.webhook_id')} />,
            isWide: true,
          },
        ]}
      />
      <Tries delivery={delivery} />
      <section className="ct-part">
        <h3>{t('webhooks.body')}</h3>
        <div className="ct-json">
          <CopyButton text={delivery.body} what={t('webhooks.body')} />
          <pre tabIndex={0}>{text}</pre>
        </div>
      </section>
    </article>
  )
}

function ResendButton({ delivery }: { delivery: WebhookDelivery }): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const resend = useChange(
    '/v1/webhook_deliveries',
    () => api.post(`/v1/webhook_deliveries/${delivery.id}/resend`, {}),
    () => void message.success(t('webhooks.resent')),
  )
  return (
    <Button
      size="small"
      loading={resend.isPending}
      onClick={() =>
        resend.mutate(undefined, { onError: (error) => void message.error(problemText(error)) })
      }
      data-testid="resend"
    >
      {t('webhooks.resend')}
    </Button>
  )
}

function Tries({ delivery }: { delivery: WebhookDelivery }): ReactElement | null {
  const t = useText()
  const word = useWord()
  if (delivery.tries.length === 0) return null
  return (
    <section className="ct-part">
      <h3>{t('webhooks.tries')}</h3>
      <div className="ct-scroll">
        <table className="ct-table ct-dense" aria-label={t('webhooks.tries')}>
          <thead>
            <tr>
              <th scope="col">{t('field.time')}</th>
              <th scope="col">{t('webhooks.status')}</th>
              <th scope="col" data-align="right">
                {t('webhooks.took')}
              </th>
              <th scope="col">{t('webhooks.answer')}</th>
            </tr>
          </thead>
          <tbody>
            {delivery.tries.toReversed().map((one) => (
              <tr key={one.at} data-testid="try-row">
                <td data-label={t('field.time')}>
                  <When at={one.at} full />
                </td>
                <td data-label={t('webhooks.status')}>
                  <span className={one.problem ? 'ct-bad' : 'ct-good'}>
                    {one.status ?? word('webhooks.problem_', one.problem ?? '–')}
                  </span>
                </td>
                <td data-label={t('webhooks.took')} data-align="right">
                  {one.took_ms} ms
                </td>
                <td data-label={t('webhooks.answer')} data-wrap>
                  <code>{one.detail ?? '–'}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
