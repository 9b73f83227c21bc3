import { useEffect, useRef, type ReactElement } from 'react'
import { declineText, formatDateTime } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import { flash, playSound } from '../../ui/sound.ts'
import { stateLook } from '../../ui/state.tsx'
import type { PaymentView } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { navigate } from '../router.ts'
import { useWords } from '../text.ts'

/** How a payment ended, over the whole screen, by itself. */
export function ResultScreen({ payment }: { payment: PaymentView }): ReactElement {
  const t = useWords()
  const { dismissResult } = useLive()
  const done = useRef<HTMLButtonElement>(null)
  const isPaid = payment.state === 'succeeded'
  const look = stateLook(payment.state)
  useEffect(() => {
    document.title = 'OneTill'
    playSound(isPaid ? 'paid' : 'failed')
    flash(isPaid ? 'good' : 'bad')
    navigator.vibrate?.(isPaid ? 120 : [80, 80, 160])
    done.current?.focus({ preventScroll: true })
  }, [payment.id, isPaid])

  function openBill(): void {
    dismissResult()
    navigate(`bills/${payment.id}`)
  }

  const shop = payment.store_name ?? payment.merchant_name
  return (
    <main className={`result ot-tone-${look.tone}`}>
      <section className="result-face" role="alert" aria-live="assertive">
        <span className="result-mark">
          <Icon name={look.icon} size={44} />
        </span>
        <h1>{isPaid ? t('result.paid_to', { shop }) : t('result.not_paid', { shop })}</h1>
        <Money minor={payment.amount} currency={payment.currency} size="xl" />
        {!isPaid && <p className="result-why">{whyNot(payment, t('result.reversed'))}</p>}
      </section>
      <dl className="rows">
        {payment.source_label && (
          <div>
            <dt>{t('code.pay_from')}</dt>
            <dd>{payment.source_label}</dd>
          </div>
        )}
        <div>
          <dt>{t('bill.time')}</dt>
          <dd>{formatDateTime(payment.completed_at ?? payment.created_at)}</dd>
        </div>
        <div>
          <dt>{t('bill.order_no')}</dt>
          <dd className="ot-mono">{payment.order_no}</dd>
        </div>
      </dl>
      <footer className="result-foot">
        <button type="button" className="button button-quiet" onClick={openBill}>
          {t('result.details')}
        </button>
        <button ref={done} type="button" className="button button-main" onClick={dismissResult}>
          {t('result.done')}
        </button>
      </footer>
    </main>
  )
}

function whyNot(payment: PaymentView, reversed: string): string {
  return payment.state === 'reversed' ? reversed : declineText(payment.decline_reason)
}
