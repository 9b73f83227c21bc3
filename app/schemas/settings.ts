import { Type } from 'typebox'

import {
  definitionOf,
  scopes,
  settingGroups,
  settingNames,
  effective,
  type Difference,
  type Place,
  type Rung,
  type SettingChange,
  type SettingName,
  type SettingValue,
} from '../../modules/settings/settings.ts'
import { Body, LARGEST_AMOUNT, orNull, Text, Time, Words } from './shared.ts'

// What settings look like on the wire.

const ScopeWord = (options: object = {}) => Words(scopes, { examples: ['store'], ...options })

const SubjectText = (options: object = {}) =>
  Type.String({
    pattern: '^(system|ins_[a-z0-9]{1,16}|[a-z]{3}_[0-9a-z]{26})$',
    description: 'The institution, merchant, store or terminal; your own when it is left out',
    examples: ['str_01kaqb2m5vf7esx3d9w8r6t4yz'],
    ...options,
  })

/** A value of whatever kind; money is a whole number of minor units. */
const Value = (options: object = {}) =>
  Type.Unsafe<SettingValue>({ type: ['integer', 'boolean', 'string'], examples: [30], ...options })
const ValueOrNull = (description: string) =>
  Type.Unsafe<SettingValue | null>({ type: ['integer', 'boolean', 'string', 'null'], description })

const Changes = Type.Record(
  Type.String({ maxLength: 64 }),
  Type.Union([Type.Integer(), Type.Boolean(), Type.String(), Type.Null()]),
  {
    ...{ minProperties: 1, maxProperties: 100 },
    description: 'By name; null takes what is set here away',
    examples: [{ 'till.sound': false }],
  },
)

const Reason = () => Text(200, { description: 'Why; it stays in the history', examples: ['试点'] })

const place = { scope: ScopeWord(), subject: Type.Optional(SubjectText()) }

export const PlaceQuery = Body(place)
export const PreviewBody = Body({ ...place, changes: Changes })
export const SaveBody = Body({
  ...{ ...place, changes: Changes, reason: Reason() },
  version: Type.Integer({
    minimum: 0,
    maximum: LARGEST_AMOUNT,
    description:
      'The version that you looked at; SETTINGS_CHANGED when the place was changed since',
    examples: [12],
  }),
})
export const RollbackBody = Body({ reason: Reason() })
export const ImportBody = Body({
  yaml: Type.String({ minLength: 1, maxLength: 1_000_000, description: 'As it was exported' }),
  reason: Reason(),
  dry_run: Type.Optional(Type.Boolean({ description: 'Only say what would change' })),
})

const TwoTongues = Type.Object({ zh: Type.String(), en: Type.String() })

const PlaceView = Type.Object({ scope: ScopeWord(), subject: Type.String() })

const SettingView = Type.Object(
  {
    name: Type.String({ examples: ['till.sound'] }),
    group: Words(settingGroups),
    title: TwoTongues,
    explanation: TwoTongues,
    kind: Words(['integer', 'money', 'boolean', 'text', 'choice']),
    unit: orNull(Type.String()),
    min: orNull(Type.Integer()),
    max: orNull(Type.Integer({ description: 'Of a text: its length' })),
    choices: Type.Unsafe<string[] | null>({ type: ['array', 'null'], items: { type: 'string' } }),
    default: Value({ description: 'What it is where nothing is set' }),
    value: Value({ description: 'What it is here' }),
    from: orNull(PlaceView),
    own: ValueOrNull('What is set at this place itself'),
    inherited: Value({ description: 'What it would be here if nothing were set at this place' }),
    scopes: Type.Array(ScopeWord()),
    is_fixed: Type.Boolean({ description: 'Nobody sets it: the institution was opened with it' }),
    is_changeable: Type.Boolean({ description: 'You may set it here' }),
  },
  { title: 'Setting' },
)

export const SettingsView = Type.Object(
  {
    object: Type.Literal('settings'),
    scope: ScopeWord(),
    subject: Type.String(),
    version: Type.Integer(),
    currency: Type.String(),
    is_system_yours: Type.Boolean({ description: 'You may look at scope `system`' }),
    data: Type.Array(SettingView),
  },
  { title: 'Settings' },
)

const DifferenceView = Type.Object({
  name: Type.String(),
  before: ValueOrNull('null: nothing was set here'),
  after: ValueOrNull('null: nothing is set here'),
})

export const PreviewView = Type.Object(
  {
    object: Type.Literal('settings_preview'),
    scope: ScopeWord(),
    subject: Type.String(),
    version: Type.Integer(),
    diff: Type.Array(
      Type.Object({
        ...DifferenceView.properties,
        value_before: Value({ description: 'What it was here in effect' }),
        value_after: Value({ description: 'What it will be here in effect' }),
      }),
    ),
  },
  { title: 'SettingsPreview' },
)

const changeFields = {
  scope: ScopeWord(),
  subject: Type.String(),
  merchant: orNull(Type.String()),
  diff: Type.Array(DifferenceView),
}

export const ChangeView = Type.Object(
  {
    object: Type.Literal('settings_change'),
    id: Type.String({ examples: ['sch_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    version: Type.Integer(),
    ...changeFields,
    actor: Type.String({ examples: ['person:per_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    reason: Type.String(),
    undoes: orNull(Type.String({ description: 'The change that this one rolled back' })),
    created_at: Time(),
  },
  { title: 'SettingsChange' },
)

export const ImportView = Type.Object(
  {
    object: Type.Literal('settings_import'),
    dry_run: Type.Boolean(),
    changes: Type.Array(Type.Object({ ...changeFields, id: orNull(Type.String()) })),
  },
  { title: 'SettingsImport' },
)

/** One parameter at the end of a chain of places, for whoever may or may not change it there. */
export function showSetting(name: SettingName, chain: readonly Rung[], isChangeable: boolean) {
  const definition = definitionOf(name)
  const { group, title, explanation, kind } = definition
  const { value, from } = effective(name, chain)
  const isNumber = kind === 'integer' || kind === 'money'
  return {
    ...{ name, group, title, explanation, kind },
    unit: kind === 'integer' ? definition.unit : null,
    min: isNumber ? definition.min : null,
    max: isNumber || kind === 'text' ? definition.max : null,
    choices: kind === 'choice' ? [...definition.choices] : null,
    default: definition.default,
    value,
    from: from && showPlace(from),
    own: chain.at(-1)?.set?.get(name) ?? null,
    inherited: effective(name, chain.slice(0, -1)).value,
    scopes: [...definition.scopes],
    is_fixed: definition.isReadOnly === true,
    is_changeable: isChangeable,
  }
}

const showPlace = ({ scope, subjectId }: Place) => ({ scope, subject: subjectId })

/** The parameters that say something at a place of this scope. */
export const namesAt = (scope: Place['scope']): SettingName[] =>
  settingNames.filter((name) => definitionOf(name).scopes.includes(scope))

/** What a preview answers for one difference: what is set, and what that comes to. */
export function showPreviewed(diff: Difference, chain: readonly Rung[]) {
  const { name, before, after } = diff
  const wider = effective(name, chain.slice(0, -1)).value
  return { name, before, after, value_before: before ?? wider, value_after: after ?? wider }
}

/** A change with its place, without who and why: for what is not saved yet. */
export const showDiff = (change: Place & Pick<SettingChange, 'merchantId' | 'diff'>) => ({
  ...showPlace(change),
  merchant: change.merchantId,
  diff: change.diff.map(({ name, before, after }) => ({ name, before, after })),
})

/** A change as the history shows it. */
export const showChange = (change: SettingChange) => ({
  object: 'settings_change' as const,
  id: change.id,
  version: Number(change.version),
  ...showDiff(change),
  actor: change.actor,
  reason: change.reason,
  undoes: change.undoes,
  created_at: change.changedAt.toISOString(),
})
