import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

// The decoder would fetch itself from a public CDN; ours is served by the wallet's own server.
prepareZXingModule({ overrides: { locateFile: () => wasmUrl } })

/** The text of a QR code in a picture; null when there is none that can be read. */
export async function readQr(picture: ImageData | Blob): Promise<string | null> {
  const [found] = await readBarcodes(picture, {
    formats: ['QRCode'],
    maxNumberOfSymbols: 1,
    tryHarder: true,
  })
  return found?.isValid ? found.text : null
}
