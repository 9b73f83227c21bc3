/** What the wallet scans: a merchant's code, on a screen or on a wall. */
export const walletFormats = ['QRCode'] as const

/** The text of a QR code in a picture; null when there is none that can be read. */
export async function readQr(picture: Blob): Promise<string | null> {
  const { readCode } = await import('../../ui/camera-reader.ts')
  return readCode(picture, walletFormats)
}
