import type { MerchantCodeRow, Payment } from '../../modules/payment/payment.ts'
import { makeMpm, merchantToken, ourMpmAccount } from '../../modules/paycode/paycode.ts'

// What is drawn where a merchant shows a code: an address, which every phone's camera opens and
// behind which the right wallet is started; and the same as an EMVCo code for wallets that scan those.

/** The address of an order or of a code on the wall. */
export const addressOf = (publicUrl: string, { institutionId, id }: Named): string =>
  `${publicUrl}/c/${merchantToken(institutionId, id)}`

type Named = { institutionId: string; id: string }

// The merchant's city and category are not asked for. Source: ISO 18245 (5999: other retail).
const unknownPlace = { category: '5999', country: 'CN', city: 'CN' } as const
const plain = { tip: null, postalCode: null, additional: [], inLanguage: null, others: [] } as const

const LONGEST_NAME = 25
// A line that Unicode begins anew is none in a code.
const shortened = (name: string): string =>
  [...name.replace(/[\u2028\u2029]/g, ' ')].slice(0, LONGEST_NAME).join('')

/** An order as an EMVCo merchant-presented code, with its amount. */
export function emvcoOrder({ institutionId, id, ...order }: Payment): string {
  const accounts = [ourMpmAccount(merchantToken(institutionId, id))]
  const { amountMinor, currency, merchantName } = order
  const name = shortened(merchantName)
  const what = { initiation: 'dynamic', amountMinor, currency, accounts, name } as const
  return makeMpm({ ...plain, ...unknownPlace, ...what })
}

/** A code on the wall as an EMVCo merchant-presented code, without an amount. */
export function emvcoStatic(
  { institutionId, id }: MerchantCodeRow,
  { merchantName, currency }: { merchantName: string; currency: Payment['currency'] },
): string {
  const accounts = [ourMpmAccount(merchantToken(institutionId, id))]
  const name = shortened(merchantName)
  const what = { initiation: 'static', amountMinor: null, currency, accounts, name } as const
  return makeMpm({ ...plain, ...unknownPlace, ...what })
}
