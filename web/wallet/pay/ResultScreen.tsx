import { useEffect, useRef, type ReactElement } from 'react'
import { declineText, formatDateTime } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import { flash, playSound } from '../../ui/sound.ts'
import { stateLook } from '../../ui/state.tsx'
import { appText, sourceText } from '../accounts/source-words.ts'
import { useLive } from '../live.tsx'
import { navigate } from '../router.ts'
import { isUnderWay, type Spending } from '../spending.ts'
import { useWords, type Words } from '../text.ts'
import { Discount, reasonText } from './Discount.tsx'
import { underWayWord } from './under-way.ts'

/** How a payment ended, or that a scheme is still asked, over the whole screen, by itself. */
export function ResultScreen({ spending }: { spending: Spending }): ReactElement {
  const t = useWords()
  const { dismissResult } = useLive()
  const done = useRef<HTMLButtonElement>(null)
  const { state } = spending
  const isPaid = state === 'succeeded'
  const look = stateLook(state, spending.nextAction)
  useEffect(() => {
    document.title = 'OneTill'
    done.current?.focus({ preventScroll: true })
    if (state === 'processing') return
    playSound(isPaid ? 'paid' : 'failed')
    flash(isPaid ? 'good' : 'bad')
    navigator.vibrate?.(isPaid ? 120 : [80, 80, 160])
  }, [spending.id, state, isPaid])

  function openBill(): void {
    dismissResult()
    navigate(`bills/${spending.id}`)
  }

  return (
    <main className={`result ot-tone-${look.tone}`}>
      <section className="result-face" role="alert" aria-live="assertive">
        <span className="result-mark">
          <Icon name={look.icon} size={44} />
        </span>
        <h1>{headline(spending, t)}</h1>
        <Money minor={spending.charged} currency={spending.currency} size="xl" />
        {isPaid && <Discount spending={spending} />}
        {!isPaid && <p className="result-why">{whyNot(spending, t)}</p>}
      </section>
      <Facts spending={spending} />
      <footer className="result-foot">
        <button type="button" className="button button-quiet" onClick={openBill}>
          {t('result.details')}
        </button>
        <button ref={done} type="button" className="button button-main" onClick={dismissResult}>
          {t(isUnderWay(spending) ? 'result.later' : 'result.done')}
        </button>
      </footer>
    </main>
  )
}

function Facts({ spending }: { spending: Spending }): ReactElement {
  const t = useWords()
  const [reason] = spending.reasons
  const facts: [string, string | null, boolean?][] = [
    [t('code.pay_from'), sourceText(spending)],
    [t('bill.by_code'), spending.isOffline ? t('code.made_offline') : null],
    [t('bill.why_this'), reason && spending.discount > 0 ? reasonText(reason) : null],
    [t('bill.through'), spending.of === 'wallet_debit' ? t('debit.elsewhere') : null],
    [t('bill.time'), formatDateTime(spending.completedAt ?? spending.createdAt)],
    // A code on the wall numbers its orders itself, and at length; the bill has the number.
    [t('bill.order_no'), spending.orderNo?.startsWith('mcd_') ? null : spending.orderNo, true],
  ]
  return (
    <dl className="rows">
      {facts.map(
        ([name, value, isCode]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd className={isCode ? 'ot-mono' : ''}>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

function headline(spending: Spending, t: Words): string {
  const { shop } = spending
  if (isUnderWay(spending)) return t('result.under_way', { shop })
  return spending.state === 'succeeded'
    ? t('result.paid_to', { shop })
    : t('result.not_paid', { shop })
}

function whyNot(spending: Spending, t: Words): string {
  if (isUnderWay(spending)) return t(underWayWord(spending), { source: appText(spending) })
  return spending.state === 'reversed' ? t('result.reversed') : declineText(spending.declineReason)
}
