import pg from 'pg'

import { appRole } from './migrate.ts'
import { loadSql } from './sql.ts'

const sql = loadSql(new URL('./catalogue.sql', import.meta.url))

type TableRow = {
  table: string
  columns: string[]
  types: string[]
  not_null: boolean[]
  defaults: (string | null)[]
  generated: boolean[]
}
type ConstraintRow = { table: string; name: string; definition: string }
type IndexRow = { table: string; definition: string }
type GrantRow = { table: string; privilege: string; columns: string[] | null }
type ViewRow = { name: string; definition: string }

const heading = `-- The schema after the last migration, written by "npm run schema" and never by hand. It is for
-- reading: a change of the schema shows here as a diff. Migrations are what is run.`

/**
 * Writes the schema of a database as SQL text: tables with their columns and constraints, indexes,
 * views, and what the program's role may do. The same schema always gives the same text.
 *
 * Source: DESIGN §10 (our own catalogue query, as the embedded binaries have no pg_dump).
 */
export async function describeSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const rows = async <Row>(name: string, values: unknown[] = []) =>
    (await client.query(sql(name).text, values)).rows as Row[]
  try {
    const tables = await rows<TableRow>('tables')
    const constraints = await rows<ConstraintRow>('constraints')
    const indexes = await rows<IndexRow>('indexes')
    const grants = await rows<GrantRow>('grants', [appRole])
    const views = await rows<ViewRow>('views')
    const about = <Row extends { table: string }>(all: readonly Row[], table: string) =>
      all.filter((row) => row.table === table)
    const texts = tables.map((row) =>
      [
        showTable(row, about(constraints, row.table)),
        ...about(indexes, row.table).map(({ definition }) => `${showIndex(definition)};`),
        ...showGrants(row.table, about(grants, row.table)),
      ].join('\n'),
    )
    const viewTexts = views.map(({ name, definition }) => `create view ${name} as\n${definition}`)
    return [heading, ...texts, ...viewTexts].join('\n\n') + '\n'
  } finally {
    await client.end()
  }
}

function showTable(row: TableRow, constraints: readonly ConstraintRow[]): string {
  const columns = row.columns.map((column, i) => {
    const initial = row.defaults[i] ?? null
    const words = [column, row.types[i]]
    if (row.generated[i]) words.push(`generated always as (${initial}) stored`)
    else if (initial !== null) words.push(`default ${initial}`)
    if (row.not_null[i]) words.push('not null')
    return words.join(' ')
  })
  const rules = constraints.map(({ name, definition }) => `constraint ${name} ${definition}`)
  return `create table ${row.table} (\n  ${[...columns, ...rules].join(',\n  ')}\n);`
}

const showIndex = (definition: string): string =>
  definition
    .replace(' ON public.', ' on ')
    .replace(/^CREATE (UNIQUE )?INDEX/, (words) => words.toLowerCase())

/** One line for the table, and one for each right that reaches only some of its columns. */
function showGrants(table: string, grants: readonly GrantRow[]): string[] {
  const whole = grants.filter(({ columns }) => columns === null)
  const words = whole.map(({ privilege }) => privilege.toLowerCase()).join(', ')
  const parts = grants.flatMap(({ privilege, columns }) =>
    columns === null ? [] : [`${privilege.toLowerCase()} (${columns.join(', ')})`],
  )
  return [...(words ? [words] : []), ...parts].map(
    (right) => `grant ${right} on ${table} to ${appRole};`,
  )
}
