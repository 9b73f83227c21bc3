import { useRef, useState, type ReactElement } from 'react'
import { asProblem, newIdempotencyKey } from '../../ui/api.ts'
import { declineText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money, moneyText } from '../../ui/money.tsx'
import { playSound } from '../../ui/sound.ts'
import type { PaymentView } from '../../ui/types.ts'
import { sourceName } from '../accounts/source-words.ts'
import { Field } from '../parts/Field.tsx'
import { Page } from '../parts/Page.tsx'
import { PinPad } from '../parts/PinPad.tsx'
import { Sheet } from '../parts/Sheet.tsx'
import { Empty, Failed, Skeleton } from '../parts/states.tsx'
import { pinProblem } from '../pay/pin-problem.ts'
import { Link } from '../router.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { readAmount } from './amount-text.ts'
import { useSources, type Account } from '../accounts/use-sources.ts'

const quickMajor = [50, 100, 200, 500] as const

/** Money from a card into the balance. */
export function TopUpScreen(): ReactElement {
  const t = useWords()
  const sources = useSources()
  const [done, setDone] = useState<PaymentView | null>(null)
  const cards = sources.value?.data.filter((source) => source.kind === 'card')
  return (
    <Page title={t('topup.title')} back="me">
      {done && <TopUpResult payment={done} onAgain={() => setDone(null)} />}
      {!done && !cards && sources.problem && (
        <Failed problem={sources.problem} onRetry={sources.reload} />
      )}
      {!done && !cards && !sources.problem && <Skeleton rows={3} />}
      {!done && cards?.length === 0 && <Empty icon="card" text={t('topup.no_card')} />}
      {!done && cards && cards.length > 0 && <TopUpForm cards={cards} onDone={setDone} />}
    </Page>
  )
}

type TopUpFormProps = { cards: Account[]; onDone: (payment: PaymentView) => void }

function TopUpForm({ cards, onDone }: TopUpFormProps): ReactElement {
  const t = useWords()
  const [cardId, setCardId] = useState(cards[0]!.id)
  const [typed, setTyped] = useState('')
  const [isAsking, setAsking] = useState(false)
  const card = cards.find((each) => each.id === cardId) ?? cards[0]!
  const amount = readAmount(typed, card.currency)
  return (
    <>
      <form
        className="panel"
        onSubmit={(event) => {
          event.preventDefault()
          if (amount) setAsking(true)
        }}
      >
        <fieldset className="cards">
          <legend>{t('topup.from')}</legend>
          {cards.map((each) => (
            <label key={each.id}>
              <input
                type="radio"
                name="card"
                checked={each.id === cardId}
                onChange={() => setCardId(each.id)}
              />
              <Icon name="card" />
              <span>{sourceName(each)}</span>
              <Money minor={each.balance ?? 0} currency={each.currency} size="s" />
            </label>
          ))}
        </fieldset>
        <Field
          label={t('topup.amount')}
          before="¥"
          inputMode="decimal"
          autoComplete="off"
          placeholder="0.00"
          value={typed}
          {...(typed && amount === null ? { problem: t('limits.not_amount') } : {})}
          onChange={(event) => setTyped(event.target.value)}
        />
        <div className="quick">
          {quickMajor.map((major) => (
            <button key={major} type="button" onClick={() => setTyped(String(major))}>
              ¥{major}
            </button>
          ))}
        </div>
        <button type="submit" className="button button-main" disabled={!amount}>
          {amount ? t('topup.go', { amount: moneyText(amount, card.currency) }) : t('topup.title')}
        </button>
      </form>
      {isAsking && amount && (
        <PayIn card={card} amount={amount} onClose={() => setAsking(false)} onDone={onDone} />
      )}
    </>
  )
}

type PayInProps = {
  card: Account
  amount: number
  onClose: () => void
  onDone: (payment: PaymentView) => void
}

function PayIn({ card, amount, onClose, onDone }: PayInProps): ReactElement {
  const t = useWords()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  // One key for one intended top-up; after a refusal nothing was done, and the next try is new.
  const key = useRef(newIdempotencyKey())

  async function onPin(pin: string): Promise<void> {
    setBusy(true)
    setProblem('')
    const body = { source: card.id, amount, currency: card.currency, pin }
    try {
      onDone(await api.post<PaymentView>('/v1/top_ups', body, { idempotencyKey: key.current }))
    } catch (thrown) {
      if (!asProblem(thrown).isUnanswered) key.current = newIdempotencyKey()
      setProblem(pinProblem(thrown))
      setBusy(false)
    }
  }

  return (
    <Sheet title={t('topup.go', { amount: moneyText(amount, card.currency) })} onClose={onClose}>
      <PinPad
        label={t('pin.label')}
        isBusy={isBusy}
        problem={problem}
        onPin={(pin) => void onPin(pin)}
      />
    </Sheet>
  )
}

type TopUpResultProps = { payment: PaymentView; onAgain: () => void }

function TopUpResult({ payment, onAgain }: TopUpResultProps): ReactElement {
  const t = useWords()
  const isDone = payment.state === 'succeeded'
  const [hasPlayed, setPlayed] = useState(false)
  if (!hasPlayed) {
    setPlayed(true)
    playSound(isDone ? 'paid' : 'failed')
  }
  return (
    <div className={`empty ot-tone-${isDone ? 'succeeded' : 'failed'}`} role="status">
      <span className="result-mark">
        <Icon name={isDone ? 'check' : 'cross'} size={36} />
      </span>
      <p>{isDone ? t('topup.done') : declineText(payment.decline_reason)}</p>
      <Money minor={payment.amount} currency={payment.currency} size="l" />
      <button type="button" className="button button-quiet" onClick={onAgain}>
        {isDone ? t('topup.again') : t('action.retry')}
      </button>
      <Link to="" className="button button-main">
        {t('bills.show_code')}
      </Link>
    </div>
  )
}
