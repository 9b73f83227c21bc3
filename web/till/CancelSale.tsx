import type { ReactElement } from 'react'
import { problemText, useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { Money, moneyText } from '../ui/money.tsx'
import { Problem } from '../ui/problem.ts'
import { SchemeMark } from '../ui/scheme.tsx'
import { Action } from './Action.tsx'
import { Amount } from './Amount.tsx'
import { cancelSale, isAnswered, keepCollecting } from './cancel-sale.ts'
import { useKeys } from './keys.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { faceOfTry } from './refund-look.ts'
import { RefundTag } from './RefundTag.tsx'
import { useStore } from './store.ts'
import { paidMinor, type Tender } from './tender.ts'
import { till } from './till.ts'

/** A sale that is half paid is cancelled: what was paid is said, and goes back by its own way. */
export function CancelSale(): ReactElement {
  const t = useT()
  const { tenders, currency, isHelpOpen } = useStore(till, (state) => state)
  const hasBegun = tenders.some(({ refund }) => refund !== null)
  const isDone = tenders.every(({ refund }) => isAnswered(refund))
  const isBack = tenders.every(({ refund }) => refund?.refund?.state === 'succeeded')
  const step = isBack ? 'back' : isDone ? 'done' : hasBegun ? 'busy' : 'first'
  const go = (): void => cancelSale(t('cancel.reason'))
  useKeys(
    {
      Enter: go,
      Escape: keepCollecting,
      F1: () => till.set({ isHelpOpen: true }),
      'Ctrl+p': () => undefined,
    },
    !isHelpOpen,
  )
  const amount = moneyText(paidMinor(tenders), currency)
  return (
    <div
      className={`till-screen till-cancel ot-tone-${isBack ? 'succeeded' : 'waiting'}`}
      data-testid="till-cancel"
      data-step={step}
      data-screen="cancel"
    >
      <main>
        <Icon name={isBack ? 'check' : 'warning'} size={56} />
        <h1 role="status">{t(`cancel.title_${step}`)}</h1>
        <Amount className="till-huge" minor={paidMinor(tenders)} currency={currency} />
        <p className="till-waiting-who">{t(`cancel.hint_${step}`, { amount })}</p>
        <ul className="till-cancel-list" data-testid="cancel-list">
          {tenders.map((tender) => (
            <Row key={tender.payment.id} tender={tender} />
          ))}
        </ul>
      </main>
      <NoteStrip />
      <footer className="till-actions">
        <Action
          label={t('cancel.keep')}
          keys="Esc"
          icon="back"
          isDisabled={hasBegun}
          onClick={keepCollecting}
        />
        <Action
          label={t(hasBegun ? 'cancel.finish' : 'cancel.refund_all')}
          keys="Enter"
          icon={hasBegun ? 'check' : 'undo'}
          isPrimary
          isDisabled={hasBegun && !isDone}
          onClick={go}
          testId="cancel-go"
        />
      </footer>
    </div>
  )
}

function Row({ tender }: { tender: Tender }): ReactElement {
  const t = useT()
  const { payment, refund } = tender
  const problem = refund?.phase === 'refused' ? refund.problem : null
  return (
    <li data-testid="cancel-tender">
      <SchemeMark scheme={payment.scheme} size={18} />
      <span className="ot-mono">{payment.order_no}</span>
      <Money minor={payment.amount} currency={payment.currency} />
      {refund ? (
        <RefundTag face={faceOfTry(refund)} />
      ) : (
        <span className="ot-tag ot-tone-succeeded">
          <Icon name="check" size={14} />
          {t('state.succeeded')}
        </span>
      )}
      {problem && (
        <small role="alert">
          {problemText(
            new Problem({
              ...{ code: problem.code, detail: problem.detail },
              ...(problem.param ? { param: problem.param } : {}),
            }),
          )}
        </small>
      )}
    </li>
  )
}
