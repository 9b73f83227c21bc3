/** A line of an outline: [longitude, latitude] in degrees. */
export type Outline = readonly (readonly [number, number])[]

/** Outlines that somebody supplied, with the approval number that must be printed with them. */
export type Outlines = { lines: readonly Outline[]; note: string }

const KEY = 'onetill.console.outlines'
const MOST_POINTS = 200_000

/**
 * The lines of a GeoJSON text: of every polygon, line and collection in it. Null when it is none.
 *
 * Source: RFC 7946.
 */
export function outlinesOf(text: string): Outline[] | null {
  try {
    const lines: Outline[] = []
    collect(JSON.parse(text), lines)
    const points = lines.reduce((sum, line) => sum + line.length, 0)
    return lines.length > 0 && points <= MOST_POINTS ? lines : null
  } catch {
    return null
  }
}

type Json = { type?: string; features?: Json[]; geometries?: Json[]; geometry?: Json } & {
  coordinates?: unknown
}

function collect(json: Json | null | undefined, into: Outline[]): void {
  for (const one of [...(json?.features ?? []), ...(json?.geometries ?? [])]) collect(one, into)
  if (json?.geometry) collect(json.geometry, into)
  if (json?.coordinates) collectLines(json.coordinates, into)
}

function collectLines(coordinates: unknown, into: Outline[]): void {
  if (!Array.isArray(coordinates)) return
  const isLine = coordinates.length > 1 && coordinates.every(isPoint)
  if (isLine) into.push(coordinates.map(([x, y]: number[]) => [x ?? 0, y ?? 0] as const))
  else for (const inner of coordinates) collectLines(inner, into)
}

const isPoint = (one: unknown): boolean =>
  Array.isArray(one) && one.length >= 2 && one.every((part) => Number.isFinite(part))

/** The outlines that this browser was given; none at first. */
export function keptOutlines(): Outlines {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '') as Outlines
  } catch {
    return { lines: [], note: '' }
  }
}

/** Keeps outlines in this browser, or forgets them. False when there is no room. */
export function keepOutlines(outlines: Outlines | null): boolean {
  try {
    if (outlines) localStorage.setItem(KEY, JSON.stringify(outlines))
    else localStorage.removeItem(KEY)
    return true
  } catch {
    return false
  }
}
