import { useEffect, useState, type ReactElement } from 'react'
import { asProblem } from '../../ui/api.ts'
import { Icon } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import { playSound } from '../../ui/sound.ts'
import type { PaymentView, WalletDebit } from '../../ui/types.ts'
import { sourceText } from '../accounts/source-words.ts'
import { PinPad } from '../parts/PinPad.tsx'
import { useLive } from '../live.tsx'
import { api } from '../session.ts'
import { pathOf, spendingOf, type Spending } from '../spending.ts'
import { useWords } from '../text.ts'
import { Discount } from './Discount.tsx'
import { pinProblem } from './pin-problem.ts'
import { useSecondsTo } from './use-seconds-to.ts'

/** `1:58`. */
function clockText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Money waits for this payer: who wants how much, and the PIN that says yes. */
export function ConfirmScreen({ asked }: { asked: Spending }): ReactElement {
  const t = useWords()
  const { settle } = useLive()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const [isFrozen, setFrozen] = useState(false)
  const secondsLeft = useSecondsTo(asked.expiresAt)
  useEffect(() => {
    document.title = `${t('confirm.title')} · OneTill`
    playSound('accepted')
    navigator.vibrate?.(80)
  }, [asked.id, t])
  useOutcome(asked, secondsLeft === 0, settle)

  async function answer(verb: 'confirm' | 'decline', body: object): Promise<void> {
    setBusy(true)
    setProblem('')
    try {
      const answered = await api.post<PaymentView | WalletDebit>(`${pathOf(asked)}/${verb}`, body)
      settle(spendingOf(answered))
    } catch (thrown) {
      const { code, isUnanswered } = asProblem(thrown)
      if (code === 'PAYER_FROZEN') setFrozen(true)
      setProblem(pinProblem(thrown))
      // It ended meanwhile, or nobody knows: how it stands is read, never guessed.
      const mayHaveEnded = code === 'PAYMENT_FINAL' || code === 'PAYMENT_NOT_WAITING'
      if (mayHaveEnded || isUnanswered) await readOnce(asked, settle)
    } finally {
      setBusy(false)
    }
  }

  return (
    <main className="confirm" aria-labelledby="confirm-title">
      <header className="confirm-head">
        <h1 id="confirm-title">{t('confirm.title')}</h1>
        <p className="confirm-left" role="timer" aria-label={t('confirm.left')}>
          <Icon name="clock" size={16} />
          {clockText(secondsLeft)}
        </p>
      </header>
      <section className="confirm-what" aria-live="assertive">
        <p className="confirm-shop">
          <Icon name="shop" size={18} />
          {t('confirm.to', { shop: asked.shop })}
        </p>
        <Money minor={asked.charged} currency={asked.currency} size="xl" />
        <Discount spending={asked} />
        {asked.sourceLabel && (
          <p className="confirm-source">{t('confirm.from', { source: sourceText(asked) })}</p>
        )}
        {asked.of === 'wallet_debit' && <p className="confirm-source">{t('debit.elsewhere')}</p>}
      </section>
      {isFrozen ? (
        <div className="empty" role="alert">
          <Icon name="lock" size={40} />
          <p>{t('code.frozen_why')}</p>
        </div>
      ) : (
        <PinPad
          label={t('pin.label')}
          isBusy={isBusy || secondsLeft === 0}
          problem={problem}
          onPin={(pin) => void answer('confirm', { pin })}
        />
      )}
      <button
        type="button"
        className="button button-quiet"
        disabled={isBusy}
        onClick={() => void answer('decline', {})}
      >
        {t('confirm.decline')}
      </button>
    </main>
  )
}

const askEveryMs = 1_000

type Key = Pick<Spending, 'of' | 'id'>

/** After the time is up the server says how it ended; the event may be late, so it is asked too. */
function useOutcome({ of, id }: Key, isOver: boolean, settle: (spending: Spending) => void): void {
  useEffect(() => {
    if (!isOver) return
    const timer = setInterval(() => void readOnce({ of, id }, settle), askEveryMs)
    return () => clearInterval(timer)
  }, [of, id, isOver, settle])
}

async function readOnce(key: Key, settle: (spending: Spending) => void): Promise<void> {
  try {
    settle(spendingOf(await api.get<PaymentView | WalletDebit>(pathOf(key))))
  } catch {
    // Still no answer; the stream or the next question brings it.
  }
}
