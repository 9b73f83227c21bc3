import { App, Button, Select } from 'antd'
import { useState, type ReactElement } from 'react'
import { useAsk } from '../parts/actions.ts'
import { Bars, ErrorState } from '../parts/ListStates.tsx'
import { SecretOnce } from '../parts/SecretOnce.tsx'
import { When } from '../parts/When.tsx'
import { api, useChange, useCreate, useOne } from '../resources.ts'
import { problemText } from '../../ui/i18n.tsx'
import { useText } from '../text.ts'
import type { ApiKey } from '../types.ts'

const path = '/v1/api_keys'
const hours = [0, 24, 168] as const

/** The API keys of a merchant or party: a lost one is replaced, and one that leaked is ended. */
export function ApiKeys({ owner, name }: { owner: string; name: string }): ReactElement {
  const t = useText()
  const keys = useOne<{ data: ApiKey[] }>(path, { owner })
  return (
    <>
      <p className="ct-small">{t('api_keys.note')}</p>
      {keys.error && <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />}
      {!keys.data && !keys.error && <Bars rows={1} columns={3} />}
      {keys.data?.data.length === 0 && <p className="ct-muted">{t('api_keys.none')}</p>}
      {keys.data && keys.data.data.length > 0 && (
        <table className="ct-table ct-dense" aria-label={t('api_keys.title')}>
          <tbody>
            {keys.data.data.map((one) => (
              <KeyRow key={one.id} apiKey={one} />
            ))}
          </tbody>
        </table>
      )}
      <IssueKey owner={owner} name={name} />
    </>
  )
}

function KeyRow({ apiKey }: { apiKey: ApiKey }): ReactElement {
  const t = useText()
  const ask = useAsk()
  const revoke = useChange(path, () => api.del(`${path}/${apiKey.id}`))
  const { id, created_at: madeAt, expires_at: endsAt } = apiKey
  return (
    <tr data-testid="api-key">
      <td>
        <code>{id}</code>
      </td>
      <td>
        <When at={madeAt} full />
      </td>
      <td>
        {endsAt === null ? (
          t('api_keys.current')
        ) : (
          <>
            {t('api_keys.until')} <When at={endsAt} full />
          </>
        )}
      </td>
      <td>
        <Button
          size="small"
          danger
          onClick={() =>
            ask(
              {
                ...{ title: t('api_keys.revoke_title', { id }), note: t('api_keys.revoke_note') },
                ...{ ok: t('api_keys.revoke'), isDanger: true },
              },
              () => revoke.mutateAsync(undefined),
            )
          }
          data-testid="revoke-key"
        >
          {t('api_keys.revoke')}
        </Button>
      </td>
    </tr>
  )
}

function IssueKey({ owner, name }: { owner: string; name: string }): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const [keptFor, setKeptFor] = useState<(typeof hours)[number]>(24)
  const [secret, setSecret] = useState<string | null>(null)
  const issue = useCreate<{ api_key?: string }>(path, ({ api_key: made }) => {
    if (made) setSecret(made)
    else void message.warning(t('once.lost_key'), 10)
  })
  const send = () =>
    issue.mutate(
      { owner, old_keys_for_hours: keptFor },
      { onError: (error) => void message.error(problemText(error)) },
    )
  return (
    <div className="ct-issue-key">
      <label>
        {t('api_keys.old_for')}{' '}
        <Select
          value={keptFor}
          onChange={setKeptFor}
          options={hours.map((value) => ({ value, label: t(`api_keys.old_${value}`) }))}
        />
      </label>{' '}
      <Button type="primary" loading={issue.isPending} onClick={send} data-testid="issue-key">
        {t('api_keys.issue')}
      </Button>
      {secret && (
        <SecretOnce
          title={t('once.key_title')}
          of={t('api_keys.of', { name })}
          secret={secret}
          note={t('once.key_note')}
          onClose={() => setSecret(null)}
        />
      )}
    </div>
  )
}
