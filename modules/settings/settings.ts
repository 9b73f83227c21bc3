// Typed parameters: what each is and may be, at which place it is set, and what it is there at the end
// of the chain system → institution → merchant → store → terminal. The caller gives the chain.

export { saveSettings, undoing, wishAt, type SettingsWish } from './change.ts'
export {
  scopes,
  settingGroups,
  type Definition,
  type Scope,
  type SettingGroup,
  type SettingValue,
} from './definition.ts'
export {
  definitionOf,
  isSettingName,
  settingNames,
  type BooleanName,
  type IntegerName,
  type MoneyName,
  type SetHere,
  type SettingName,
  type TextName,
  type TextOf,
} from './definitions.ts'
export { differences, type Difference, type WantedSettings } from './difference.ts'
export {
  effective,
  settingsAt,
  type Effective,
  type Place,
  type Rung,
  type Settings,
} from './effective.ts'
export {
  listSettingChanges,
  readSet,
  readSettingChange,
  readSystemSet,
  settingsVersion,
  SYSTEM,
  systemSettingsVersion,
  type ChangePage,
  type SetInInstitution,
  type SetPlace,
  type SettingChange,
} from './read.ts'
export { LARGEST_YAML, readSettingsFile, writeSettingsFile, type FilePlace } from './yaml.ts'
