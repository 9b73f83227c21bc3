import { books } from './en.books.ts'
import { flow } from './en.flow.ts'
import { shell } from './en.shell.ts'
import { shop } from './en.shop.ts'
import type { TextKey } from './zh-CN.ts'

/** Every text of the console in English. */
export const en: Record<TextKey, string> = { ...shell, ...flow, ...shop, ...books }
