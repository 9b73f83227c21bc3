import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

// What the repository's own rules look at: its files, its rooms and who imports whom.

const root = path.join(import.meta.dirname, '..')
const leftOut = new Set(['node_modules', '.git', 'data', 'dist', 'coverage', 'test-results'])

function walk(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (leftOut.has(entry.name)) return []
    const file = path.join(folder, entry.name)
    return entry.isDirectory() ? walk(file) : [file]
  })
}

/** Every file of the repository that is written by hand, from the root. */
export const files: readonly string[] = walk('.').toSorted()

/** A file's text, by its path from the root. */
export const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')

/** The files of TypeScript. */
export const sources = files.filter((file) => /\.tsx?$/.test(file))

export const isTest = (file: string): boolean =>
  /\.(test|browser)\.tsx?$/.test(file) || /^(test|bench)\//.test(file)

/** A file's text without its comments, so that a rule reads code and not prose. */
export const code = (file: string): string =>
  read(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[\s;{(])\/\/.*$/gm, '$1')

const listed = [...read('ROOMS.md').matchAll(/^- `(\w+)`(°?):/gm)]

/** The rooms in order. */
export const rooms = listed.map((match) => match[1]!)

/** The rooms that run in a browser too. */
export const isomorphic = listed.filter((match) => match[2] === '°').map((match) => match[1]!)

/** What the entry may use besides front doors: `modules/database/migrate.ts`, … */
export const sideDoors = [...read('ROOMS.md').matchAll(/`([a-z]+\/[a-z-]+)`/g)].map(
  (match) => `modules/${match[1]}.ts`,
)

/** The room that a file is in, if it is in one. */
export const roomOf = (file: string): string | undefined => /^modules\/(\w+)\//.exec(file)?.[1]

export type Import = { from: string; to: string }

/** Who imports whom, types included. `to` is a path from the root, or a package's name. */
export const imports: readonly Import[] = sources.flatMap((from) =>
  [...code(from).matchAll(/\b(?:from|import)\s*\(?\s*'([^'\n]+)'/g)].map((match) => {
    const to = match[1]!
    return { from, to: to.startsWith('.') ? path.join(path.dirname(from), to) : to }
  }),
)
