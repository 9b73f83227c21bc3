import { App, Form, Input } from 'antd'
import type { ReactElement } from 'react'
import type { Product } from '../../ui/types.ts'
import { homeCurrency, minorFromTyped, typedFromMinor } from '../amounts.ts'
import { AmountField, ChoiceField, TextField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { api, useChange, useCreate } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'

type Values = {
  merchant?: string
  sku: string
  name: string
  name_en?: string
  price: string
  barcode?: string
  stock?: string
  category?: string
}

const textOrNull = (typed: string | undefined): string | null => typed?.trim() || null
const countOrNull = (typed: string | undefined): number | null =>
  typed?.trim() ? Number(typed) : null

/** What may change later; the SKU stays, since sales name it. */
const changeable = (values: Values) => ({
  name: values.name.trim(),
  name_en: textOrNull(values.name_en),
  price: minorFromTyped(values.price),
  barcode: textOrNull(values.barcode),
  stock: countOrNull(values.stock),
  category: textOrNull(values.category),
})

/**
 * Only what the person changed: the stock above all moves with every sale, and what was shown when
 * the form opened must not be written over it.
 */
function changeOf(values: Values, product: Product): Record<string, unknown> {
  const before = product as Record<string, unknown>
  const typed = Object.entries(changeable(values))
  return Object.fromEntries(typed.filter(([name, value]) => value !== before[name]))
}

export type ProductFormProps = {
  product: Product | null
  merchant: string | undefined
  onClose: () => void
}

/** A new product, or a change of one. */
export function ProductForm({ product, merchant, onClose }: ProductFormProps): ReactElement {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const { message } = App.useApp()
  const done = (): void => {
    void message.success(t(product ? 'form.saved' : 'form.created'))
    onClose()
  }
  const create = useCreate<Product>('/v1/products', done)
  const change = useChange(
    '/v1/products',
    async (body: unknown) => {
      // Nothing changed is nothing to send, and no mistake either.
      if (!product || Object.keys(body as object).length === 0) return
      await api.patch<Product>(`/v1/products/${product.id}`, body)
    },
    done,
  )
  const barcode = { of: /^\s*[0-9A-Za-z-]{4,32}\s*$/, message: t('products.barcode_invalid') }
  const whole = { of: /^\s*\d{1,12}\s*$/, message: t('form.integer_invalid') }
  const toNew = (values: Values) => {
    const given = Object.entries(changeable(values)).filter(([, value]) => value !== null)
    const owner = operator ? { merchant: values.merchant } : {}
    const sku = values.sku.trim()
    return { ...owner, sku, currency: homeCurrency, ...Object.fromEntries(given) }
  }

  return (
    <FormDrawer<Values>
      title={t(product ? 'products.edit' : 'products.create')}
      onClose={onClose}
      submit={product ? change : create}
      submitText={t(product ? 'form.save' : 'form.create')}
      initial={initialOf(product, merchant)}
      toBody={product ? (values) => changeOf(values, product) : toNew}
    >
      {operator && !product && (
        <ChoiceField name="merchant" label={t('field.merchant')} path="/v1/merchants" required />
      )}
      {product ? (
        <Form.Item label={t('products.sku')}>
          <Input value={product.sku} disabled />
        </Form.Item>
      ) : (
        <TextField name="sku" label={t('products.sku')} maxLength={64} required />
      )}
      <TextField name="name" label={t('field.name')} maxLength={200} required />
      <TextField name="name_en" label={t('field.name_en')} maxLength={200} />
      <AmountField name="price" label={t('products.price')} required allowZero />
      <TextField
        name="barcode"
        label={t('products.barcode')}
        extra={t('products.barcode_help')}
        pattern={barcode}
        maxLength={32}
      />
      <TextField
        name="stock"
        label={t('products.stock')}
        extra={t('products.stock_help')}
        pattern={whole}
        digits
      />
      <TextField name="category" label={t('products.category')} maxLength={64} />
    </FormDrawer>
  )
}

function initialOf(product: Product | null, merchant: string | undefined): Partial<Values> {
  if (!product) return merchant ? { merchant } : {}
  return {
    name: product.name,
    name_en: product.name_en ?? '',
    price: typedFromMinor(product.price),
    barcode: product.barcode ?? '',
    stock: product.stock === null ? '' : String(product.stock),
    category: product.category ?? '',
  }
}
