/**
 * What the camera of the till reads. A payment code is the same text whether it comes as Code 128,
 * as a QR code or as PDF417; the others are on goods.
 *
 * Source: protocols.md §1.5 (symbologies).
 */
export const cameraFormats = ['Code128', 'QRCode', 'PDF417', 'EAN13', 'EAN8', 'UPCA'] as const
