import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader'
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

// The decoder would fetch itself from a public CDN; ours is served by the page's own server.
prepareZXingModule({ overrides: { locateFile: () => wasmUrl } })

/** The kinds of code that are looked for: `QRCode`, `Code128` … */
export type CodeFormats = readonly NonNullable<ReaderOptions['formats']>[number][]

/**
 * The text of the first code in a picture; null when there is none that can be read. A megabyte of
 * decoder comes with this file: import it where it is needed and not before.
 */
export async function readCode(
  picture: ImageData | Blob,
  formats: CodeFormats,
): Promise<string | null> {
  const [found] = await readBarcodes(picture, {
    formats: [...formats],
    maxNumberOfSymbols: 1,
    tryHarder: true,
  })
  return found?.isValid ? found.text : null
}
