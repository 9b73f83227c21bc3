import { minorFromTyped, typedFromMinor } from '../amounts.ts'
import type { Setting, SettingValue } from './types.ts'

/**
 * What was changed on the screen and is not saved: by name, what the field holds; null goes back to
 * what the places above say. Numbers and amounts are kept as typed, so that half a number can stand.
 */
export type Draft = Readonly<Record<string, string | boolean | null>>

/** What a field holds for a value: text, but for a switch. */
export function typedOf(setting: Setting, value: SettingValue): string | boolean {
  if (setting.kind === 'money') return typedFromMinor(Number(value))
  return typeof value === 'boolean' ? value : String(value)
}

/** What a field means; undefined for what fits no value of this setting. */
export function readTyped(
  setting: Setting,
  typed: string | boolean | null,
): SettingValue | null | undefined {
  if (typed === null) return null
  if (setting.kind === 'boolean') return typed === true
  const text = String(typed)
  if (setting.kind === 'choice') return setting.choices?.includes(text) ? text : undefined
  if (setting.kind === 'text') return text.length <= (setting.max ?? 0) ? text : undefined
  const number = setting.kind === 'money' ? minorFromTyped(text) : wholeNumber(text)
  if (number === null) return undefined
  return number < (setting.min ?? 0) || number > (setting.max ?? 0) ? undefined : number
}

const wholeNumber = (text: string): number | null =>
  /^\d{1,12}$/.test(text.trim()) ? Number(text) : null

/** A draft with one field more; what is as it was leaves the draft. */
export function withField(draft: Draft, setting: Setting, typed: string | boolean | null): Draft {
  const { [setting.name]: _old, ...others } = draft
  const value = readTyped(setting, typed)
  const isAsItWas = value === setting.own || (setting.own === null && value === setting.inherited)
  return isAsItWas ? others : { ...others, [setting.name]: typed }
}

/** What a draft would save, by name. */
export function changesOf(
  draft: Draft,
  settings: readonly Setting[],
): Record<string, SettingValue | null> {
  return Object.fromEntries(
    settings.flatMap((setting) => {
      const typed = draft[setting.name]
      if (typed === undefined) return []
      const value = readTyped(setting, typed)
      return value === undefined ? [] : [[setting.name, value]]
    }),
  )
}

/** The settings of a draft whose fields hold no value. */
export const wrongIn = (draft: Draft, settings: readonly Setting[]): Setting[] =>
  settings.filter((setting) => {
    const typed = draft[setting.name]
    return typed !== undefined && readTyped(setting, typed) === undefined
  })

/** Whether a setting is meant by what was typed into the search: its name or words of it. */
export function isMeant({ name, title, explanation }: Setting, search: string): boolean {
  const sought = search.trim().toLowerCase().split(/\s+/)
  const text = [name, title.zh, title.en, explanation.zh, explanation.en].join(' ').toLowerCase()
  return sought.every((word) => text.includes(word))
}
