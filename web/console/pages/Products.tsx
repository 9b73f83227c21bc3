import { Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import type { Product } from '../../ui/types.ts'
import { useFilters } from '../filters.ts'
import { DeleteProduct } from '../forms/DeleteProduct.tsx'
import { ProductForm } from '../forms/ProductForm.tsx'
import { useMerchantNames } from '../names.ts'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { MerchantFilter } from '../parts/MerchantFilter.tsx'
import { Page } from '../parts/Page.tsx'
import { SearchField } from '../parts/SearchField.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { useList } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'

const names = ['merchant', 'q'] as const

/** What the tills sell. */
export default function Products(): ReactElement {
  const t = useText()
  const box = useFilters(names)
  const list = useList<Product>('/v1/products', box.filters)
  const columns = useProductColumns()
  const [edited, setEdited] = useState<Product | 'new' | null>(null)
  const create = (
    <Button type="primary" onClick={() => setEdited('new')} data-testid="create">
      {t('products.create')}
    </Button>
  )
  return (
    <Page title={t('products.title')} actions={create}>
      <ListTable
        name="product"
        title={t('products.title')}
        columns={columns}
        list={list}
        onOpen={setEdited}
        filter={box}
        toolbar={
          <>
            <SearchField box={box} />
            <MerchantFilter box={box} />
          </>
        }
        empty={{
          title: t('products.empty'),
          detail: t('products.empty_detail'),
          action: create,
          whenFiltered: true,
        }}
      />
      {edited && (
        <ProductForm
          key={edited === 'new' ? 'new' : edited.id}
          product={edited === 'new' ? null : edited}
          merchant={box.filters.merchant}
          onClose={() => setEdited(null)}
        />
      )}
    </Page>
  )
}

function useProductColumns(): Column<Product>[] {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const merchantName = useMerchantNames()
  return useMemo(() => {
    const merchant: Column<Product> = {
      key: 'merchant',
      title: t('field.merchant'),
      cell: (row) => merchantName(row.merchant),
    }
    return [
      {
        key: 'sku',
        title: t('products.sku'),
        width: 130,
        cell: (row) => <code>{row.sku}</code>,
      },
      { key: 'name', title: t('field.name'), always: true, cell: (row) => row.name },
      {
        key: 'name_en',
        title: t('field.name_en'),
        hidden: true,
        cell: (row) => row.name_en ?? '–',
      },
      ...(operator ? [merchant] : []),
      { key: 'category', title: t('products.category'), cell: (row) => row.category ?? '–' },
      {
        key: 'barcode',
        title: t('products.barcode'),
        cell: (row) => (row.barcode ? <code>{row.barcode}</code> : '–'),
      },
      {
        key: 'price',
        title: t('products.price'),
        align: 'right',
        cell: (row) => <Money minor={row.price} currency={row.currency} size="s" />,
      },
      {
        key: 'stock',
        title: t('products.stock'),
        align: 'right',
        cell: (row) => <Stock quantity={row.stock} />,
      },
      {
        key: 'actions',
        title: t('list.actions'),
        width: 90,
        cell: (row) => (
          <InRow>
            <DeleteProduct product={row} />
          </InRow>
        ),
      },
    ]
  }, [t, operator, merchantName])
}

function Stock({ quantity }: { quantity: number | null }): ReactElement {
  const t = useText()
  if (quantity === null) return <span className="ct-muted">–</span>
  if (quantity > 0) return <>{quantity}</>
  return (
    <span className="ct-bad">
      {quantity} · {t('products.stock_out')}
    </span>
  )
}
