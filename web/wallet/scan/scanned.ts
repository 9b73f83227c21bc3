import { parseMerchantCode, readMerchantToken } from '../../../modules/paycode/paycode.ts'
import type { WordKey } from '../text.ts'

/** What a camera or a person brought: something to pay here, or why it is not. */
export type Scanned = { token: string } | { wrong: WordKey; scheme?: string }

/**
 * Reads what stands in a merchant's code, or was typed or pasted. Whether it may still be paid is for
 * the server to say; nothing leaves this device before that.
 */
export function readScanned(text: string): Scanned {
  const typed = text.trim()
  if (readMerchantToken(typed)) return { token: typed }
  const code = parseMerchantCode(typed)
  switch (code.kind) {
    case 'ours':
      return { token: code.token }
    case 'scheme':
      return { wrong: 'scan.is_scheme', scheme: code.scheme }
    case 'emv':
      return { wrong: 'scan.is_elsewhere' }
    case 'wrong':
      return { wrong: 'scan.is_damaged' }
    case 'none':
      return { wrong: /^\d{16,24}$/.test(typed) ? 'scan.is_payment_code' : 'scan.is_nothing' }
  }
}
