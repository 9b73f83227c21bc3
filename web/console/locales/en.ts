import { books } from './en.books.ts'
import { care } from './en.care.ts'
import { devices } from './en.devices.ts'
import { flow } from './en.flow.ts'
import { keys } from './en.keys.ts'
import { news } from './en.news.ts'
import { payers } from './en.payers.ts'
import { office } from './en.office.ts'
import { roads } from './en.roads.ts'
import { routing } from './en.routing.ts'
import { settings } from './en.settings.ts'
import { shell } from './en.shell.ts'
import { shop } from './en.shop.ts'
import { tell } from './en.tell.ts'
import type { TextKey } from './zh-CN.ts'

/** Every text of the console in English. */
export const en: Record<TextKey, string> = {
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
