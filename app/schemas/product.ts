import { Type } from 'typebox'

import type { Product } from '../../modules/goods/goods.ts'
import { Body, CurrencyCode, IdText, orNull, Text, Time } from './shared.ts'

// As a line of a sale may carry it, so that the total of a sale stays below 2^63.
const Price = Type.Integer({ minimum: 0, maximum: 10 ** 11, examples: [200] })
const Stock = Type.Integer({ minimum: 0, maximum: 10 ** 12, description: 'What was counted' })
const Barcode = Type.String({ pattern: '^[0-9A-Za-z-]{4,32}$', examples: ['6901234567892'] })

/** POST /v1/products. */
export const ProductBody = Body({
  merchant: Type.Optional(IdText('mch', { description: 'Named by the operator' })),
  sku: Text(64, { examples: ['WATER-550'] }),
  name: Text(200, { examples: ['矿泉水 550 ml'] }),
  name_en: Type.Optional(Text(200, { examples: ['Mineral water 550 ml'] })),
  price: Price,
  currency: CurrencyCode(),
  barcode: Type.Optional(Barcode),
  stock: Type.Optional(Stock),
  category: Type.Optional(Text(64, { examples: ['饮料'] })),
})

/** PATCH /v1/products/{id}; null takes away what may be missing. */
export const ProductChangeBody = Body(
  {
    name: Type.Optional(Text(200)),
    name_en: Type.Optional(orNull(Text(200))),
    price: Type.Optional(Price),
    barcode: Type.Optional(orNull(Barcode)),
    stock: Type.Optional(orNull(Stock)),
    category: Type.Optional(orNull(Text(64))),
  },
  { minProperties: 1 },
)

/** A product as the API shows it. */
export const ProductView = Type.Object(
  {
    object: Type.Literal('product'),
    id: Type.String({ examples: ['prd_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    merchant: Type.String({ examples: ['mch_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    sku: Type.String(),
    name: Type.String(),
    name_en: orNull(Type.String()),
    price: Price,
    currency: CurrencyCode(),
    barcode: orNull(Type.String()),
    stock: orNull(Type.Integer({ description: 'Below zero: sold before it was booked in' })),
    category: orNull(Type.String()),
    created_at: Time(),
  },
  { title: 'Product' },
)

/** A product as the API shows it. Prices in minor units, for one. */
export const showProduct = (product: Omit<Product, 'state'>) => ({
  object: 'product' as const,
  id: product.id,
  merchant: product.merchantId,
  sku: product.sku,
  name: product.name,
  name_en: product.nameEn,
  price: Number(product.priceMinor),
  currency: product.currency,
  barcode: product.barcode,
  stock: product.stockQuantity === null ? null : Number(product.stockQuantity),
  category: product.category,
  created_at: product.createdAt.toISOString(),
})
