/** From the widest to the narrowest: what is set at a narrower place counts there. Source: DESIGN §2. */
export const scopes = ['system', 'institution', 'merchant', 'store', 'terminal'] as const
export type Scope = (typeof scopes)[number]

/** How a value is kept and travels: money is a whole number of minor units. */
export type SettingValue = number | boolean | string

export type SettingUnit =
  'seconds' | 'minutes' | 'days' | 'times' | 'codes' | 'metres' | 'millimetres' | 'messages'

/** In the order in which they are shown. */
export const settingGroups = [
  'code',
  'offline',
  'payment',
  'refund',
  'mandate',
  'terminal',
  'till',
  'news',
  'webhook',
] as const
export type SettingGroup = (typeof settingGroups)[number]

type Words = { readonly zh: string; readonly en: string }

type Common = {
  readonly group: SettingGroup
  readonly title: Words
  readonly explanation: Words
  /** Where it may be set. */
  readonly scopes: readonly Scope[]
  /** A merchant's own people may set it at the merchant, its stores and its terminals. */
  readonly isForMerchants?: true
  /** It is shown, and nobody sets it: the institution was opened with it. */
  readonly isReadOnly?: true
}

/** One parameter: its kind, its range, its default, and what a person must know to set it. */
export type Definition = Common &
  (
    | {
        readonly kind: 'integer'
        readonly unit: SettingUnit
        readonly min: number
        readonly max: number
        readonly default: number
      }
    | {
        readonly kind: 'money'
        /** In minor units of the institution's currency. */
        readonly min: number
        readonly max: number
        readonly default: number
      }
    | { readonly kind: 'boolean'; readonly default: boolean }
    | { readonly kind: 'text'; readonly max: number; readonly default: string }
    | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default: string }
  )

// No control characters, and no half of a surrogate pair, which no database would take.
const plainText = /^[^\u0000-\u001f\u007f\ud800-\udfff]*$/u

/** Whether a value is of the definition's kind and in its range. */
export function fits(definition: Definition, value: unknown): value is SettingValue {
  switch (definition.kind) {
    case 'integer':
    case 'money':
      return (
        Number.isSafeInteger(value) &&
        Number(value) >= definition.min &&
        Number(value) <= definition.max
      )
    case 'boolean':
      return typeof value === 'boolean'
    case 'text':
      return typeof value === 'string' && value.length <= definition.max && plainText.test(value)
    case 'choice':
      return typeof value === 'string' && definition.choices.includes(value)
  }
}
