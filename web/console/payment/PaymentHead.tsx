import { App, Button } from 'antd'
import type { ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { Money } from '../../ui/money.tsx'
import { StateTag } from '../../ui/state.tsx'
import type { PaymentView } from '../../ui/types.ts'
import { When } from '../parts/When.tsx'
import { api, useChange } from '../resources.ts'
import { useText, useWord } from '../text.ts'

/** The amount and the state, large, and why when it did not succeed. */
export function PaymentHead({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const word = useWord()
  return (
    <header className="ct-detail-head">
      <Money minor={payment.amount} currency={payment.currency} size="l" />
      <span data-testid="detail-state" data-state={payment.state}>
        <StateTag state={payment.state} nextAction={payment.next_action} />
      </span>
      {payment.decline_reason && (
        <span className="ct-bad">{word('decline.', payment.decline_reason)}</span>
      )}
      {payment.state === 'processing' && <ReverseButton payment={payment} />}
      {payment.confirm_expires_at && payment.state === 'processing' && (
        <p className="ct-small">
          {t('detail.confirm_by')} <When at={payment.confirm_expires_at} />
        </p>
      )}
    </header>
  )
}

function ReverseButton({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const { modal, message } = App.useApp()
  const reverse = useChange(
    '/v1/payments',
    () => api.post(`/v1/payments/${payment.id}/reverse`, {}),
    () => void message.success(t('detail.reversed')),
  )
  const ask = (): void => {
    void modal.confirm({
      title: t('detail.reverse_title'),
      content: t('detail.reverse_note'),
      okText: t('detail.reverse'),
      okButtonProps: { danger: true },
      cancelText: t('form.cancel'),
      onOk: () =>
        reverse.mutateAsync({}).catch((error: unknown) => void message.error(problemText(error))),
    })
  }
  return (
    <Button danger size="small" onClick={ask} data-testid="reverse">
      {t('detail.reverse')}
    </Button>
  )
}
