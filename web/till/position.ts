import type { Position } from '../ui/types.ts'
import { makeStore } from './store.ts'

export type PositionState = 'unasked' | 'watching' | 'denied' | 'unavailable'

/** How the position stands, for the words on the screen. */
export const positionStore = makeStore<{ state: PositionState }>({ state: 'unasked' })

// A till stands still; a place measured longer ago than this says nothing of where it stands.
const longestAgeMs = 30 * 60_000
const coordinateDecimals = 6
// The server calls a place stale that was measured two minutes ago.
const measureEveryMs = 60_000

let latest: { position: Position; atMs: number } | undefined
let watchId: number | undefined
let timer: ReturnType<typeof setInterval> | undefined

/**
 * Begins to follow where the till stands, which asks the person when nobody has answered yet: call
 * it after a gesture that was told why. Source: P21, CN107808285A [0107].
 */
export function watchPosition(): void {
  if (!('geolocation' in navigator) || !isSecureContext) {
    return positionStore.set({ state: 'unavailable' })
  }
  if (watchId !== undefined) return
  watchId = navigator.geolocation.watchPosition(take, refuse, { maximumAge: 60_000 })
  timer ??= setInterval(measureAgain, measureEveryMs)
}

// A till that stands still is told of no change; without this its place would grow old.
function measureAgain(): void {
  if (watchId === undefined) return
  navigator.geolocation.getCurrentPosition(take, () => undefined, { maximumAge: 30_000 })
}

/** Follows the position at a start where the person has already agreed; never asks by itself. */
export async function watchPositionIfAllowed(): Promise<void> {
  if (!navigator.permissions || !isSecureContext) return
  const permission = await navigator.permissions.query({ name: 'geolocation' })
  if (permission.state === 'granted') watchPosition()
  if (permission.state === 'denied') positionStore.set({ state: 'denied' })
}

/** Where the till stands, or null when it is not known or not allowed to be. */
export function latestPosition(nowMs: number): Position | null {
  return latest && nowMs - latest.atMs <= longestAgeMs ? latest.position : null
}

function take({ coords, timestamp }: GeolocationPosition): void {
  const round = (degrees: number) => Number(degrees.toFixed(coordinateDecimals))
  latest = {
    position: {
      latitude: round(coords.latitude),
      longitude: round(coords.longitude),
      accuracy_m: Math.round(coords.accuracy),
      measured_at: new Date(timestamp).toISOString(),
    },
    atMs: timestamp,
  }
  positionStore.set({ state: 'watching' })
}

function refuse(error: GeolocationPositionError): void {
  if (error.code === error.PERMISSION_DENIED) {
    if (watchId !== undefined) navigator.geolocation.clearWatch(watchId)
    watchId = undefined
    positionStore.set({ state: 'denied' })
  } else if (!latest) positionStore.set({ state: 'unavailable' })
}
