import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

// zxing-wasm belongs to the web workspace and would load its wasm from the network by default.
const web = createRequire(fileURLToPath(new URL('../../web/package.json', import.meta.url)))
const wasm = readFileSync(web.resolve('zxing-wasm/reader/zxing_reader.wasm'))
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer } })

/** Reads every code of one kind in a picture, as an independent reader sees it. */
export async function readCodes(png: Buffer, format: 'Code128' | 'QRCode'): Promise<string[]> {
  const found = await readBarcodes(new Uint8Array(png), { formats: [format], tryHarder: true })
  return found.filter(({ isValid }) => isValid).map(({ text }) => text)
}
