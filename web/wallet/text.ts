import type { zhCN as shared } from '../ui/locales/zh-CN.ts'
import { t, useT } from '../ui/i18n.tsx'
import type { device, feed, limits, zhCN } from './locales/zh-CN.ts'

export type WordKey =
  | keyof typeof zhCN
  | keyof typeof device
  | keyof typeof feed
  | keyof typeof limits
  | keyof typeof shared
export type Words = (key: WordKey, values?: Record<string, unknown>) => string

/** The wallet's texts; a key that no catalogue has is a type error. */
export const useWords = useT as () => Words

/** The same outside of components. */
export const words = t as Words
