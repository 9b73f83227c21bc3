import { Type, type Static } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import {
  closeProduct,
  createProduct,
  readProduct,
  readProducts,
  updateProduct,
  type Product,
  type ProductChange,
} from '../../modules/goods/goods.ts'
import { newId } from '../../modules/lib/ids.ts'
import { readMerchant } from '../../modules/party/party.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf, merchantFor, merchantScope, type Principal } from '../http/principal.ts'
import { ProductBody, ProductChangeBody, ProductView, showProduct } from '../schemas/product.ts'
import {
  found,
  IdText,
  ListOf,
  ListQuery,
  PathId,
  readPage,
  showList,
  Text,
} from '../schemas/shared.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

/** Products with their prices and stock: the merchant's to keep, and its terminals' to read. */
export function productRoutes(app: App, { io }: Context): void {
  listRoute(app, io)
  createRoute(app, io)
  changeRoute(app, io)
  deleteRoute(app, io)
}

function listRoute(app: App, io: Io): void {
  app.get(
    '/v1/products',
    {
      schema: {
        summary: 'List the products that are sold',
        querystring: ListQuery({
          merchant: Type.Optional(IdText('mch')),
          barcode: Type.Optional(Text(32, { description: 'Only this product' })),
          q: Type.Optional(
            Text(64, { description: 'A part of the name, or the SKU, barcode or id' }),
          ),
        }),
        response: { 200: ListOf(ProductView) },
      },
      config: allow('operator', 'merchant', 'terminal'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { query } = request
      const { merchant, barcode, q = null } = query
      const merchantId =
        barcode === undefined
          ? merchantScope(principal, merchant)
          : merchantFor(principal, merchant)
      const page = { merchantId, q, ...readPage(query), ...(barcode !== undefined && { barcode }) }
      const products = await readProducts(io.db, principal.institutionId, page)
      return showList(products, query, { url: '/v1/products', show: showProduct })
    },
  )
}

function createRoute(app: App, io: Io): void {
  app.post(
    '/v1/products',
    {
      schema: { summary: 'Add a product', body: ProductBody, response: { 201: ProductView } },
      config: {
        ...allow('operator', 'merchant'),
        isIdempotent: true,
        refusals: ['SKU_TAKEN', 'CURRENCY_NOT_SUPPORTED'],
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const merchantId = merchantFor(principal, request.body.merchant)
      found(await readMerchant(io.db, institutionId, merchantId))
      const { currency } = await io.institution(institutionId)
      if (request.body.currency !== currency) {
        throw new AppError('CURRENCY_NOT_SUPPORTED', { param: 'currency' })
      }
      const now = io.now()
      const product = readBody(request.body, { merchantId, currency, now })
      const detail = { ...request.body, merchant: merchantId }
      return idempotent(io, request, reply, async (tx) => {
        const id = await createProduct(tx, { institutionId, ...product }, now)
        const entry = entryOf(principal, now)
        await record(tx, institutionId, [
          { ...entry, action: 'product.create', subject: id, detail },
        ])
        return { body: showProduct({ ...product, id }) }
      })
    },
  )
}

function readBody(
  body: Static<typeof ProductBody>,
  { merchantId, currency, now }: Pick<Product, 'merchantId' | 'currency'> & { now: Date },
): Omit<Product, 'state'> {
  const { sku, name, name_en = null, price, barcode = null, stock, category = null } = body
  return {
    ...{ id: newId('prd', now.getTime()), merchantId, sku, name, nameEn: name_en, category },
    ...{ barcode, priceMinor: BigInt(price), currency, createdAt: now },
    stockQuantity: stock === undefined ? null : BigInt(stock),
  }
}

function changeRoute(app: App, io: Io): void {
  app.patch(
    '/v1/products/:id',
    {
      schema: {
        summary: 'Change a product, or correct its stock',
        params: PathId('prd'),
        body: ProductChangeBody,
        response: { 200: ProductView },
      },
      config: { ...allow('operator', 'merchant'), refusals: ['SKU_TAKEN'] },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id } = await ownProduct(io, principal, request.params.id)
      const now = io.now()
      const change = readChange(request.body)
      const action = { action: 'product.change', subject: id, detail: { ...request.body } }
      const entry = { ...entryOf(principal, now), ...action }
      const changed = await io.db.transaction(async (tx) => {
        const product = await updateProduct(tx, { institutionId, id }, change, now)
        if (product) await record(tx, institutionId, [entry])
        return product
      })
      return showProduct(found(changed))
    },
  )
}

function readChange(body: Static<typeof ProductChangeBody>): ProductChange {
  const { name, name_en: nameEn, price, barcode, stock, category } = body
  return {
    ...(name !== undefined && { name }),
    ...(nameEn !== undefined && { nameEn }),
    ...(price !== undefined && { priceMinor: BigInt(price) }),
    ...(barcode !== undefined && { barcode }),
    ...(stock !== undefined && { stockQuantity: stock === null ? null : BigInt(stock) }),
    ...(category !== undefined && { category }),
  }
}

function deleteRoute(app: App, io: Io): void {
  app.delete(
    '/v1/products/:id',
    {
      schema: {
        summary: 'Take a product out of sale; its sales stay',
        params: PathId('prd'),
        response: { 204: Type.Null() },
      },
      config: allow('operator', 'merchant'),
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id } = await ownProduct(io, principal, request.params.id)
      const action = { action: 'product.close', subject: id, detail: {} }
      const entry = { ...entryOf(principal, io.now()), ...action }
      // Kept over reruns: the first may have committed without our hearing of it.
      let isClosed = false
      await io.db.transaction(async (tx) => {
        isClosed = (await closeProduct(tx, { institutionId, id })) || isClosed
        if (isClosed) await record(tx, institutionId, [entry])
      })
      if (!isClosed) throw new AppError('NOT_FOUND')
      return reply.code(204).send(null)
    },
  )
}

/** @throws AppError NOT_FOUND also for another merchant's product */
async function ownProduct(io: Io, principal: Principal, id: string): Promise<Product> {
  const product = found(await readProduct(io.db, principal.institutionId, id))
  merchantScope(principal, product.merchantId)
  return product
}

const entryOf = (principal: Principal, now: Date) => ({
  id: newId('trl', now.getTime()),
  at: now,
  actor: actorOf(principal),
})
