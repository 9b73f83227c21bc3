import { assert } from '../lib/assert.ts'
import { type Scope, type SettingValue } from './definition.ts'
import {
  definitionOf,
  settingNames,
  type BooleanName,
  type IntegerName,
  type MoneyName,
  type SetHere,
  type SettingName,
  type TextName,
  type TextOf,
} from './definitions.ts'

/** One place where something may be set: a merchant, or the whole installation. */
export type Place = {
  scope: Scope
  /** `system`, or the id of the institution, merchant, store or terminal. */
  subjectId: string
}

/** A place and what is set there. */
export type Rung = Place & { set: SetHere | undefined }

export type Effective = {
  value: SettingValue
  /** Where it was set; null: nowhere, it is the default. */
  from: Place | null
}

/**
 * What a parameter is at the end of a chain of places, which goes from the widest to the narrowest:
 * the narrowest place that says something is right. A value at a place where the parameter may not
 * be set counts for nothing.
 *
 * Source: P19; DESIGN §2 (settings).
 */
export function effective(name: SettingName, chain: readonly Rung[]): Effective {
  const definition = definitionOf(name)
  for (let at = chain.length - 1; at >= 0; at -= 1) {
    const { set, scope, subjectId } = chain[at] as Rung
    const value = set?.get(name)
    if (value !== undefined && definition.scopes.includes(scope)) {
      return { value, from: { scope, subjectId } }
    }
  }
  return { value: definition.default, from: null }
}

/** The parameters as they are at one place, for whoever works there. */
export type Settings = {
  integer(name: IntegerName): number
  boolean(name: BooleanName): boolean
  text<Name extends TextName>(name: Name): TextOf<Name>
  /** Minor units of the institution's currency. */
  minor(name: MoneyName): bigint
  /** All whose names begin so, as plain JSON: `till.` for a till. */
  under(prefix: string): Record<string, SettingValue>
}

/** Reads a chain of places; nothing is worked out before it is asked for. */
export function settingsAt(chain: readonly Rung[]): Settings {
  const read = (name: SettingName) => effective(name, chain).value
  return {
    integer(name) {
      const value = read(name)
      assert(typeof value === 'number', 'only values of their kind are held')
      return value
    },
    boolean: (name) => read(name) === true,
    text<Name extends TextName>(name: Name) {
      return read(name) as TextOf<Name>
    },
    minor(name) {
      const value = read(name)
      assert(typeof value === 'number', 'only values of their kind are held')
      return BigInt(value)
    },
    under: (prefix) =>
      Object.fromEntries(
        settingNames.filter((name) => name.startsWith(prefix)).map((name) => [name, read(name)]),
      ),
  }
}
