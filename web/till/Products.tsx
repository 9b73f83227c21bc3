import { Button, Input, Skeleton, type InputRef } from 'antd'
import {
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type Ref,
} from 'react'
import { useTranslation } from 'react-i18next'
import { problemText, useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { Money } from '../ui/money.tsx'
import { asProblem } from '../ui/problem.ts'
import type { Product } from '../ui/types.ts'
import { useProducts } from './server.ts'
import { sellProduct, showTab } from './till.ts'

export type ProductsRef = { focusSearch: () => void }

/** The goods as tiles, found by name, SKU or barcode; arrows and Enter sell without a mouse. */
export function Products({ ref }: { ref: Ref<ProductsRef> }): ReactElement {
  const t = useT()
  const products = useProducts()
  const [search, setSearch] = useState('')
  const [category, setCategory] = useState<string | null>(null)
  const [place, setPlace] = useState(0)
  const input = useRef<InputRef>(null)
  const grid = useRef<HTMLDivElement>(null)
  useImperativeHandle(ref, () => ({ focusSearch: () => input.current?.focus({ cursor: 'all' }) }))
  const all = useMemo(() => products.data ?? [], [products.data])
  const shown = useMemo(() => filter(all, search, category), [all, search, category])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setSearch('')
    const by = stepOf(event, columnsOf(grid.current))
    if (by !== 0) {
      event.preventDefault()
      setPlace(Math.min(Math.max(place + by, 0), shown.length - 1))
    }
    const product = shown[place]
    if (event.key !== 'Enter' || !product || event.nativeEvent.isComposing) return
    sellProduct(product)
    input.current?.select()
  }
  return (
    <div className="till-products">
      <Input
        ref={input}
        size="large"
        allowClear
        prefix={<Icon name="search" size={18} />}
        suffix={<kbd>F3</kbd>}
        placeholder={t('till.search')}
        aria-label={t('till.search')}
        data-testid="product-search"
        value={search}
        onChange={(event) => {
          setSearch(event.target.value)
          setPlace(0)
        }}
        onKeyDown={onKeyDown}
      />
      <Categories products={all} chosen={category} onChoose={setCategory} />
      <div className="till-grid" ref={grid} data-testid="product-grid">
        {shown.map((product, i) => (
          <Tile key={product.id} product={product} isMarked={search !== '' && i === place} />
        ))}
        {products.isLoading && <Skeletons />}
      </div>
      {products.isError && (
        <Failure thrown={products.error} onRetry={() => void products.refetch()} />
      )}
      {products.isSuccess && shown.length === 0 && (
        <NoGoods isFiltered={all.length > 0} onClear={() => setSearch('')} />
      )}
    </div>
  )
}

function filter(products: readonly Product[], search: string, category: string | null): Product[] {
  const words = search.trim().toLowerCase()
  return products.filter((product) => {
    if (category !== null && product.category !== category) return false
    const { name, name_en: nameEn, sku, barcode } = product
    return [name, nameEn, sku, barcode].some((text) => text?.toLowerCase().includes(words))
  })
}

// Up and down go by rows. Left and right are the caret's as long as it can move that way.
function stepOf(event: KeyboardEvent, columns: number): number {
  const { selectionStart, selectionEnd, value } = event.target as HTMLInputElement
  if (event.key === 'ArrowDown') return columns
  if (event.key === 'ArrowUp') return -columns
  if (event.key === 'ArrowRight' && selectionStart === value.length) return 1
  return event.key === 'ArrowLeft' && selectionEnd === value.length && value !== '' ? -1 : 0
}

function columnsOf(grid: HTMLDivElement | null): number {
  return grid ? getComputedStyle(grid).gridTemplateColumns.split(' ').length : 1
}

function Tile({ product, isMarked }: { product: Product; isMarked: boolean }): ReactElement {
  const t = useT()
  const isEnglish = useTranslation().i18n.language === 'en'
  const { name, name_en: nameEn, price, currency, stock, sku } = product
  return (
    <button
      type="button"
      className="till-tile"
      data-marked={isMarked}
      data-testid={`product-${sku}`}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => sellProduct(product)}
    >
      <span className="till-tile-name">{(isEnglish && nameEn) || name}</span>
      <span className="till-tile-foot">
        <Money minor={price} currency={currency} />
        {stock !== null && (
          <small data-low={stock <= 0}>
            {stock > 0 ? t('till.stock', { count: stock }) : t('till.sold_out')}
          </small>
        )}
      </span>
    </button>
  )
}

type CategoriesProps = {
  products: readonly Product[]
  chosen: string | null
  onChoose: (category: string | null) => void
}

function Categories({ products, chosen, onChoose }: CategoriesProps): ReactElement | null {
  const t = useT()
  const names = [...new Set(products.flatMap(({ category }) => category ?? []))].sort()
  if (names.length < 2) return null
  return (
    <div className="till-categories" role="group" aria-label={t('till.categories')}>
      {[null, ...names].map((name) => (
        <button
          key={name ?? ''}
          type="button"
          aria-pressed={chosen === name}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(name)}
        >
          {name ?? t('till.all_categories')}
        </button>
      ))}
    </div>
  )
}

function Skeletons(): ReactElement {
  return (
    <>
      {Array.from({ length: 8 }, (_, i) => (
        <div key={i} className="till-tile" aria-hidden>
          <Skeleton active title={false} paragraph={{ rows: 2 }} />
        </div>
      ))}
    </>
  )
}

function Failure({ thrown, onRetry }: { thrown: unknown; onRetry: () => void }): ReactElement {
  const t = useT()
  const { requestId } = asProblem(thrown)
  return (
    <div className="till-empty" role="alert">
      <Icon name="warning" size={32} />
      <p>{problemText(thrown)}</p>
      {requestId && (
        <small>
          {t('common.request_id')} {requestId}
        </small>
      )}
      <Button onClick={onRetry}>{t('action.retry')}</Button>
    </div>
  )
}

function NoGoods(props: { isFiltered: boolean; onClear: () => void }): ReactElement {
  const t = useT()
  return (
    <div className="till-empty">
      <p>{t(props.isFiltered ? 'till.no_match' : 'till.no_goods')}</p>
      {props.isFiltered ? (
        <Button onClick={props.onClear}>{t('till.clear_search')}</Button>
      ) : (
        <Button onClick={() => showTab('keypad')}>
          {t('till.tab_keypad')} <kbd>F2</kbd>
        </Button>
      )}
    </div>
  )
}
