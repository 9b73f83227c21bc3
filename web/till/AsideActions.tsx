import type { ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import type { IconName } from '../ui/icons.tsx'
import { Action } from './Action.tsx'
import { askAsides, collectAgain, markPrinted, removeAside } from './aside.ts'
import { goodsOf } from './cart.ts'
import { configurationStore, mayReversePayment } from './configuration.ts'
import { mayReverse, phaseOf } from './phase.ts'
import { printReceipt } from './print.ts'
import { receiptOf, stepOf, type Aside } from './put-aside.ts'
import { openRefund } from './refund-desk.ts'
import { useStore } from './store.ts'
import { show } from './till.ts'

type Deed = {
  label: string
  keys: string
  icon: IconName
  act: () => void
  isPrimary?: boolean
  testId: string
}

export type AsideDeeds = {
  list: readonly Deed[]
  keys: Record<string, () => void>
  mayReverse: boolean
}

/** What can be done about the chosen one, on its buttons and their keys. */
export function useAsideDeeds(aside: Aside | undefined, askReverse: () => void): AsideDeeds {
  const t = useT()
  const back: Deed = {
    ...{ label: t('till.to_sell'), keys: 'Esc', icon: 'back' },
    ...{ act: () => show('sell'), testId: 'aside-back' },
  }
  const isPermitted = useStore(configurationStore, mayReversePayment)
  const isOpen = aside !== undefined && !aside.ending
  const may = isOpen && isPermitted && mayReverse(phaseOf(aside.attempt))
  const others = aside ? deedsOf(aside, t, may ? askReverse : null) : []
  const list = [back, ...others]
  const keys = Object.fromEntries(list.map(({ keys: key, act }) => [keyOf[key] ?? key, act]))
  const print = keys['p'] ?? (() => undefined)
  return {
    list,
    keys: { ...keys, P: print, 'Ctrl+p': print, F6: back.act, 'Shift+F6': back.act },
    mayReverse: may,
  }
}

const keyOf: Readonly<Record<string, string>> = { Esc: 'Escape', Del: 'Delete', P: 'p' }

function deedsOf(aside: Aside, t: (key: string) => string, reverse: (() => void) | null): Deed[] {
  const step = stepOf(aside)
  const { orderNo, payment } = aside.attempt
  const paper = receiptOf(aside)
  const deed = (name: string, keys: string, icon: IconName, act: () => void): Deed => ({
    ...{ label: t(`aside.do_${name}`), keys, icon, act, testId: `aside-${name}` },
  })
  const print = (name: string): Deed[] =>
    paper ? [deed(name, 'P', 'print', () => printPaper(aside, paper))] : []
  const remove = (): void => removeAside(orderNo)
  if (step === 'wait') {
    return [
      deed('ask', 'F3', 'refresh', askAsides),
      ...print('slip'),
      ...(reverse ? [deed('reverse', 'F8', 'undo', reverse)] : []),
    ]
  }
  if (step === 'again') {
    const isHalfPaid = aside.tenders.length > 0
    return [
      deed('drop', 'Del', 'cross', isHalfPaid ? () => collectAgain(aside, 'cancel') : remove),
      { ...deed('again', 'Enter', 'scan', () => collectAgain(aside)), isPrimary: true },
    ]
  }
  if (step === 'rest') {
    return [
      ...print('print'),
      deed('cancel', 'Del', 'undo', () => collectAgain(aside, 'cancel')),
      { ...deed('rest', 'Enter', 'scan', () => collectAgain(aside)), isPrimary: true },
    ]
  }
  const mayRefund = payment?.state === 'succeeded' && aside.refund === null
  const refund = (): void => {
    if (payment) openRefund({ ...payment, goods: goodsOf(aside.cart.lines) })
  }
  return [
    ...print('print'),
    ...(mayRefund ? [deed('refund', 'F8', 'undo', refund)] : []),
    { ...deed('done', 'Enter', 'check', remove), isPrimary: true },
  ]
}

type Paper = NonNullable<ReturnType<typeof receiptOf>>

// Of what is open a slip, as often as it is wanted; of a receipt every other one is a copy.
function printPaper({ attempt, ending, isPrinted }: Aside, paper: Paper): void {
  printReceipt({ ...paper, isCopy: isPrinted })
  if (ending) markPrinted(attempt.orderNo)
}

/** The buttons under the list. */
export function AsideActions({ deeds }: { deeds: AsideDeeds }): ReactElement {
  return (
    <footer className="till-actions">
      {deeds.list.map(({ act, ...deed }) => (
        <Action key={deed.testId} {...deed} onClick={act} />
      ))}
    </footer>
  )
}
