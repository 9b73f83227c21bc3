/** Settings as they stand on the wire. */

export type Scope = 'system' | 'institution' | 'merchant' | 'store' | 'terminal'
export type SettingValue = number | boolean | string
export type SettingPlace = { scope: Scope; subject: string }
type Words = { zh: string; en: string }

export type Setting = {
  name: string
  group: string
  title: Words
  explanation: Words
  kind: 'integer' | 'money' | 'boolean' | 'text' | 'choice'
  unit: string | null
  min: number | null
  max: number | null
  choices: string[] | null
  default: SettingValue
  value: SettingValue
  from: SettingPlace | null
  own: SettingValue | null
  inherited: SettingValue
  scopes: Scope[]
  is_fixed: boolean
  is_changeable: boolean
}

export type SettingsView = SettingPlace & {
  object: 'settings'
  version: number
  currency: string
  is_system_yours: boolean
  data: Setting[]
}

export type Difference = { name: string; before: SettingValue | null; after: SettingValue | null }

export type SettingsPreview = SettingPlace & {
  object: 'settings_preview'
  version: number
  diff: (Difference & { value_before: SettingValue; value_after: SettingValue })[]
}

export type SettingsChange = SettingPlace & {
  object: 'settings_change'
  id: string
  version: number
  merchant: string | null
  diff: Difference[]
  actor: string
  reason: string
  undoes: string | null
  created_at: string
}

export type SettingsImport = {
  object: 'settings_import'
  dry_run: boolean
  changes: (SettingPlace & { id: string | null; merchant: string | null; diff: Difference[] })[]
}
