import { distanceM, type Place } from '../lib/distance.ts'
import type { Effective, FenceAction } from './levels.ts'
import type { SeenPosition } from './permission.ts'

/** How far from its store a terminal may be, and what becomes of a payment from farther away. */
export type Fence = {
  /** 0: there is none. */
  radiusM: number
  action: FenceAction
}

/** A place as a device says it. */
export type MeasuredPlace = Place & {
  accuracyM: number
  /** Null: now. */
  measuredAt?: Date | null
  /** The device itself says that somebody has made the place up. */
  isMock?: boolean
  /** The device claims to know the place without any error. */
  isExact?: boolean
}

/** What is odd about a place. Source: P21. */
export type PositionFlag = 'outside_fence' | 'no_position' | 'jump' | 'mock' | 'stale'

export type JudgedPlace = { flags: PositionFlag[]; distanceM: number | null }

// Faster than any shop drives. Source: P21 (jumps are flagged).
const FASTEST_M_PER_S = 150 / 3.6
const STALE_MS = 120_000

/** The fence of a terminal: as its permission says, and where that says nothing as the settings do. */
export const fenceOf = (
  { fenceRadiusM, fenceAction }: Pick<Effective, 'fenceRadiusM' | 'fenceAction'>,
  usual: Fence,
): Fence => ({ radiusM: fenceRadiusM ?? usual.radiusM, action: fenceAction ?? usual.action })

export type Around = {
  store: Place | null
  last: SeenPosition | null
  fence: Fence
  now: Date
}

/**
 * Says what is odd about a place. The device's own error counts in its favour, but no more than the
 * radius of the fence, so that a claimed error of a kilometre is no way out. Where the store's place is
 * not known there is no fence.
 *
 * Source: P21, P22.
 */
export function judgePlace(place: MeasuredPlace | null, around: Around): JudgedPlace {
  const { store, fence, last, now } = around
  const isFenced = fence.radiusM > 0 && store !== null
  if (!place) return { flags: isFenced ? ['no_position'] : [], distanceM: null }
  const fromStoreM = store && distanceM(store, place)
  const allowedM = fence.radiusM + Math.min(place.accuracyM, fence.radiusM)
  const flags: PositionFlag[] = []
  if (isFenced && fromStoreM !== null && fromStoreM > allowedM) flags.push('outside_fence')
  if (last && hasJumped(place, last, now)) flags.push('jump')
  if (place.isMock === true || (place.isExact === true && last && isSame(place, last)))
    flags.push('mock')
  if (place.measuredAt && now.getTime() - place.measuredAt.getTime() > STALE_MS) flags.push('stale')
  return { flags, distanceM: fromStoreM === null ? null : Math.round(fromStoreM) }
}

function hasJumped(place: MeasuredPlace, last: SeenPosition, now: Date): boolean {
  const atMs = (place.measuredAt ?? now).getTime()
  // Two places of the same moment are a second apart, so that rounding is no jump.
  const seconds = Math.max(1, (atMs - last.at.getTime()) / 1000)
  const movedM = distanceM(last, place) - last.accuracyM - place.accuracyM
  return movedM > FASTEST_M_PER_S * seconds
}

const isSame = (place: Place, last: Place): boolean =>
  place.latitude === last.latitude && place.longitude === last.longitude
