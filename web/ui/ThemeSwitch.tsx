import type { ReactElement } from 'react'
import { useT } from './i18n.tsx'
import { setThemeChoice, useThemeMode, type ThemeChoice } from './theme-mode.ts'

const choices: readonly ThemeChoice[] = ['system', 'light', 'dark']

/** Three buttons: as the system, light, dark. */
export function ThemeSwitch({ className }: { className?: string }): ReactElement {
  const t = useT()
  const { choice } = useThemeMode()
  return (
    <span className={`ot-segments ${className ?? ''}`} role="group" aria-label={t('theme.label')}>
      {choices.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={choice === each}
          onClick={() => setThemeChoice(each)}
        >
          {t(`theme.${each}`)}
        </button>
      ))}
    </span>
  )
}
