import type { ErrorCode } from '../../modules/errors/errors.ts'
import { compileIssuers, parse } from '../../modules/paycode/paycode.ts'

const noIssuers = compileIssuers([], new Date('2020-01-01T00:00:00Z'))

export type ScanProblem = 'is_goods' | 'is_no_code'

// What no issuer's code can be. Whether digits are somebody's code, or a card number, only the server
// can say: it knows the issuers.
const never: ReadonlySet<ErrorCode> = new Set([
  ...(['CODE_EMPTY', 'CODE_TOO_LONG', 'CODE_HAS_SPACES', 'CODE_FULL_WIDTH'] as const),
])

/** Why a scanned text is not worth asking for money with; null when it may be a payment code. */
export function problemOfScan(text: string): ScanProblem | null {
  const { refused } = parse(text, noIssuers)
  if (refused === 'CODE_IS_GOODS_BARCODE') return 'is_goods'
  return refused !== undefined && never.has(refused) ? 'is_no_code' : null
}
