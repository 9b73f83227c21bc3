import type { UnionpayAccount } from '../unionpay/unionpay.ts'

/** One merchant at UnionPay that keeps cards on file. */
export type BankcardAccount = UnionpayAccount & {
  /** The token requestor: under which number UnionPay gives the merchant its tokens. */
  trId?: string
}

/** The requestor of UnionPay's test gateway, which is everybody's there. Source: UnionPay's samples. */
export const testTokenRequestor = '62000000001'
