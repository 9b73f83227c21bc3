import type { ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import type { GoodsLine, PaymentView } from '../../ui/types.ts'
import { EmptyState } from '../parts/ListStates.tsx'
import { useText } from '../text.ts'

/** What was bought. The lines belong to the sale, which several payments may pay for. */
export function Goods({
  goods,
  payment,
}: {
  goods: GoodsLine[]
  payment: PaymentView
}): ReactElement {
  const t = useText()
  if (goods.length === 0) return <EmptyState title={t('detail.goods_none')} />
  const { currency } = payment
  const lineMinor = (line: GoodsLine): bigint => BigInt(line.unit_price) * BigInt(line.quantity)
  const totalMinor = goods.reduce((sum, line) => sum + lineMinor(line), 0n)
  return (
    <div className="ct-scroll">
      <table className="ct-table ct-dense" aria-label={t('detail.goods')}>
        <thead>
          <tr>
            <th scope="col">{t('detail.sku')}</th>
            <th scope="col">{t('field.name')}</th>
            <th scope="col" data-align="right">
              {t('detail.unit_price')}
            </th>
            <th scope="col" data-align="right">
              {t('detail.quantity')}
            </th>
            <th scope="col" data-align="right">
              {t('detail.line_total')}
            </th>
          </tr>
        </thead>
        <tbody>
          {goods.map((line, place) => (
            <tr key={`${line.sku} ${place}`} data-testid="goods-row">
              <td data-label={t('detail.sku')}>
                <code>{line.sku}</code>
              </td>
              <td data-label={t('field.name')}>{line.name}</td>
              <td data-label={t('detail.unit_price')} data-align="right">
                <Money minor={line.unit_price} currency={currency} size="s" />
              </td>
              <td data-label={t('detail.quantity')} data-align="right">
                {line.quantity}
              </td>
              <td data-label={t('detail.line_total')} data-align="right">
                <Money minor={lineMinor(line)} currency={currency} size="s" />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td colSpan={4}>{t('detail.goods_total')}</td>
            <td data-align="right">
              <Money minor={totalMinor} currency={currency} size="s" />
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  )
}
