import { type Definition, type SettingValue } from './definition.ts'
import { codeDefinitions, paymentDefinitions } from './payment-definitions.ts'
import { outgoingDefinitions, terminalDefinitions, tillDefinitions } from './shop-definitions.ts'

/** Every parameter there is, by its name. What is not here cannot be set. Source: P19. */
export const definitions = {
  ...codeDefinitions,
  ...paymentDefinitions,
  ...terminalDefinitions,
  ...tillDefinitions,
  ...outgoingDefinitions,
} as const

export type SettingName = keyof typeof definitions

export const settingNames = Object.keys(definitions) as readonly SettingName[]

/** Whether a text names a parameter; for names that were stored or came over the wire. */
export const isSettingName = (text: string): text is SettingName => Object.hasOwn(definitions, text)

/** What a parameter is, whichever it is. */
export const definitionOf = (name: SettingName): Definition => definitions[name]

type All = typeof definitions
type Named<Kind> = {
  [Name in SettingName]: All[Name]['kind'] extends Kind ? Name : never
}[SettingName]

export type IntegerName = Named<'integer'>
export type BooleanName = Named<'boolean'>
export type MoneyName = Named<'money'>
export type TextName = Named<'text' | 'choice'>

/** The words that a choice offers, or any text. */
export type TextOf<Name extends TextName> = All[Name] extends {
  readonly choices: readonly (infer Word)[]
}
  ? Word
  : string

/** What is set at one place. */
export type SetHere = ReadonlyMap<SettingName, SettingValue>
