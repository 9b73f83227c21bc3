import { useSyncExternalStore } from 'react'

export type ThemeMode = 'light' | 'dark'
export type ThemeChoice = ThemeMode | 'system'

const storageKey = 'onetill.theme'
const systemIsDark = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

function readChoice(): ThemeChoice {
  const stored = localStorage.getItem(storageKey)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

let choice: ThemeChoice = readChoice()

function currentMode(): ThemeMode {
  if (choice !== 'system') return choice
  return systemIsDark.matches ? 'dark' : 'light'
}

function apply(): void {
  document.documentElement.dataset['theme'] = currentMode()
  for (const listener of listeners) listener()
}

/** Puts the chosen or the system's appearance on the page. Call once, before the first render. */
export function startTheme(): void {
  systemIsDark.addEventListener('change', apply)
  apply()
}

/** Changes the appearance and remembers it on this device. */
export function setThemeChoice(next: ThemeChoice): void {
  choice = next
  if (next === 'system') localStorage.removeItem(storageKey)
  else localStorage.setItem(storageKey, next)
  apply()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** What is chosen, and what that is now: light or dark. */
export function useThemeMode(): { choice: ThemeChoice; mode: ThemeMode } {
  const mode = useSyncExternalStore(subscribe, currentMode)
  const chosen = useSyncExternalStore(subscribe, () => choice)
  return { choice: chosen, mode }
}
