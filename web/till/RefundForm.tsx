import { Input, type InputRef } from 'antd'
import { useEffect, useRef, useState, type ReactElement } from 'react'
import { formatDecimal, isCurrency, parseMinor } from '../../modules/money/money.ts'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { moneyText } from '../ui/money.tsx'
import { schemeText } from '../ui/scheme.tsx'
import type { PaymentView } from '../ui/types.ts'
import { Action } from './Action.tsx'
import { Ask } from './Ask.tsx'
import { configurationStore } from './configuration.ts'
import { isConnected } from './connection.ts'
import { useKeys } from './keys.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { askRefund, closeRefund } from './refund-desk.ts'
import { useStore } from './store.ts'
import { hush, say, till } from './till.ts'

const reasons = ['returned', 'too_much', 'twice', 'other'] as const
type Reason = (typeof reasons)[number]

type FormProps = { payment: PaymentView; leftMinor: bigint | null }

/** How much goes back, and why; Enter asks once more, and Enter again does it. */
export function RefundForm({ payment, leftMinor }: FormProps): ReactElement {
  const t = useT()
  const { currency } = payment
  const whole = leftMinor === null ? '' : decimal(leftMinor, currency)
  const [typed, setTyped] = useState<string | null>(null)
  const [reason, setReason] = useState<Reason>('returned')
  const [asked, setAsked] = useState<bigint | null>(null)
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  const mayRefund = useStore(
    configurationStore,
    ({ current }) => current?.permission.effective.may_refund !== false,
  )
  // What cannot be done is said at once, and not after the cashier has typed.
  const mayNot = !mayRefund ? 'refund.may_not' : leftMinor === 0n ? 'refund.nothing_left' : null
  const close = (): void => (asked === null ? closeRefund('recent') : setAsked(null))
  const ask = (): void => {
    const amount = readAmount(typed ?? whole, currency)
    if (leftMinor === null || mayNot) return
    if (amount === null || amount <= 0n || amount > leftMinor) {
      return say({ tone: 'bad', key: 'refund.amount_wrong' })
    }
    if (!isConnected()) return say({ tone: 'bad', key: 'till.offline' })
    hush()
    setAsked(amount)
  }
  const enter = (): void => {
    if (asked === null) ask()
    else askRefund(asked, t(`refund.reason.${reason}`))
  }
  const turn = (): void => setReason(reasons[(reasons.indexOf(reason) + 1) % reasons.length]!)
  useKeys(
    {
      Escape: close,
      Enter: enter,
      F2: () => asked === null && turn(),
      F4: () => asked === null && setTyped(null),
      F1: () => till.set({ isHelpOpen: true }),
    },
    !isHelpOpen,
  )
  if (mayNot) return <NoRefund words={t(mayNot)} onBack={close} />
  return (
    <section className="till-refund-now">
      <div className="till-refund-form">
        <AmountField
          text={typed ?? whole}
          isAsked={asked !== null}
          onText={setTyped}
          onEnter={ask}
        />
        <Reasons chosen={reason} onChoose={setReason} />
        <div className="till-ask" aria-live="assertive">
          {asked !== null && (
            <Ask
              question={t('refund.ask', {
                amount: moneyText(asked, currency),
                scheme: schemeText(payment.scheme),
              })}
              yes={t('refund.yes')}
              no={t('action.cancel')}
              onYes={enter}
              onNo={() => setAsked(null)}
              testId="refund-ask"
            />
          )}
        </div>
      </div>
      <NoteStrip />
      <Actions
        isWhole={typed === null}
        mayGo={leftMinor !== null && leftMinor > 0n}
        onBack={close}
        onWhole={() => setTyped(null)}
        onGo={enter}
      />
    </section>
  )
}

function NoRefund({ words, onBack }: { words: string; onBack: () => void }): ReactElement {
  const t = useT()
  return (
    <section className="till-refund-now">
      <div className="till-refund-form" role="status" data-testid="refund-none">
        <Icon name="warning" size={48} />
        <strong>{words}</strong>
      </div>
      <NoteStrip />
      <footer className="till-actions">
        <Action label={t('action.back')} keys="Esc" icon="back" onClick={onBack} />
      </footer>
    </section>
  )
}

type ActionsProps = {
  isWhole: boolean
  mayGo: boolean
  onBack: () => void
  onWhole: () => void
  onGo: () => void
}

function Actions({ isWhole, mayGo, onBack, onWhole, onGo }: ActionsProps): ReactElement {
  const t = useT()
  return (
    <footer className="till-actions">
      <Action label={t('action.back')} keys="Esc" icon="back" onClick={onBack} />
      <Action label={t('refund.whole')} keys="F4" icon="check" onClick={onWhole} isOn={isWhole} />
      <Action
        label={t('refund.go')}
        keys="Enter"
        icon="undo"
        isPrimary
        isDisabled={!mayGo}
        onClick={onGo}
        testId="refund-go"
      />
    </footer>
  )
}

const decimal = (minor: bigint, currency: string): string =>
  isCurrency(currency) ? formatDecimal(minor, currency) : String(minor)

const readAmount = (text: string, currency: string): bigint | null =>
  isCurrency(currency) ? parseMinor(text.trim().replace('。', '.'), currency) : null

type AmountFieldProps = {
  text: string
  isAsked: boolean
  onText: (text: string) => void
  onEnter: () => void
}

function AmountField({ text, isAsked, onText, onEnter }: AmountFieldProps): ReactElement {
  const t = useT()
  const field = useRef<InputRef>(null)
  const isKnown = text !== ''
  useEffect(() => {
    // While the question stands, Enter and Esc are its answers and not the field's.
    if (isAsked) field.current?.blur()
    else if (isKnown) field.current?.focus({ cursor: 'all' })
  }, [isAsked, isKnown])
  return (
    <label className="till-refund-amount">
      <span>{t('refund.amount')}</span>
      <Input
        ref={field}
        className="till-code-input"
        size="large"
        inputMode="decimal"
        autoComplete="off"
        maxLength={12}
        disabled={isAsked}
        data-testid="refund-amount"
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          onEnter()
        }}
      />
    </label>
  )
}

type ReasonsProps = { chosen: Reason; onChoose: (reason: Reason) => void }

function Reasons({ chosen, onChoose }: ReasonsProps): ReactElement {
  const t = useT()
  return (
    <div
      className="till-reasons"
      role="radiogroup"
      aria-label={t('refund.reason')}
      data-testid="refund-reasons"
    >
      <span>
        {t('refund.reason')} <kbd>F2</kbd>
      </span>
      {reasons.map((reason) => (
        <button
          key={reason}
          type="button"
          role="radio"
          aria-checked={reason === chosen}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(reason)}
        >
          {t(`refund.reason.${reason}`)}
        </button>
      ))}
    </div>
  )
}
