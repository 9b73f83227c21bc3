import i18next from 'i18next'
import { feed as en } from '../locales/en.feed.ts'
import { feed as zhCN } from '../locales/zh-CN.feed.ts'

/** Adds the texts of these screens, which come with them and not with the first load. */
export function addFeedWords(): void {
  i18next.addResourceBundle('zh-CN', 'translation', zhCN)
  i18next.addResourceBundle('en', 'translation', en)
}
