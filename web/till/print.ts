import { flushSync } from 'react-dom'
import { till, type Receipt } from './till.ts'

const mmPerPx = 25.4 / 96
// The cutter stands above the print head.
const feedMm = 6

let pageStyle: HTMLStyleElement | undefined

/**
 * Prints a receipt through the browser's dialog, on a page as long as the receipt. A browser that
 * was started for kiosk printing shows no dialog.
 */
export function printReceipt(receipt: Receipt): void {
  // The paper must be in the page before the dialog opens, and `print` does not wait for React.
  flushSync(() => till.set({ receipt }))
  const { paperMm } = till.get().options
  const heightPx = document.querySelector('#receipt-root .till-receipt')?.scrollHeight ?? 0
  pageStyle ??= document.head.appendChild(document.createElement('style'))
  const heightMm = Math.ceil(heightPx * mmPerPx) + feedMm
  // A page must not be wider than long: browsers turn it into landscape.
  const lengthMm = Math.max(heightMm, paperMm)
  pageStyle.textContent = `@page { size: ${paperMm}mm ${lengthMm}mm; margin: 0 }`
  window.print()
}
