/** Settings of this terminal by name, as the configuration brings them. */
export type SettingValues = Readonly<Record<string, unknown>>

/** What of a configuration the till did not know yet: a name is in it when its value is new. */
export function newlySaid(before: SettingValues, after: SettingValues): SettingValues {
  const changed = Object.entries(after).filter(([name, value]) => before[name] !== value)
  return Object.fromEntries(changed)
}

/** The sentence under every receipt, as the shop wrote it; null: the usual one. */
export function footerOf(settings: SettingValues | undefined): string | null {
  const footer = settings?.['till.receipt_footer']
  return typeof footer === 'string' && footer.trim() !== '' ? footer.trim() : null
}

/** After how long without a hand the till locks itself, in ms; null: never. */
export function lockAfterMs(settings: SettingValues | undefined): number | null {
  const minutes = Number(settings?.['till.lock_after_minutes'] ?? 0)
  return Number.isFinite(minutes) && minutes > 0 ? minutes * 60_000 : null
}
