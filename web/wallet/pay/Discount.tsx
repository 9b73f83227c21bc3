import type { ReactElement } from 'react'
import { currentLanguage } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { moneyText } from '../../ui/money.tsx'
import type { RouteReason } from '../../ui/types.ts'
import type { Spending } from '../spending.ts'
import { useWords } from '../text.ts'

type Priced = Pick<Spending, 'amount' | 'discount' | 'charged' | 'currency' | 'state'>

/** What was taken off and what is left to pay; nothing where nothing was. */
export function Discount({ spending }: { spending: Priced }): ReactElement | null {
  const t = useWords()
  const { discount, charged, amount, currency, state } = spending
  if (discount === 0) return null
  const isPaid = state === 'succeeded'
  return (
    <p className="discount">
      <Icon name="tag" size={16} />
      <s>
        <span className="ot-hidden">{t('discount.instead_of')}</span>
        {moneyText(amount, currency)}
      </s>
      {t(isPaid ? 'discount.paid' : 'discount.to_pay', {
        off: moneyText(discount, currency),
        paid: moneyText(charged, currency),
      })}
    </p>
  )
}

/** Why a road was chosen, in the reader's language. */
export function reasonText(reason: RouteReason): string {
  return currentLanguage() === 'en' ? reason.text_en : reason.text_zh
}
