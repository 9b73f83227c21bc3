import { Button } from 'antd'
import type { ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'
import type { ChannelAccount, ChannelTest } from '../types.ts'
import { useProblemText } from './HealthView.tsx'

export type Tested = ReturnType<typeof useTest>

/** Asks the channel for a payment that cannot exist; nothing is charged. */
export function useTest(account: ChannelAccount) {
  return useChange('/v1/channel_accounts', () =>
    api.post<ChannelTest>(`/v1/channel_accounts/${account.id}/test`, {}, { timeoutMs: 30_000 }),
  )
}

/** The button that tries a connection. */
export function TestButton({ test, small }: { test: Tested; small?: boolean }): ReactElement {
  const t = useText()
  return (
    <Button
      {...(small ? { size: 'small' as const } : {})}
      loading={test.isPending}
      onClick={() => test.mutate(undefined)}
      data-testid="test-connection"
    >
      {t('channels.test')}
    </Button>
  )
}

/** What the test found, in words and milliseconds. */
export function TestResult({ test }: { test: Tested }): ReactElement | null {
  const t = useText()
  const problem = useProblemText()
  const { data, error } = test
  if (error) return <p className="ct-test-result ot-tone-failed">{problemText(error)}</p>
  if (!data) return null
  const { ok, took_ms } = data
  return (
    <p
      className={`ct-test-result ot-tone-${ok ? 'succeeded' : 'failed'}`}
      role="status"
      data-testid="test-result"
      data-ok={ok}
    >
      <Icon name={ok ? 'check' : 'warning'} size={16} />
      <strong>{ok ? t('channels.test_ok') : problem(data.problem)}</strong>
      <span>{t('channels.test_took', { ms: took_ms })}</span>
    </p>
  )
}
