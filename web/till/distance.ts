import { t } from '../ui/i18n.tsx'

/** `350 米` or `1.2 公里`: as exact as a person needs it. */
export function distanceText(metres: number): string {
  if (metres < 950) return t('place.metres', { count: Math.round(metres / 10) * 10 })
  return t('place.kilometres', { count: Number((metres / 1_000).toPrecision(2)) })
}
