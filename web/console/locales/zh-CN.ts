import { books } from './zh-CN.books.ts'
import { flow } from './zh-CN.flow.ts'
import { shell } from './zh-CN.shell.ts'
import { shop } from './zh-CN.shop.ts'

/** Every text of the console in Chinese. */
export const zhCN = { ...shell, ...flow, ...shop, ...books }

/** The name of a text of the console; `en` has the same ones, which its type sees to. */
export type TextKey = keyof typeof zhCN
