import { App, Button, Input } from 'antd'
import { useRef, type ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import type { Merchant } from '../../ui/types.ts'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'

/** Closes a merchant, or opens it again, after saying what that means and asking why. */
export function CloseMerchant({ merchant }: { merchant: Merchant }): ReactElement {
  const t = useText()
  const { modal, message } = App.useApp()
  const reason = useRef('')
  const isOpen = merchant.state === 'active'
  const change = useChange(
    '/v1/merchants',
    (body: unknown) => api.patch<Merchant>(`/v1/merchants/${merchant.id}`, body),
    () => void message.success(t('form.saved')),
  )
  const send = () =>
    change
      .mutateAsync({
        state: isOpen ? 'closed' : 'active',
        ...(reason.current.trim() && { reason: reason.current.trim() }),
      })
      .catch((error: unknown) => void message.error(problemText(error)))
  const ask = (): void => {
    reason.current = ''
    void modal.confirm({
      title: t(isOpen ? 'merchants.close_title' : 'merchants.reopen_title', {
        name: merchant.name,
      }),
      content: (
        <>
          <p>{t(isOpen ? 'merchants.close_note' : 'merchants.reopen_note')}</p>
          <Input
            maxLength={200}
            placeholder={t('settings.reason_placeholder')}
            aria-label={t('settings.reason')}
            onChange={(event) => (reason.current = event.target.value)}
            data-testid="close-reason"
          />
        </>
      ),
      okText: t(isOpen ? 'merchants.close' : 'merchants.reopen'),
      okButtonProps: { danger: isOpen },
      cancelText: t('form.cancel'),
      onOk: send,
    })
  }
  return (
    <Button
      danger={isOpen}
      onClick={ask}
      loading={change.isPending}
      data-testid={isOpen ? 'close-merchant' : 'reopen-merchant'}
    >
      {t(isOpen ? 'merchants.close' : 'merchants.reopen')}
    </Button>
  )
}
