import { create } from 'qrcode'
import { useMemo, type ReactElement } from 'react'
import { code128Modules } from '../../modules/paycode/paycode.ts'

// Quiet zones in modules. Source: ISO/IEC 15417 (10 on either side), ISO/IEC 18004 (4 all round).
const barQuiet = 10
const qrQuiet = 4

type SymbolProps = { digits: string; module: number; label: string }

/**
 * The digits as a Code 128 barcode in whole modules of `module` CSS px, with its quiet zones; 18
 * digits at 2 px are 308 px wide. Black on white whatever the theme, or scanners would not read it.
 */
export function Barcode({
  digits,
  module,
  height,
  label,
}: SymbolProps & { height: number }): ReactElement {
  const { path, width } = useMemo(() => {
    const modules = code128Modules(digits)
    return { path: barPath(modules), width: modules.length + 2 * barQuiet }
  }, [digits])
  return (
    <svg
      role="img"
      aria-label={label}
      width={width * module}
      height={height}
      viewBox={`0 0 ${width} 1`}
      preserveAspectRatio="none"
      shapeRendering="crispEdges"
      className="symbol"
    >
      <rect width={width} height={1} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

function barPath(modules: readonly boolean[]): string {
  let path = ''
  for (let start = 0; start < modules.length; start++) {
    if (!modules[start]) continue
    let end = start
    while (modules[end]) end += 1
    path += `M${start + barQuiet} 0h${end - start}v1h${start - end}z`
    start = end
  }
  return path
}

/** How many modules the QR code of a text is wide, with its quiet zone; to fit it into a place. */
export function qrWidth(text: string): number {
  return create(text, { errorCorrectionLevel: 'Q' }).modules.size + 2 * qrQuiet
}

type QrProps = { text: string; module: number; label: string }

/** The text as a QR code of level Q in whole modules, with its quiet zone. */
export function QrCode({ text, module, label }: QrProps): ReactElement {
  const { path, width } = useMemo(() => {
    const { size, data } = create(text, { errorCorrectionLevel: 'Q' }).modules
    return { path: qrPath(data, size), width: size + 2 * qrQuiet }
  }, [text])
  return (
    <svg
      role="img"
      aria-label={label}
      width={width * module}
      height={width * module}
      viewBox={`0 0 ${width} ${width}`}
      shapeRendering="crispEdges"
      className="symbol"
    >
      <rect width={width} height={width} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

function qrPath(dark: Uint8Array, size: number): string {
  let path = ''
  for (let at = 0; at < dark.length; at++) {
    if (!dark[at]) continue
    path += `M${(at % size) + qrQuiet} ${Math.floor(at / size) + qrQuiet}h1v1h-1z`
  }
  return path
}
