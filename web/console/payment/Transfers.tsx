import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { Money, moneyText } from '../../ui/money.tsx'
import type { PaymentView } from '../../ui/types.ts'
import { AccountName } from '../parts/AccountName.tsx'
import { EmptyState } from '../parts/ListStates.tsx'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText, useWord } from '../text.ts'
import { sharesOf, sumOfShares } from './sums.ts'

/** The money in the books: each transfer, and that the parts make the whole. */
export function Transfers({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const word = useWord()
  const transfers = payment.transfers ?? []
  if (transfers.length === 0) {
    return (
      <EmptyState title={t('detail.transfers_none')} detail={t('detail.transfers_none_detail')} />
    )
  }
  return (
    <div className="ct-scroll">
      <table className="ct-table ct-dense" aria-label={t('detail.transfers')}>
        <thead>
          <tr>
            <th scope="col">{t('detail.leg')}</th>
            <th scope="col">{t('detail.debit_account')}</th>
            <th scope="col">{t('detail.credit_account')}</th>
            <th scope="col" data-align="right">
              {t('field.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {transfers.map((transfer) => (
            <tr key={transfer.id} data-testid="transfer-row">
              <td data-label={t('detail.leg')}>{word('detail.kind_', transfer.kind)}</td>
              <td data-label={t('detail.debit_account')}>
                <AccountName id={transfer.debit_account} />
              </td>
              <td data-label={t('detail.credit_account')}>
                <AccountName id={transfer.credit_account} />
              </td>
              <td data-label={t('field.amount')} data-align="right">
                <Money minor={transfer.amount} currency={transfer.currency} size="s" />
              </td>
            </tr>
          ))}
        </tbody>
        <SumRow payment={payment} />
      </table>
    </div>
  )
}

/** The operator sees all parts, which make the whole; a merchant sees what it got itself. */
function SumRow({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const sumMinor = sumOfShares(sharesOf(payment.transfers ?? []))
  const differenceMinor = sumMinor - BigInt(payment.amount)
  if (!operator) return <OwnSum payment={payment} sumMinor={sumMinor} />
  const isEqual = differenceMinor === 0n
  return (
    <tfoot>
      <tr className={isEqual ? 'ct-sum-equal' : 'ct-sum-unequal'}>
        <td colSpan={3}>
          <span data-testid="transfers-sum" data-equal={isEqual}>
            {t('detail.sum')} <Icon name={isEqual ? 'check' : 'warning'} size={14} />{' '}
            {isEqual
              ? t('detail.sum_equal')
              : t('detail.sum_unequal', {
                  difference: moneyText(differenceMinor, payment.currency),
                })}
          </span>
        </td>
        <td data-align="right">
          <Money minor={sumMinor} currency={payment.currency} size="s" />
        </td>
      </tr>
    </tfoot>
  )
}

function OwnSum({ payment, sumMinor }: { payment: PaymentView; sumMinor: bigint }): ReactElement {
  const t = useText()
  const takenMinor = BigInt(payment.amount) - sumMinor
  return (
    <tfoot>
      <tr>
        <td colSpan={3}>
          <span data-testid="transfers-sum">
            {t('detail.own_sum', { taken: moneyText(takenMinor, payment.currency) })}
          </span>
        </td>
        <td data-align="right">
          <Money minor={sumMinor} currency={payment.currency} size="s" />
        </td>
      </tr>
    </tfoot>
  )
}
