import { parse } from 'libpg-query'

import { files, read } from './repository.ts'

// Every statement of the repository, and its parse tree as PostgreSQL's own parser makes it.

export type Statement = {
  file: string
  /** As the program names the prepared statement: `outbox.take_due`. */
  name: string
  text: string
}

export type Node = Readonly<Record<string, unknown>>

/** The named queries of the rooms and of the entry. */
export const queries: readonly Statement[] = files
  .filter((file) => /^(modules|app)\/.*\.sql$/.test(file))
  .flatMap((file) => {
    const blocks = read(file).split(/^-- name: (\w+)$/m)
    const stem = file.split('/').at(-1)!.slice(0, -'.sql'.length)
    return blocks.flatMap((block, at) =>
      at % 2 === 1 ? [{ file, name: `${stem}.${block}`, text: blocks[at + 1]!.trim() }] : [],
    )
  })

export const migrations = files.filter((file) => /^db\/migrations\/.*\.sql$/.test(file))

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** The trees of the statements in the text, each `{ SelectStmt: … }` or the like. */
export async function parseSql(text: string): Promise<Node[]> {
  const { stmts = [] } = await parse(text)
  return stmts.map(({ stmt }) => stmt as unknown as Node)
}

/**
 * Every node below this one with its kind, outer ones first. What the parser leaves without a kind
 * is named by its place: the `relation` of an insert, the `withClause` of a query.
 */
export function* nodesOf(tree: unknown, place = ''): Generator<[kind: string, node: Node]> {
  if (Array.isArray(tree)) {
    for (const item of tree) yield* nodesOf(item, place)
  } else if (isNode(tree)) {
    if (place !== '') yield [place, tree]
    for (const [key, value] of Object.entries(tree)) yield* nodesOf(value, key)
  }
}

/** The nodes of one kind. */
export const ofKind = (tree: unknown, ...kinds: string[]): Node[] =>
  [...nodesOf(tree)].filter(([kind]) => kinds.includes(kind)).map(([, node]) => node)

/** The words of a column, a function or an operator: `['p', 'institution_id']`. */
export const wordsOf = (list: unknown): string[] =>
  ofKind(list, 'String').map((word) => String(word.sval))

/** The tables that have the column `institution_id`, and the file that makes each table. */
export async function readTables(): Promise<Map<string, { file: string; isScoped: boolean }>> {
  const tables = new Map<string, { file: string; isScoped: boolean }>()
  for (const file of migrations) {
    for (const created of ofKind(await parseSql(read(file)), 'CreateStmt')) {
      const columns = ofKind(created.tableElts, 'ColumnDef').map(({ colname }) => colname)
      const name = String((created.relation as Node).relname)
      tables.set(name, { file, isScoped: columns.includes('institution_id') })
    }
  }
  return tables
}
