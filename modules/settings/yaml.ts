import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { Document, isMap, type Pair, type Scalar } from 'yaml'

import { AppError } from '../errors/errors.ts'
import { scopes, type Definition, type Scope, type SettingValue } from './definition.ts'
import { definitionOf, isSettingName, settingNames, type SetHere } from './definitions.ts'
import type { WantedSettings } from './difference.ts'
import type { Place } from './effective.ts'
import type { Parsed } from './yaml-thread.ts'

/** The first line of a file of settings, so that another file is not taken for one. */
const FORMAT = 1

/** Larger than any installation's; a file above it is refused unread. */
export const LARGEST_YAML = 1_000_000

// One place of a kind stands by itself, of the others there are many.
const sections = {
  system: 'system',
  institution: 'institution',
  merchant: 'merchants',
  store: 'stores',
  terminal: 'terminals',
} as const satisfies Record<Scope, string>

/**
 * Writes what is set at these places as a file that a person reads and `readSettingsFile` takes back:
 * each parameter with its name in words and its range.
 */
export function writeSettingsFile(places: readonly (Place & { set: SetHere })[]): string {
  const settings: Record<string, unknown> = {}
  for (const scope of scopes) {
    const here = places.filter((place) => place.scope === scope && place.set.size > 0)
    const [only] = here
    if (!only) continue
    const isOne = scope === 'system' || scope === 'institution'
    const all = Object.fromEntries(here.map(({ subjectId, set }) => [subjectId, inOrder(set)]))
    settings[sections[scope]] = isOne ? inOrder(only.set) : all
  }
  const document = new Document({ onetill_settings: FORMAT, settings })
  document.commentBefore = ' OneTill 参数 / settings'
  describe(document.get('settings'))
  return document.toString({ lineWidth: 0 })
}

const inOrder = (set: SetHere): Record<string, SettingValue> =>
  Object.fromEntries(
    settingNames.flatMap((name) => {
      const value = set.get(name)
      return value === undefined ? [] : [[name, value]]
    }),
  )

/** Puts what a parameter means above each line that sets one. */
function describe(node: unknown): void {
  if (!isMap(node)) return
  for (const pair of node.items as Pair<Scalar<string>>[]) {
    const name = pair.key.value
    if (isSettingName(name)) pair.key.commentBefore = ` ${inWords(definitionOf(name))}`
    else describe(pair.value)
  }
}

function inWords(definition: Definition): string {
  const { title, kind } = definition
  const range = ((): string => {
    switch (kind) {
      case 'integer':
        return `${definition.min}–${definition.max} ${definition.unit}`
      case 'money':
        return `${definition.min}–${definition.max} minor units`
      case 'choice':
        return definition.choices.join(' | ')
      case 'boolean':
        return 'true | false'
      case 'text':
        return `≤ ${definition.max}`
    }
  })()
  return `${title.zh} / ${title.en} (${range})`
}

/** What a file wants at one place. */
export type FilePlace = Place & { changes: WantedSettings }

/**
 * Reads a file of settings. What it does not name stays as it is; `null` takes a value away. Whether
 * the names, values and places are good is decided where they are saved.
 *
 * @throws AppError INVALID_REQUEST with the line that is wrong as `reason`
 */
export async function readSettingsFile(
  text: string,
  { institutionId, system }: { institutionId: string; system: string },
): Promise<FilePlace[]> {
  const parsed = await parse(text)
  if ('problem' in parsed) throw wrong(parsed.problem)
  const file = recordOf(parsed.value, 'the file')
  const { onetill_settings: format, settings, ...others } = file
  if (format !== FORMAT) throw wrong('onetill_settings: 1 is missing')
  refuseOthers(others)
  const said = recordOf(settings ?? {}, 'settings')
  refuseOthers(Object.fromEntries(Object.entries(said).filter(([key]) => !isSection(key))))
  return scopes.flatMap((scope): FilePlace[] => {
    const section = said[sections[scope]]
    if (section === undefined || section === null) return []
    const here = recordOf(section, sections[scope])
    if (scope === 'system') return [{ scope, subjectId: system, changes: here }]
    if (scope === 'institution') return [{ scope, subjectId: institutionId, changes: here }]
    return Object.entries(here).map(([subjectId, changes]) => {
      if (!anyId.test(subjectId)) throw wrong(`${sections[scope]}: not an id`)
      return { scope, subjectId, changes: recordOf(changes, subjectId) }
    })
  })
}

// The largest honest file takes half a second.
const PARSE_MS = 2_000
const thread = new URL('./yaml-thread.ts', import.meta.url)

/**
 * What stands in a text of YAML. A thread of its own reads it, because of some texts a parser makes work
 * for minutes, and payments must not wait for that.
 */
async function parse(text: string): Promise<Parsed> {
  const worker = new Worker(thread, {
    workerData: text,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  })
  try {
    const signal = AbortSignal.timeout(PARSE_MS)
    const [parsed] = (await once(worker, 'message', { signal })) as [Parsed]
    return parsed
  } catch {
    return { problem: 'it takes too long to read' }
  } finally {
    await worker.terminate()
  }
}

const anyId = /^[a-z]{3}_[0-9a-z]{26}$/

const isSection = (key: string) => Object.values<string>(sections).includes(key)

function recordOf(value: unknown, where: string): Record<string, unknown> {
  // Tags of YAML make sets and the like: neither lists nor those are names with values.
  const isPlain = typeof value === 'object' && value?.constructor === Object
  if (isPlain) return value as Record<string, unknown>
  throw wrong(`${where} is no list of names`)
}

function refuseOthers(others: Record<string, unknown>): void {
  const [stranger] = Object.keys(others)
  if (stranger !== undefined) throw wrong(`${stranger} is unknown`)
}

const wrong = (reason: string) => new AppError('INVALID_REQUEST', { param: 'yaml', reason })
