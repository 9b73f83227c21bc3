import { fieldPath } from '../parts/FormDrawer.tsx'
import type { ChannelName } from '../types.ts'
import type { Typed } from './terms.ts'

/** A time of an account, or a ladder of them, as the API describes it; in ms. */
export type Timing = {
  channel: ChannelName
  /** As the settings name it: `schedule.giveUpMs`. */
  at: string
  is_ladder: boolean
  default_ms: number[]
  minimum_ms: number
  maximum_ms: number
}

const groups = ['schedule', 'timeouts', 'timeoutMs', 'notFoundAfterMs']

/** Whether a setting is a time or holds times. */
export const isTiming = (name: string): boolean => groups.includes(name)

/** Milliseconds as people type seconds: `1.5`, or `1, 3, 7`. */
export const asSeconds = (ms: readonly number[]): string =>
  ms.map((one) => String(one / 1_000)).join(', ')

/** What was typed as ms, rounded to one; null when it is no list of numbers. */
export function readSeconds(text: string): number[] | null {
  const parts = text.split(/[,，\s]+/).filter(Boolean)
  const all = parts.map((part) => Math.round(Number(part) * 1_000))
  return all.length > 0 && all.every((ms) => Number.isFinite(ms)) ? all : null
}

/** Why a text cannot be this time: no number, several, too small or large, or falling. */
export function faultOf(timing: Timing, text: string): 'number' | 'range' | 'falling' | null {
  if (text.trim() === '') return null
  const all = readSeconds(text)
  if (!all || (!timing.is_ladder && all.length > 1)) return 'number'
  if (all.some((ms) => ms < timing.minimum_ms || ms > timing.maximum_ms)) return 'range'
  return all.every((ms, rung) => rung === 0 || ms >= (all[rung - 1] ?? 0)) ? null : 'falling'
}

/** What the settings of an account say of a time; undefined: the default counts. */
export function saidOf(settings: Typed, { at }: Pick<Timing, 'at'>): number[] | undefined {
  const [group = '', name] = at.split('.')
  const said = name === undefined ? settings[group] : (settings[group] as Typed | undefined)?.[name]
  return said === undefined ? undefined : ([said].flat() as number[])
}

/** The times of an account as its form shows them, in seconds. */
export function typedTimings(settings: Typed): Typed {
  const shown = (value: unknown): unknown =>
    typeof value === 'number' || Array.isArray(value)
      ? asSeconds([value].flat() as number[])
      : Object.fromEntries(
          Object.entries(value as Typed).map(([name, inside]) => [name, shown(inside)]),
        )
  const times = Object.entries(settings).filter(([name]) => isTiming(name))
  return Object.fromEntries(times.map(([name, value]) => [name, shown(value)]))
}

/** What was typed, as settings in ms; what was left empty is left out, so that its default counts. */
export function readTimings(timings: readonly Timing[], typed: Typed): Typed {
  const read: Typed = {}
  for (const { at, is_ladder } of timings) {
    const [group = '', name] = fieldPath(at).map(String)
    const settings = (typed['settings'] ?? {}) as Typed
    const said =
      name === undefined ? settings[group] : (settings[group] as Typed | undefined)?.[name]
    const all = typeof said === 'string' ? readSeconds(said) : null
    if (!all) continue
    const value = is_ladder ? all : all[0]
    if (name === undefined) read[group] = value
    else read[group] = { ...(read[group] as Typed | undefined), [name]: value }
  }
  return read
}
