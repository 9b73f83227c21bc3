import { useParams } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState, type ReactElement } from 'react'
import { ChannelKeys } from '../channels/ChannelKeys.tsx'
import { EditChannel } from '../channels/EditChannel.tsx'
import { HealthTag, LastMinute, useLiveHealth, useProblemText } from '../channels/HealthView.tsx'
import { StateButtons } from '../channels/StateButtons.tsx'
import { TimingFacts } from '../channels/TimingFields.tsx'
import { isTiming } from '../channels/timings.ts'
import { TestButton, TestResult, useTest } from '../channels/TestConnection.tsx'
import { useTermName } from '../channels/TermFields.tsx'
import { useMerchantNames } from '../names.ts'
import { CopyId } from '../parts/CopyId.tsx'
import { Facts } from '../parts/Facts.tsx'
import { Bars, ErrorState } from '../parts/ListStates.tsx'
import { Page, Panel } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { When } from '../parts/When.tsx'
import { SchemeMark } from '../../ui/scheme.tsx'
import { useOne } from '../resources.ts'
import { useText } from '../text.ts'
import type { ChannelAccount } from '../types.ts'

/** One account at a channel: how it answers, its settings, the hints of its keys, and its test. */
export default function Channel(): ReactElement {
  const t = useText()
  const { id } = useParams({ strict: false })
  const account = useOne<ChannelAccount>(`/v1/channel_accounts/${id ?? ''}`)
  useLiveHealth()
  if (account.data) return <Shown account={account.data} />
  return (
    <Page title={t('channels.one')}>
      {account.error ? (
        <ErrorState error={account.error} onRetry={() => void account.refetch()} />
      ) : (
        <Bars rows={6} columns={2} />
      )}
    </Page>
  )
}

function Shown({ account }: { account: ChannelAccount }): ReactElement {
  const t = useText()
  const test = useTest(account)
  const [isEditing, setEditing] = useState(false)
  const actions = (
    <>
      <StateButtons account={account} />
      <Button onClick={() => setEditing(true)} data-testid="edit">
        {t('channels.edit')}
      </Button>
      <TestButton test={test} />
    </>
  )
  return (
    <Page
      title={account.name}
      beside={
        <>
          <Standing group="channels.state_" word={account.state} />
          <HealthTag account={account} />
        </>
      }
      actions={actions}
    >
      <TestResult test={test} />
      <div className="ct-columns">
        <div>
          <HealthPanel account={account} />
          <Profile account={account} />
        </div>
        <div>
          <ChannelKeys account={account} />
          <Settings account={account} />
          <TimingFacts account={account} />
        </div>
      </div>
      {isEditing && (
        <EditChannel
          account={account}
          onClose={() => setEditing(false)}
          onSaved={() => test.mutate(undefined)}
        />
      )}
    </Page>
  )
}

function HealthPanel({ account }: { account: ChannelAccount }): ReactElement {
  const t = useText()
  const problem = useProblemText()
  const { health } = account
  if (!health) {
    return (
      <Panel title={t('channels.health')}>
        <p className="ct-muted">{t('channels.not_open')}</p>
      </Panel>
    )
  }
  const facts = [
    { label: t('channels.health'), value: <HealthTag account={account} /> },
    { label: t('channels.since'), value: <When at={health.since} full /> },
    { label: t('channels.last_minute'), value: <LastMinute health={health} />, isWide: true },
    { label: t('channels.in_flight'), value: health.calls_in_flight },
    { label: t('channels.last_problem'), value: problem(health.last_problem) },
  ]
  return (
    <Panel title={t('channels.health')}>
      <Facts facts={facts} />
      {health.state !== 'healthy' && <p className="ct-bad">{t('channels.ill_note')}</p>}
    </Panel>
  )
}

function Profile({ account }: { account: ChannelAccount }): ReactElement {
  const t = useText()
  const merchantName = useMerchantNames()
  const facts = [
    { label: t('channels.channel'), value: <SchemeMark scheme={account.channel} size={16} /> },
    { label: t('channels.scheme'), value: <SchemeMark scheme={account.scheme} size={16} /> },
    { label: t('channels.acquirer'), value: account.acquirer ?? t('channels.reached_direct') },
    { label: t('channels.settlement'), value: t(`channels.settlement_${account.settlement}`) },
    {
      label: t('field.merchant'),
      value: account.merchant ? merchantName(account.merchant) : t('channels.every_merchant'),
    },
    { label: t('channels.cost'), value: `${(account.cost_bps / 100).toFixed(2)}%` },
    { label: t('channels.concurrency'), value: account.concurrency },
    { label: t('field.created_at'), value: <When at={account.created_at} full /> },
    { label: t('channels.updated_at'), value: <When at={account.updated_at} full /> },
    {
      label: t('field.id'),
      value: <CopyId id={account.id} what={t('field.id')} />,
      isWide: true,
    },
  ]
  return (
    <Panel title={t('channels.profile')}>
      <Facts facts={facts} />
    </Panel>
  )
}

function Settings({ account }: { account: ChannelAccount }): ReactElement {
  const t = useText()
  const name = useTermName()
  const shown = (value: unknown): string =>
    typeof value === 'object' ? JSON.stringify(value) : String(value)
  const plain = Object.entries(account.settings).filter(([key]) => !isTiming(key))
  const facts = plain.map(([key, value]) => ({
    label: name(`settings.${key}`),
    value: <code>{shown(value)}</code>,
    isWide: shown(value).length > 24,
  }))
  return (
    <Panel title={t('channels.settings')}>
      <Facts facts={facts} />
    </Panel>
  )
}
