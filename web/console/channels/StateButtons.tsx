import { App, Button } from 'antd'
import type { ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'
import type { ChannelAccount } from '../types.ts'

type State = ChannelAccount['state']

/** Pauses, resumes and closes an account. Pausing stops new payments; open ones are still asked about. */
export function StateButtons({ account }: { account: ChannelAccount }): ReactElement | null {
  const t = useText()
  const { modal, message } = App.useApp()
  const change = useChange(
    '/v1/channel_accounts',
    (state: State) => api.patch(`/v1/channel_accounts/${account.id}`, { state }),
    () => void message.success(t('form.saved')),
  )
  const set = (state: State) =>
    change.mutateAsync(state).catch((error: unknown) => void message.error(problemText(error)))
  const ask = (state: 'paused' | 'closed'): void => {
    void modal.confirm({
      title: t(`channels.${state}_title`, { name: account.name }),
      content: t(`channels.${state}_note`),
      okText: t(`channels.to_${state}`),
      okButtonProps: { danger: true },
      cancelText: t('form.cancel'),
      onOk: () => set(state),
    })
  }
  if (account.state === 'closed') return null
  return (
    <>
      <Button danger onClick={() => ask('closed')} data-testid="close-account">
        {t('channels.to_closed')}
      </Button>
      {account.state === 'active' ? (
        <Button onClick={() => ask('paused')} data-testid="pause">
          {t('channels.to_paused')}
        </Button>
      ) : (
        <Button onClick={() => void set('active')} data-testid="resume">
          {t('channels.to_active')}
        </Button>
      )}
    </>
  )
}
