/** Whose browser asks: the one inside a scheme's app, or any other. */
export type Browser = {
  scheme: 'wechat' | 'alipay' | 'unionpay' | null
  /** Apps can be started from it; a computer shows a code for the phone instead. */
  isPhone: boolean
}

// Source: protocols.md §1.4 (a platform's one code goes by the User-Agent).
const schemes = [
  [/\bMicroMessenger\//i, 'wechat'],
  [/\bAlipayClient\//i, 'alipay'],
  [/\b(?:UnionPay|CloudPay)\//i, 'unionpay'],
] as const

/** Reads the User-Agent header. Anybody can send any: it chooses a page and proves nothing. */
export function readUserAgent(header: string | undefined): Browser {
  const text = (header ?? '').slice(0, 500)
  const scheme = schemes.find(([pattern]) => pattern.test(text))?.[1] ?? null
  return { scheme, isPhone: scheme !== null || /Mobile|Android|iPhone|HarmonyOS/i.test(text) }
}
