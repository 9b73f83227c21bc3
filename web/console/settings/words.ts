import { useTranslation } from 'react-i18next'
import { moneyText } from '../../ui/money.tsx'
import { useText, useWord } from '../text.ts'
import { useMerchantNames, useStoreNames } from '../names.ts'
import { useChoices, useOne } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import type { Setting, SettingPlace, SettingsView, SettingValue } from './types.ts'

/** The words of a setting in the language shown. */
export function useSettingWords(): (setting: Setting) => { title: string; explanation: string } {
  const language = useTranslation().i18n.language === 'en' ? 'en' : 'zh'
  return ({ title, explanation }) => ({
    title: title[language],
    explanation: explanation[language],
  })
}

/** A value as a person reads it: an amount with its sign, a number with its unit, a choice in words. */
export function useValueWords(currency: string): (setting: Setting, value: SettingValue) => string {
  const t = useText()
  const word = useWord()
  return ({ name, kind, unit }, value) => {
    switch (kind) {
      case 'money':
        return moneyText(Number(value), currency)
      case 'boolean':
        return t(value === true ? 'settings.on' : 'settings.off')
      case 'integer':
        return `${value} ${word('settings.unit_', unit ?? '')}`
      case 'choice':
        return word(`settings.choice_${name}_`, String(value))
      case 'text':
        return value === '' ? t('settings.empty_text') : String(value)
    }
  }
}

/** A place by its kind and name. */
export function usePlaceWords(): (place: SettingPlace) => string {
  const t = useText()
  const { institution } = usePrincipal()
  const merchantName = useMerchantNames()
  const storeName = useStoreNames()
  const terminals = useChoices<{ id: string; name: string }>('/v1/terminals').data
  return ({ scope, subject }) => {
    switch (scope) {
      case 'system':
        return t('settings.scope_system')
      case 'institution':
        return `${t('settings.scope_institution')} ${institution.name}`
      case 'merchant':
        return `${t('settings.scope_merchant')} ${merchantName(subject)}`
      case 'store':
        return `${t('settings.scope_store')} ${storeName(subject)}`
      case 'terminal': {
        const name = terminals?.find(({ id }) => id === subject)?.name
        return `${t('settings.scope_terminal')} ${name ?? subject}`
      }
    }
  }
}

/** What the names in changes mean: every setting that this person may look at, by name. */
export function useDefinitions(): { currency: string; of: (name: string) => Setting | undefined } {
  const scope = isOperator(usePrincipal()) ? 'institution' : 'merchant'
  const { data } = useOne<SettingsView>('/v1/settings', { scope })
  return {
    currency: data?.currency ?? 'CNY',
    of: (name) => data?.data.find((setting) => setting.name === name),
  }
}
