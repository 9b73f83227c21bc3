import { AppError } from '../errors/errors.ts'
import { fits, type SettingValue } from './definition.ts'
import { definitionOf, isSettingName, type SetHere, type SettingName } from './definitions.ts'
import type { Place } from './effective.ts'

/** What changes of one parameter at one place; null: nothing is set there. */
export type Difference = {
  name: SettingName
  before: SettingValue | null
  after: SettingValue | null
}

/** What somebody wants set at a place, by name; null takes what is set there away. */
export type WantedSettings = { readonly [name: string]: unknown }

/**
 * What would change at a place, in the order of the definitions; what is so already is left out.
 *
 * @throws AppError SETTING_UNKNOWN for a name that is none, or that cannot be set at this place
 * @throws AppError SETTING_OUT_OF_RANGE for a value of another kind or outside the range
 */
export function differences(
  { scope }: Pick<Place, 'scope'>,
  set: SetHere | undefined,
  wanted: WantedSettings,
): Difference[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    if (!isSettingName(name)) throw new AppError('SETTING_UNKNOWN', { param: name })
    const definition = definitionOf(name)
    if (definition.isReadOnly || !definition.scopes.includes(scope)) {
      throw new AppError('SETTING_UNKNOWN', { param: name })
    }
    if (value !== null && !fits(definition, value)) {
      throw new AppError('SETTING_OUT_OF_RANGE', { param: name })
    }
    const before = set?.get(name) ?? null
    return before === value ? [] : [{ name, before, after: value }]
  })
}
