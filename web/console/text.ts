import { useTranslation } from 'react-i18next'
import type { TextKey } from './locales/zh-CN.ts'

/** A text of the console by its name, with `{{name}}` filled in. */
export type Text = (key: TextKey, values?: Record<string, unknown>) => string

/** The texts of the console in the language shown; a key that is in no catalogue is a type error. */
export function useText(): Text {
  return useTranslation().t as unknown as Text
}

/**
 * A text whose key is built from what the API sent, such as a state; a word that the catalogue does
 * not know is shown as it came, so that a newer server stays readable.
 */
export function useWord(): (group: string, word: string) => string {
  const { t, i18n } = useTranslation()
  return (group, word) => (i18n.exists(`${group}${word}`) ? t(`${group}${word}`) : word)
}
