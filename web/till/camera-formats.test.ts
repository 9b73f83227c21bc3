import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import { expect, test } from 'vitest'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { prepareZXingModule as prepareWriter, writeBarcode } from 'zxing-wasm/writer'

import { cameraFormats } from './camera-formats.ts'

const wasm = (name: string) => {
  const path = createRequire(import.meta.url).resolve(name)
  return { wasmBinary: new Uint8Array(readFileSync(path)).buffer }
}
prepareZXingModule({ overrides: wasm('zxing-wasm/reader/zxing_reader.wasm') })
prepareWriter({ overrides: wasm('zxing-wasm/writer/zxing_writer.wasm') })

type Format = 'Code128' | 'QRCode' | 'PDF417'

async function readBack(text: string, format: Format): Promise<string[]> {
  const { image } = await writeBarcode(text, { format, scale: 3, addQuietZones: true })
  const found = await readBarcodes(image!, { formats: [...cameraFormats], tryHarder: true })
  return found.map((one) => `${one.format} ${one.text}`)
}

const emvCpm = 'hQVDUFYwMWEfTwigAAAAZQOSAlcTMViZAHkkKUPUkSEhAAAFEgAADw=='

test.each<[Format, string]>([
  ['Code128', '130061098828009406'],
  ['QRCode', '28763443825664394'],
  ['QRCode', emvCpm],
  ['PDF417', '801234567890123456'],
  ['PDF417', '6220835931895481436'],
  ['PDF417', emvCpm],
])('a payment code shown as %s is read as its text: %s', async (format, text) => {
  expect(await readBack(text, format)).toEqual([`${format} ${text}`])
})
