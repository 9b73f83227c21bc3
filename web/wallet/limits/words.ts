import i18next from 'i18next'
import { limits as en } from '../locales/en.limits.ts'
import { limits as zhCN } from '../locales/zh-CN.limits.ts'

/** Adds the texts of this screen, which come with it and not with the first load. */
export function addLimitWords(): void {
  i18next.addResourceBundle('zh-CN', 'translation', zhCN)
  i18next.addResourceBundle('en', 'translation', en)
}
