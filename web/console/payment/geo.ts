import type { Position } from '../../ui/types.ts'

// Mean radius of the earth in metres. Source: IUGG, GRS 80.
const EARTH_M = 6_371_008.8
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** The distance of two WGS-84 positions in metres, over the great circle. */
export function distanceM(a: Position, b: Position): number {
  const south = radians(b.latitude - a.latitude)
  const east = radians(b.longitude - a.longitude)
  const chord =
    Math.sin(south / 2) ** 2 +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(east / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(chord)))
}

/** `86 m`, `1.2 km`, `240 km`. */
export function distanceText(metres: number): string {
  if (metres < 1_000) return `${Math.round(metres)} m`
  const kilometres = metres / 1_000
  return `${kilometres < 10 ? kilometres.toFixed(1) : Math.round(kilometres)} km`
}

/** The next of 1, 2 and 5 times a power of ten that is not below the distance. */
export function ringRadiusM(metres: number): number {
  const least = Math.max(metres, 20)
  const power = 10 ** Math.floor(Math.log10(least))
  const step = [1, 2, 5, 10].find((each) => each * power >= least) ?? 10
  return step * power
}

/** How many degrees of latitude and longitude so many metres are at this place. */
export function degreesOf(metres: number, at: Position): { latitude: number; longitude: number } {
  const latitude = (metres / EARTH_M) * (180 / Math.PI)
  // At the poles a degree of longitude has no length; nobody pays there.
  const narrowing = Math.max(Math.cos(radians(at.latitude)), 0.01)
  return { latitude, longitude: latitude / narrowing }
}

/** Points on a circle of so many metres around a position, as [longitude, latitude]. */
export function circle(around: Position, metres: number, points = 72): [number, number][] {
  const reach = degreesOf(metres, around)
  return Array.from({ length: points + 1 }, (_, place) => {
    const angle = (2 * Math.PI * place) / points
    return [
      around.longitude + reach.longitude * Math.cos(angle),
      around.latitude + reach.latitude * Math.sin(angle),
    ]
  })
}
