// What is sold: products with their prices and stock, and sales with their lines.
//
// A sale gathers the tenders that pay for one basket. Its lines move stock once, when it is paid.

export {
  closeProduct,
  createProduct,
  readProduct,
  readProducts,
  updateProduct,
  type NewProduct,
  type Product,
  type ProductChange,
  type ProductPage,
} from './product.ts'
export {
  applyRefunds,
  applyTenders,
  insertSales,
  lockSales,
  readSaleLines,
  totalMinor,
  type NewSale,
  type Sale,
  type SaleKey,
  type SaleLine,
  type SaleRefund,
  type Tender,
} from './sale.ts'
export { moveStock, readSaleSubject, saleSubject } from './stock.ts'
