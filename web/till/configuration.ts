import type { Position } from '../ui/types.ts'
import { asProblem } from '../ui/problem.ts'
import { applySettings } from './applied.ts'
import { readJson, writeJson } from './kept.ts'
import { api } from './server.ts'
import type { SettingValues } from './settings-said.ts'
import { makeStore } from './store.ts'

/** What the server wants this terminal to be, as it was told last; kept for a start without network. */
export type Configuration = {
  version: string
  permission: {
    effective: {
      may_take_payment: boolean
      may_refund: boolean
      may_reverse: boolean
    }
  }
  settings: SettingValues
  store: { name: string; position: Position | null }
  merchant: { name: string }
  is_locked: boolean
  lock_reason: string | null
}

const configurationKey = 'onetill.till.configuration'

export const configurationStore = makeStore<{ current: Configuration | null }>({
  current: readJson<Configuration>(configurationKey) as Configuration | null,
})

/** The version that this till has taken over; undefined before its first. */
export function configurationVersion(): string | undefined {
  return configurationStore.get().current?.version
}

/** Whether somebody has locked this terminal from afar. */
export const isLocked = (): boolean => configurationStore.get().current?.is_locked ?? false

/** Whether this terminal may take payments, as far as it was told; the server decides. */
export const mayTakePayment = (): boolean =>
  configurationStore.get().current?.permission.effective.may_take_payment !== false

/** Whether it may ask for an open payment to be taken back. */
export const mayReversePayment = (): boolean =>
  configurationStore.get().current?.permission.effective.may_reverse !== false

/** Another terminal's configuration means nothing here. */
export function forgetConfiguration(): void {
  writeJson(configurationKey, null)
  configurationStore.set({ current: null })
}

let reading: Promise<void> | undefined
let isStale = false

/**
 * Reads the configuration, takes it over at once and tells the server so. Calls while one is under way
 * make it read once more, so that nothing told meanwhile is missed. Never throws: what could not be
 * read now is read at the next heartbeat.
 */
export function refreshConfiguration(): Promise<void> {
  isStale = true
  reading ??= readAll().finally(() => (reading = undefined))
  return reading
}

async function readAll(): Promise<void> {
  while (isStale) {
    isStale = false
    try {
      await readOnce()
    } catch (thrown) {
      // Without a network this is expected; anything else is the server's and shows in its log.
      if (!asProblem(thrown).isUnanswered) reportError(thrown)
    }
  }
}

async function readOnce(): Promise<void> {
  const current = await api.get<Configuration>('/v1/terminals/current/configuration')
  const before = configurationStore.get().current
  applySettings(before?.settings ?? {}, current.settings)
  writeJson(configurationKey, current)
  configurationStore.set({ current })
  if (before?.version === current.version && isAcknowledged) return
  const { version } = current
  await api.post('/v1/terminals/current/configuration/acknowledge', { version })
  isAcknowledged = true
}

// The version that was kept may never have been acknowledged: the first one of a start always is.
let isAcknowledged = false
