import { currentLanguage, formatDate } from '../../ui/i18n.tsx'
import { schemeText } from '../../ui/scheme.tsx'
import type { Promotion } from '../../ui/types.ts'
import { words } from '../text.ts'

/** What is taken off: `3.00 yuan off from 50.00 yuan`. */
export const offerText = ({ text_zh, text_en }: Promotion): string =>
  currentLanguage() === 'en' ? text_en : text_zh

/** What it is called. */
export const nameText = ({ name, name_en }: Promotion): string =>
  currentLanguage() === 'en' ? name_en : name

/** With which ways to pay, or at any. */
export function waysText({ on }: Promotion): string {
  const schemes = on?.schemes ?? []
  return schemes.length > 0
    ? schemes.map(schemeText).join(words('promotions.or'))
    : schemeText(null)
}

/** Where: the merchant's name, or everywhere. */
export const placeText = ({ merchant_name }: Promotion): string =>
  merchant_name ?? words('promotions.everywhere')

/** On which days, within which hours and until when; in this order, and only what it says. */
export function timesText({ when, valid_until }: Promotion): string {
  const days = (when?.weekdays ?? []).map((day) => weekday(day))
  const hours = (when?.hours ?? []).map(({ from, until }) => `${from}–${until}`)
  // It ends at that moment: what ends at midnight was on for the last time the day before.
  const lastMs = valid_until ? Date.parse(valid_until) - 1 : null
  const until = lastMs && words('promotions.until', { date: formatDate(lastMs) })
  return [days.join(' '), hours.join(' '), until].filter(Boolean).join(' · ')
}

/** 1 is Monday. */
function weekday(day: number): string {
  const language = currentLanguage() === 'en' ? 'en-GB' : 'zh-CN'
  const aMonday = Date.UTC(2024, 0, 1)
  return new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(
    aMonday + (day - 1) * 86_400_000,
  )
}
