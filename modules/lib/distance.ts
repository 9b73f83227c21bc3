/** In degrees, WGS 84. */
export type Place = { latitude: number; longitude: number }

// The mean radius, which errs by 0.5 % at most. Source: IUGG, mean radius R1.
const EARTH_RADIUS_M = 6_371_008.8

const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** How far two places are from each other along the ground, in metres: the haversine formula. */
export function distanceM(from: Place, to: Place): number {
  const [fromLatitude, toLatitude] = [radians(from.latitude), radians(to.latitude)]
  const byLatitude = Math.sin((toLatitude - fromLatitude) / 2) ** 2
  const byLongitude = Math.sin(radians(to.longitude - from.longitude) / 2) ** 2
  const haversine = byLatitude + Math.cos(fromLatitude) * Math.cos(toLatitude) * byLongitude
  // Opposite ends of the earth come out a little above 1.
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(Math.min(1, haversine)))
}
