import { books } from './zh-CN.books.ts'
import { care } from './zh-CN.care.ts'
import { devices } from './zh-CN.devices.ts'
import { flow } from './zh-CN.flow.ts'
import { keys } from './zh-CN.keys.ts'
import { news } from './zh-CN.news.ts'
import { payers } from './zh-CN.payers.ts'
import { office } from './zh-CN.office.ts'
import { roads } from './zh-CN.roads.ts'
import { routing } from './zh-CN.routing.ts'
import { settings } from './zh-CN.settings.ts'
import { shell } from './zh-CN.shell.ts'
import { shop } from './zh-CN.shop.ts'
import { tell } from './zh-CN.tell.ts'

/** Every text of the console in Chinese. */
export const zhCN = {
  ...shell,
  ...flow,
  ...shop,
  ...books,
  ...payers,
  ...office,
  ...roads,
  ...routing,
  ...care,
  ...tell,
  ...news,
  ...keys,
  ...devices,
  ...settings,
}

/** The name of a text of the console; `en` has the same ones, which its type sees to. */
export type TextKey = keyof typeof zhCN
