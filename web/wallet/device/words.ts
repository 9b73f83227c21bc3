import i18next from 'i18next'
import { currentLanguage, isoDay } from '../../ui/i18n.tsx'
import { device as en } from '../locales/en.device.ts'
import { device as zhCN } from '../locales/zh-CN.device.ts'

/** Adds the texts of these screens, which come with them and not with the first load. */
export function addDeviceWords(): void {
  i18next.addResourceBundle('zh-CN', 'translation', zhCN)
  i18next.addResourceBundle('en', 'translation', en)
}

/** `11-30` or `30 Nov`: a day as on a badge. */
export function monthDay(atMs: number): string {
  const day = isoDay(atMs)
  if (currentLanguage() !== 'en') return day.slice(5)
  // Already a day of the right zone; as a date without a time it is one of UTC.
  const parts = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat('en-GB', parts).format(new Date(day))
}
