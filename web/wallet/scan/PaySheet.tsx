import { useEffect, useRef, useState, type ReactElement } from 'react'
import { asProblem, newIdempotencyKey } from '../../ui/api.ts'
import { Icon } from '../../ui/icons.tsx'
import { moneyText } from '../../ui/money.tsx'
import type { MerchantOrder, PaymentView } from '../../ui/types.ts'
import { sourceName } from '../accounts/source-words.ts'
import { useLive } from '../live.tsx'
import { PinPad } from '../parts/PinPad.tsx'
import { Sheet } from '../parts/Sheet.tsx'
import { pinProblem } from '../pay/pin-problem.ts'
import { navigate } from '../router.ts'
import { api } from '../session.ts'
import { spendingOf } from '../spending.ts'
import { useWords } from '../text.ts'
import type { Account } from '../accounts/use-sources.ts'

type PaySheetProps = {
  order: MerchantOrder
  /** In minor units of the order's currency. */
  amount: number
  source: Account
  /** It ended meanwhile: how it stands is read anew. */
  onStale: () => void
  onClose: () => void
}

/** Pays: at once up to the payer's own limit, by the PIN above it. */
export function PaySheet(props: PaySheetProps): ReactElement {
  const { order, amount, source, onClose } = props
  const t = useWords()
  const [needsPin, setNeedsPin] = useState(amount > order.pin_above)
  const { pay, isBusy, problem } = usePay(props, () => setNeedsPin(true))
  const hasBegun = useRef(false)
  useEffect(() => {
    if (needsPin || hasBegun.current) return
    hasBegun.current = true
    void pay()
  })
  const shop = order.store_name ?? order.merchant_name
  return (
    <Sheet title={t('order.pay', { amount: moneyText(amount, order.currency) })} onClose={onClose}>
      <p className="confirm-source">
        {t('confirm.to', { shop })} · {t('confirm.from', { source: sourceName(source) })}
      </p>
      {needsPin && (
        <PinPad
          label={t('pin.label')}
          isBusy={isBusy}
          problem={problem}
          onPin={(pin) => void pay(pin)}
        />
      )}
      {!needsPin && isBusy && (
        <p className="pay-busy" role="status">
          <Icon name="spinner" size={28} />
          {t('order.paying')}
        </p>
      )}
      {!needsPin && !isBusy && problem && (
        <>
          <p className="problem" role="alert">
            {problem}
          </p>
          <button type="button" className="button button-main" onClick={() => void pay()}>
            {t('action.retry')}
          </button>
        </>
      )}
    </Sheet>
  )
}

type Pay = { pay: (pin?: string) => Promise<void>; isBusy: boolean; problem: string }

function usePay({ order, amount, source, onStale }: PaySheetProps, onPin: () => void): Pay {
  const { settle } = useLive()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  // One key for one intended payment; after a refusal nothing was done, and the next try is new.
  const key = useRef(newIdempotencyKey())

  async function pay(pin?: string): Promise<void> {
    setBusy(true)
    setProblem('')
    const asked = order.amount === null ? { amount } : {}
    const body = { ...asked, source: source.id, ...(pin === undefined ? {} : { pin }) }
    const options = { idempotencyKey: key.current }
    try {
      const path = `/v1/orders/${order.token}/pay`
      const paid = spendingOf(await api.post<PaymentView>(path, body, options))
      navigate('', { replace: true })
      settle(paid)
    } catch (thrown) {
      const { code, isUnanswered } = asProblem(thrown)
      if (!isUnanswered) key.current = newIdempotencyKey()
      if (code === 'PIN_WRONG' && pin === undefined) onPin()
      else setProblem(pinProblem(thrown))
      if (code === 'ORDER_EXPIRED') onStale()
      setBusy(false)
    }
  }
  return { pay, isBusy, problem }
}
