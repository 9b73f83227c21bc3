import { App, Button, Input } from 'antd'
import { useRef, type ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'

export type CloseButtonProps = {
  of: 'merchants' | 'stores'
  row: { id: string; name: string; state: string }
  /** In the row of a list: as a link, and with a short word. */
  isInRow?: boolean
}

const tests = { merchants: 'merchant', stores: 'store' } as const

/** Closes a merchant or a store, or opens it again, after saying what that means and asking why. */
export function CloseButton({ of, row, isInRow = false }: CloseButtonProps): ReactElement {
  const t = useText()
  const { modal, message } = App.useApp()
  const reason = useRef('')
  const isOpen = row.state === 'active'
  const act = isOpen ? 'close' : 'reopen'
  const change = useChange(
    `/v1/${of}`,
    (body: unknown) => api.patch(`/v1/${of}/${row.id}`, body),
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
      title: t(`merchants.${act}_title`, { name: row.name }),
      content: (
        <>
          <p>{t(`${of}.${act}_note`)}</p>
          <Input
            maxLength={200}
            placeholder={t('settings.reason_placeholder')}
            aria-label={t('settings.reason')}
            onChange={(event) => (reason.current = event.target.value)}
            data-testid="close-reason"
          />
        </>
      ),
      okText: t(`${of}.${act}`),
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
      {...(isInRow ? { type: 'link' as const, size: 'small' as const } : {})}
      data-testid={`${act}-${tests[of]}`}
    >
      {t(`${of}.${act}`)}
    </Button>
  )
}
