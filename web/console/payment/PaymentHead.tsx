import { App, Button } from 'antd'
import type { ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { Money, moneyText } from '../../ui/money.tsx'
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
      {payment.discount > 0 && (
        <span className="ct-good" data-testid="discount">
          {t('charges.discount', {
            discount: moneyText(payment.discount, payment.currency),
            charged: moneyText(payment.charged, payment.currency),
          })}
        </span>
      )}
      <span data-testid="detail-state" data-state={payment.state}>
        <StateTag state={payment.state} nextAction={payment.next_action} />
      </span>
      {payment.decline_reason && (
        <span className="ct-bad">{word('decline.', payment.decline_reason)}</span>
      )}
      {payment.state === 'processing' && (
        <span className="ct-actions">
          {hasOpenCharge(payment) && <CheckButton payment={payment} />}
          {payment.next_action !== 'reverse' && <ReverseButton payment={payment} />}
        </span>
      )}
      {payment.confirm_expires_at && payment.state === 'processing' && (
        <p className="ct-small">
          {t('detail.confirm_by')} <When at={payment.confirm_expires_at} />
        </p>
      )}
    </header>
  )
}

const hasOpenCharge = ({ charges = [] }: PaymentView): boolean =>
  charges.some(({ state }) => state === 'processing')

/** Asks the channel now, instead of when its schedule says so. */
function CheckButton({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const check = useChange(
    '/v1/payments',
    () => api.post<PaymentView>(`/v1/payments/${payment.id}/check`, {}, { timeoutMs: 30_000 }),
    ({ state }) => {
      if (state === 'processing') void message.info(t('charges.still_open'))
    },
  )
  return (
    <Button
      size="small"
      loading={check.isPending}
      onClick={() =>
        check.mutate(undefined, { onError: (error) => void message.error(problemText(error)) })
      }
      data-testid="check"
    >
      {t('charges.ask_now')}
    </Button>
  )
}

function ReverseButton({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const { modal, message } = App.useApp()
  const reverse = useChange(
    '/v1/payments',
    () => api.post<PaymentView>(`/v1/payments/${payment.id}/reverse`, {}, { timeoutMs: 30_000 }),
    ({ state }) =>
      void message.success(t(state === 'reversed' ? 'detail.reversed' : 'charges.reversing')),
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
