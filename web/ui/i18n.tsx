import i18next from 'i18next'
import type { ReactElement } from 'react'
import { initReactI18next, useTranslation } from 'react-i18next'
import { asProblem } from './problem.ts'
import { en } from './locales/en.ts'
import { zhCN } from './locales/zh-CN.ts'

export type Language = 'zh-CN' | 'en'
export type Catalogue = Record<string, string>
/** Text by its flat key (`state.failed`), with `{{name}}` filled in. */
export type Translate = (key: string, values?: Record<string, unknown>) => string

const storageKey = 'onetill.lang'
export const languages: readonly Language[] = ['zh-CN', 'en']
const shared: Record<Language, Catalogue> = { 'zh-CN': zhCN, en }

function firstLanguage(): Language {
  const stored = localStorage.getItem(storageKey)
  const wished = [stored, ...navigator.languages].filter((tag) => tag !== null)
  for (const tag of wished) {
    if (tag.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (tag.toLowerCase().startsWith('en')) return 'en'
  }
  return 'zh-CN'
}

/**
 * Starts the texts of an app: its own catalogues over the shared ones. Call once, before the first
 * render; the language is the one last chosen on this device, else the browser's, else zh-CN.
 */
export function startI18n(catalogues: Record<Language, Catalogue>): void {
  const resources = Object.fromEntries(
    languages.map((language) => [
      language,
      { translation: { ...shared[language], ...catalogues[language] } },
    ]),
  )
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language
  })
  void i18next.use(initReactI18next).init({
    resources,
    lng: firstLanguage(),
    fallbackLng: 'zh-CN',
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    initAsync: false,
  })
}

/** The translate function, which renders its component again when the language changes. */
export function useT(): Translate {
  return useTranslation().t as unknown as Translate
}

/** The translate function outside of components. */
export const t: Translate = (key, values) => i18next.t(key, values ?? {})

/** The language shown now. */
export function currentLanguage(): Language {
  return i18next.language === 'en' ? 'en' : 'zh-CN'
}

/** Shows another language and remembers it on this device. */
export function setLanguage(language: Language): void {
  localStorage.setItem(storageKey, language)
  void i18next.changeLanguage(language)
}

/** What to tell a person about a failed call: what happened and what to do next, in one text. */
export function problemText(thrown: unknown): string {
  const problem = asProblem(thrown)
  const key = `error.${problem.code}`
  if (!i18next.exists(key)) return problem.detail || problem.title || t('error.UNKNOWN')
  return t(key, { param: problem.param ?? '' })
}

/** Why a payment was declined, in words; empty when it was not. */
export function declineText(reason: string | null): string {
  return reason ? t(`decline.${reason}`) : ''
}

/** Two buttons that name each language in itself. */
export function LanguageSwitch({ className }: { className?: string }): ReactElement {
  const chosen = useTranslation().i18n.language
  return (
    <span className={`ot-segments ${className ?? ''}`} role="group" aria-label="语言 / Language">
      {languages.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={chosen === language}
          onClick={() => setLanguage(language)}
        >
          {language === 'en' ? 'EN' : '中文'}
        </button>
      ))}
    </span>
  )
}

const defaultZone = 'Asia/Shanghai'

type DateInput = string | number | Date

function formatWith(
  at: DateInput,
  options: Intl.DateTimeFormatOptions,
  zone = defaultZone,
): string {
  const language = currentLanguage() === 'en' ? 'en-GB' : 'zh-CN'
  const format = new Intl.DateTimeFormat(language, { hourCycle: 'h23', timeZone: zone, ...options })
  return format.format(new Date(at))
}

const timeParts = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
const dayParts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const

/** `14:05:09`, 24 hours, in Asia/Shanghai unless another zone is given. */
export function formatTime(at: DateInput, zone?: string): string {
  return formatWith(at, timeParts, zone)
}

/** `2026/11/23` or `23/11/2026`, by the language. */
export function formatDate(at: DateInput, zone?: string): string {
  return formatWith(at, dayParts, zone)
}

/** Date and time to the second. */
export function formatDateTime(at: DateInput, zone?: string): string {
  return formatWith(at, { ...dayParts, ...timeParts }, zone)
}

/** `2026年11月` or `November 2026`. */
export function formatMonth(at: DateInput, zone?: string): string {
  return formatWith(at, { year: 'numeric', month: 'long' }, zone)
}

/** The day as `YYYY-MM-DD`, as the API's dates are written. */
export function isoDay(at: DateInput, zone = defaultZone): string {
  const parts = new Intl.DateTimeFormat('en-CA', { ...dayParts, timeZone: zone })
  return parts.format(new Date(at))
}
