import { expect, test } from 'vitest'

import { applyTenders, insertSales, moveStock } from '../../modules/goods/goods.ts'
import { openOffice, type Office } from './office.ts'
import { openShop } from './shop.ts'

const water = {
  ...{ sku: 'WATER', name: '矿泉水', name_en: 'Water', price: 200, currency: 'CNY' },
  ...{ barcode: '6900000000014', stock: 10, category: '饮料' },
}

test('a merchant adds, changes and takes out a product, and its terminal reads them', async () => {
  const { call, create, here, openMerchant } = await openOffice()
  const { id: merchant, key, terminalToken } = await openMerchant(here)
  const made = await create(key, '/v1/products', water)
  expect(made).toMatchObject({ object: 'product', merchant, ...water })

  const url = `/v1/products/${made.id}`
  const body = { price: 250, name_en: null, stock: null }
  const changed = await call('PATCH', url, { token: key, body })
  expect(changed.body).toEqual({ ...made, ...body })
  const list = await call('GET', '/v1/products', { token: terminalToken })
  expect(list.body.data).toEqual([changed.body])
  const byBarcode = `/v1/products?barcode=${water.barcode}`
  expect((await call('GET', byBarcode, { token: terminalToken })).body.data).toHaveLength(1)
  expect((await call('PATCH', url, { token: terminalToken, body })).status).toBe(403)

  expect((await call('DELETE', url, { token: key })).status).toBe(204)
  expect((await call('DELETE', url, { token: key })).status).toBe(404)
  expect((await call('PATCH', url, { token: key, body })).status).toBe(404)
  expect((await call('GET', '/v1/products', { token: key })).body.data).toEqual([])
})

test('a SKU and a barcode are one product’s, also when two are added at once', async () => {
  const { call, here, openMerchant } = await openOffice()
  const { key } = await openMerchant(here)
  const other = await openMerchant(here, '另一家')
  const add = (sku: string, barcode: string, token = key) =>
    call('POST', '/v1/products', { token, body: { ...water, sku, barcode } })

  const both = await Promise.all([add('A', '6900000000014'), add('A', '6900000000021')])
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
  expect(both.find(({ status }) => status === 409)?.body).toMatchObject({
    ...{ code: 'SKU_TAKEN', param: 'sku' },
  })
  const codes = await Promise.all([add('B', '6900000000038'), add('C', '6900000000038')])
  expect(codes.map(({ status }) => status).sort()).toEqual([201, 409])
  expect(codes.find(({ status }) => status === 409)?.body).toMatchObject({
    ...{ code: 'SKU_TAKEN', param: 'barcode' },
  })
  expect((await add('A', '6900000000014', other.key)).status).toBe(201)
})

test('a product that comes back keeps its id, so its sales stay its own', async () => {
  const { call, create, here, openMerchant } = await openOffice()
  const { key } = await openMerchant(here)
  const first = await create(key, '/v1/products', water)
  await call('DELETE', `/v1/products/${first.id}`, { token: key })
  const again = await create(key, '/v1/products', { ...water, name: '纯净水', stock: 3 })
  expect(again).toMatchObject({ id: first.id, name: '纯净水', stock: 3 })
})

test('a product is in the institution’s currency', async () => {
  const { call, here, openMerchant } = await openOffice()
  const { key } = await openMerchant(here)
  const body = { ...water, currency: 'USD' }
  const answer = await call('POST', '/v1/products', { token: key, body })
  expect(answer.body).toMatchObject({ status: 422, code: 'CURRENCY_NOT_SUPPORTED' })
})

/** How much of a merchant's first product there is, and what its movements come to. */
async function stockOf({ call }: Office, key: string): Promise<number | null> {
  return (await call('GET', '/v1/products', { token: key })).body.data[0].stock
}

test('a paid sale moves stock once, however often and however many workers are told', async () => {
  const office = await openOffice()
  const { create, here, io, openMerchant } = office
  const { id: merchantId, key } = await openMerchant(here)
  await create(key, '/v1/products', water)
  const line = { sku: 'WATER', name: '矿泉水', unitPriceMinor: 200n }
  const lines = [
    { ...line, quantity: 2n },
    { ...line, quantity: 1n },
  ]
  const at = io.now()
  const sale = { merchantId, saleNo: 'T1/0001', currency: 'CNY' as const, lines, createdAt: at }
  const open = { ...sale, saleNo: 'T1/0002' }
  const strange = [{ ...line, sku: 'NO-SUCH', quantity: 1n }]
  await io.db.transaction(async (tx) => {
    insertSales(tx, here.id, [sale, open, { ...sale, saleNo: 'T1/0003', lines: strange }])
    const tender = { merchantId, paidMinor: 600n, becamePaid: true, at }
    applyTenders(tx, here.id, [
      { ...tender, saleNo: sale.saleNo },
      { ...tender, saleNo: open.saleNo, paidMinor: 100n, becamePaid: false },
      { ...tender, saleNo: 'T1/0003', paidMinor: 200n },
    ])
    await Promise.resolve()
  })
  const all = [sale, open, { merchantId, saleNo: 'T1/0003' }]
  const move = () => io.db.transaction((tx) => moveStock(tx, here.id, all, at))
  await Promise.all([move(), move(), move(), move()])
  await move()
  expect(await stockOf(office, key)).toBe(7)
})

test('a correction sets the stock to what was counted, whatever was sold since', async () => {
  const office = await openOffice()
  const { call, create, here, io, openMerchant } = office
  const { id: merchantId, key } = await openMerchant(here)
  const product = await create(key, '/v1/products', water)
  const patch = (stock: number | null) =>
    call('PATCH', `/v1/products/${product.id}`, { token: key, body: { stock } })
  let number = 0
  const sell = async (quantity: bigint) => {
    const at = io.now()
    const sale = { merchantId, saleNo: String(++number), currency: 'CNY' as const, createdAt: at }
    const lines = [{ sku: 'WATER', name: '矿泉水', quantity, unitPriceMinor: 200n }]
    await io.db.transaction(async (tx) => {
      insertSales(tx, here.id, [{ ...sale, lines }])
      const paidMinor = quantity * 200n
      applyTenders(tx, here.id, [{ ...sale, paidMinor, becamePaid: true, at }])
      await Promise.resolve()
    })
    await io.db.transaction((tx) => moveStock(tx, here.id, [sale], at))
  }

  await sell(12n)
  expect(await stockOf(office, key)).toBe(-2)
  await patch(20)
  expect(await stockOf(office, key)).toBe(20)
  await patch(null)
  await sell(5n)
  expect(await stockOf(office, key)).toBeNull()
  await patch(7)
  await sell(1n)
  expect(await stockOf(office, key)).toBe(6)
  const text = `select sum(quantity)::bigint as sum from stock_movement where product_id = $1`
  const rows = await io.db.read<{ sum: bigint }>({ name: 'test.sum', text }, [product.id])
  expect(rows[0]?.sum).toBe(6n)
})

test('a payment with goods books them out of stock when the outbox is delivered', async () => {
  const shop = await openShop({ payers: 1 })
  const { createProduct, readProduct } = await import('../../modules/goods/goods.ts')
  const { newId } = await import('../../modules/lib/ids.ts')
  const { io, merchantId } = shop
  const institutionId = 'ins_test'
  const id = newId('prd')
  await io.db.transaction((tx) =>
    createProduct(
      tx,
      {
        ...{ institutionId, id, merchantId, sku: 'WATER', name: '矿泉水', nameEn: null },
        ...{ category: null, barcode: null, priceMinor: 250n, currency: 'CNY', stockQuantity: 10n },
      },
      io.now(),
    ),
  )
  const goods = [{ sku: 'WATER', name: '矿泉水', quantity: 4n, unitPriceMinor: 250n }]
  const { payment } = await shop.pay({ code: await shop.code(), amountMinor: 1_000n, goods })
  expect(payment.state).toBe('succeeded')
  await shop.deliver()
  expect(await readProduct(io.db, institutionId, id)).toMatchObject({ stockQuantity: 6n })
  await shop.audit()
})
